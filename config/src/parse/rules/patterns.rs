//! Patterns of the query language in rule files.

use text::{EventTest, FieldTest, Query};

use crate::parse::names::Names;
use crate::parse::reader::{At, Located, Table};
use crate::rules::Pattern;

/// Which fields a rule may ask for: those of the stages before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum AllowedFields {
    /// Topics and places: none.
    None,
    /// Saved searches: all.
    All,
}

/// The patterns of a key.
pub fn patterns(table: &mut Table, key: &'static str, fields: AllowedFields, names: &mut Names) -> Vec<Pattern> {
    let texts = table.list(key);
    texts.into_iter().filter_map(|text| pattern(table, text, fields, names)).collect()
}

/// The patterns of a key, of which there must be one.
pub fn some_patterns(table: &mut Table, key: &'static str, fields: AllowedFields, names: &mut Names) -> Vec<Pattern> {
    let texts = table.list(key);
    if texts.is_empty() {
        table
            .report()
            .add(&table.at(), format!("в `{key}` нет ни одного запроса; добавьте, иначе правило никогда не сработает"));
    }
    texts.into_iter().filter_map(|text| pattern(table, text, fields, names)).collect()
}

/// A pattern with its words in braces spelled out, or a report of what is wrong with it.
pub fn pattern(table: &Table, text: Located<String>, fields: AllowedFields, names: &mut Names) -> Option<Pattern> {
    let expanded = match fields {
        AllowedFields::None => names.word_groups.expand(&text.value),
        AllowedFields::All => Ok(text.value.clone()),
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

fn check_field(table: &Table, text: &Located<String>, test: &FieldTest, fields: AllowedFields, names: &mut Names) {
    let at =
        |value: &str| Located { value: value.to_owned(), at: At { file: text.at.file.clone(), line: text.at.line } };
    let allowed = match (fields, test) {
        (AllowedFields::None, _) => "в этом правиле поля не годятся: они становятся известны позже; уберите поле",
        (_, FieldTest::Topic(topic)) => return names.topics_used.push(at(topic)),
        (_, FieldTest::Place(place)) => return names.places_used.push(at(place)),
        (_, FieldTest::Sector(_)) => return,
        (AllowedFields::All, FieldTest::RiskKind(kind)) => return names.risks_used.push(at(kind)),
        (AllowedFields::All, FieldTest::Event(EventTest { object, state, who, wish, .. })) => {
            let slots = [
                (object, &mut names.objects_used),
                (state, &mut names.states_used),
                (who, &mut names.who_used),
                (wish, &mut names.wishes_used),
            ];
            return slots.into_iter().for_each(|(code, used)| used.extend(code.as_deref().map(at)));
        }
        (AllowedFields::All, FieldTest::Source(source)) => return names.sources_used.push(at(source)),
        (AllowedFields::All, _) => return,
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
