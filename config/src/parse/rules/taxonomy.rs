//! `taxonomy/*.toml`.

use model::Sector;

use super::examples::examples;
use super::patterns::{AllowedFields, patterns, some_patterns};
use crate::parse::names::Names;
use crate::parse::reader::Table;
use crate::parse::values::sector_codes;
use crate::rules::{SectorRules, Topic};

/// The file of words that several sectors share; it has no topics.
const WORDS: &str = "words.toml";

/// The topics of a file; the words that it defines have been read before.
pub fn sector(mut table: Table, file_name: &str, names: &mut Names) -> Option<SectorRules> {
    if file_name == WORDS {
        table.finish();
        return None;
    }
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
            table.report().add(&code.at, format!("{:?} — не сектор; бывают {}", code.value, sector_codes()));
            None
        }
    });
    let topics = table.tables("topic").into_iter().filter_map(|topic| read_topic(topic, sector, names)).collect();
    table.finish();
    Some(SectorRules { sector: sector?, topics })
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
    let any = some_patterns(&mut table, "any", AllowedFields::None, names);
    let except = patterns(&mut table, "except", AllowedFields::None, names);
    let weight = table.float("weight", 1.0, 0.01..=100.0);
    let incident = incident(&mut table);
    let examples = examples(&mut table);
    table.finish();
    Some(Topic { id: id?.value, name: name?.value, any, except, weight, incident, examples })
}

/// The names of «Инцидент Менеджмент»: none blank, none twice in a topic. Two topics may be parts of one of that classifier.
fn incident(table: &mut Table) -> Vec<String> {
    let mut names = Vec::new();
    for name in table.list("incident") {
        if name.value.trim().is_empty() {
            table.report().add(&name.at, "в `incident` пустое имя; уберите его");
        } else if names.contains(&name.value) {
            table.report().add(&name.at, format!("в `incident` дважды {:?}; оставьте одно", name.value));
        } else {
            names.push(name.value);
        }
    }
    names
}
