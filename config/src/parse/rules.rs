//! `taxonomy/*.toml` and `risks/*.toml`.

use model::Sector;
use text::{FieldTest, Query};

use super::Names;
use super::alerts::level;
use super::table::{At, Located, Table};
use crate::rules::{Effect, Example, Examples, List, Pattern, RiskRules, SectorRules, Topic};

pub fn sector(mut table: Table, file_name: &str, names: &mut Names) -> Option<SectorRules> {
    let sector = table.required("sector");
    let sector = sector.and_then(|code| match Sector::parse(&code.value) {
        Some(sector) if file_name == format!("{sector}.toml") => Some(sector),
        Some(sector) => {
            let message = format!(
                "правила сектора `{sector}` должны лежать в taxonomy/{sector}.toml; переименуйте файл или сектор"
            );
            table.report().add(&code.at, message);
            None
        }
        None => {
            table.report().add(&code.at, format!("{:?} — не сектор; бывают {}", code.value, codes()));
            None
        }
    });
    let topics = table.tables("topic").into_iter().filter_map(|topic| read_topic(topic, sector, names)).collect();
    table.finish();
    Some(SectorRules { sector: sector?, topics })
}

pub fn risks(mut table: Table, names: &mut Names) -> Vec<RiskRules> {
    let risks = table.tables("risk").into_iter().filter_map(|risk| read_risk(risk, names)).collect();
    table.finish();
    risks
}

/// The `[[list]]` tables.
pub fn lists(table: &mut Table, names: &mut Names) -> Vec<List> {
    table.tables("list").into_iter().filter_map(|list| read_list(list, names)).collect()
}

/// Which fields a rule may ask for: those of the stages before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// Topics and places: none.
    None,
    /// Risks: sectors, topics and places.
    Tags,
    /// Saved searches: all.
    All,
}

/// The patterns of a key.
pub fn patterns(table: &mut Table, key: &'static str, fields: Fields, names: &mut Names) -> Vec<Pattern> {
    let texts = table.list(key);
    texts.into_iter().filter_map(|text| pattern(table, text, fields, names)).collect()
}

/// The patterns of a key, of which there must be one.
pub fn some_patterns(table: &mut Table, key: &'static str, fields: Fields, names: &mut Names) -> Vec<Pattern> {
    let texts = table.list(key);
    if texts.is_empty() {
        table
            .report()
            .add(&table.at(), format!("в `{key}` нет ни одного запроса; добавьте, иначе правило никогда не сработает"));
    }
    texts.into_iter().filter_map(|text| pattern(table, text, fields, names)).collect()
}

/// The codes of all sectors.
pub fn codes() -> String {
    Sector::ALL.map(Sector::as_str).join(", ")
}

fn read_topic(mut table: Table, sector: Option<Sector>, names: &mut Names) -> Option<Topic> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.topics.add(table.report(), id);
        if let Some(sector) = sector
            && !id.value.starts_with(&format!("{sector}."))
        {
            table.report().add(&id.at, format!("id темы `{}` должен начинаться с `{sector}.`", id.value));
        }
    }
    let name = table.required("name");
    let any = some_patterns(&mut table, "any", Fields::None, names);
    let except = patterns(&mut table, "except", Fields::None, names);
    let weight = table.float("weight", 1.0, 0.01..=100.0);
    let examples = examples(&mut table);
    table.finish();
    Some(Topic { id: id?.value, name: name?.value, any, except, weight, examples })
}

fn read_risk(mut table: Table, names: &mut Names) -> Option<RiskRules> {
    let kind = table.required("kind");
    if let Some(kind) = &kind {
        names.risks.add(table.report(), kind);
    }
    let name = table.required("name");
    let level = table.required("level").and_then(|code| {
        level(&code.value).map_err(|message| table.report().add(&code.at, format!("`level`: {message}"))).ok()
    });
    let any = some_patterns(&mut table, "any", Fields::Tags, names);
    let except = patterns(&mut table, "except", Fields::Tags, names);
    let mut lists = Vec::new();
    for (key, effect) in
        [("except_lists", Effect::Except), ("raise_lists", Effect::Raise), ("lower_lists", Effect::Lower)]
    {
        let ids = table.list(key);
        lists.extend(ids.iter().map(|id| (effect, id.value.clone())));
        names.lists_used.extend(ids);
    }
    let raise = patterns(&mut table, "raise", Fields::Tags, names);
    let lower = patterns(&mut table, "lower", Fields::Tags, names);
    let examples = examples(&mut table);
    table.finish();
    Some(RiskRules { kind: kind?.value, name: name?.value, level: level?, any, except, lists, raise, lower, examples })
}

fn read_list(mut table: Table, names: &mut Names) -> Option<List> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.lists.add(table.report(), id);
    }
    let name = table.required("name");
    let any = some_patterns(&mut table, "any", Fields::Tags, names);
    let everywhere = table.parsed("everywhere", |code| {
        Effect::parse(code).ok_or_else(|| format!("{code:?} не подходит; пишите except, raise или lower"))
    });
    let unless_ours = table.flag("unless_ours", false);
    table.finish();
    Some(List { id: id?.value, name: name?.value, any, everywhere, unless_ours })
}

fn examples(table: &mut Table) -> Examples {
    let file = table.at().file.to_string();
    let Some(mut table) = table.table("examples") else { return Examples { file, ..Examples::default() } };
    let mut texts =
        |key| table.list(key).into_iter().map(|text| Example { line: text.at.line, text: text.value }).collect();
    let examples = Examples { file, matching: texts("match"), missing: texts("miss") };
    table.finish();
    examples
}

/// A pattern with its words in braces spelled out, or a report of what is wrong with it.
pub fn pattern(table: &Table, text: Located<String>, fields: Fields, names: &mut Names) -> Option<Pattern> {
    let expanded = match fields {
        Fields::Tags => names.words.expand(&text.value),
        Fields::None | Fields::All => Ok(text.value.clone()),
    };
    let written = expanded
        .map_err(|message| table.report().add(&text.at, format!("запрос `{}`: {message}", shown(&text.value))))
        .ok()?;
    match Query::parse(&written) {
        Ok(query) => {
            query.fields().into_iter().for_each(|test| check_field(table, &text, test, fields, names));
            Some(Pattern { source: text.value, query })
        }
        Err(error) => {
            let column = written.get(..error.at.start).map_or(0, |before| before.chars().count()) + 1;
            let message = format!("запрос `{}`, знак {column}: {}", shown(&written), error.message);
            table.report().add(&text.at, message);
            None
        }
    }
}

fn check_field(table: &Table, text: &Located<String>, test: &FieldTest, fields: Fields, names: &mut Names) {
    let at =
        |value: &str| Located { value: value.to_owned(), at: At { file: text.at.file.clone(), line: text.at.line } };
    let allowed = match (fields, test) {
        (Fields::None, _) => "в этом правиле поля не годятся: они становятся известны позже; уберите поле",
        (_, FieldTest::Topic(topic)) => return names.topics_used.push(at(topic)),
        (_, FieldTest::Place(place)) => return names.places_used.push(at(place)),
        (_, FieldTest::Sector(_)) => return,
        (Fields::All, FieldTest::RiskKind(kind)) => return names.risks_used.push(at(kind)),
        (Fields::All, FieldTest::Source(source)) => return names.sources_used.push(at(source)),
        (Fields::All, _) => return,
        (Fields::Tags, _) => "в этом правиле годятся только поля сектор:, тема: и место:",
    };
    table.report().add(&text.at, format!("запрос `{}`: {allowed}", shown(&text.value)));
}

/// A problem is one line; some patterns are a page.
fn shown(pattern: &str) -> String {
    match pattern.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &pattern[..end]),
        None => pattern.to_owned(),
    }
}
