//! `places/*.toml` and `recipients.toml`.

use model::Sector;

use super::Names;
use super::rules::{Fields, codes, patterns, some_patterns};
use super::shortforms;
use super::table::{Located, Table};
use crate::places::{Place, Recipient};

const KINDS: [&str; 5] = ["settlement", "street", "institution", "district", "elsewhere"];

pub fn places(mut table: Table, names: &mut Names) -> Vec<Place> {
    let mut places: Vec<Place> =
        table.tables("place").into_iter().filter_map(|place| read_place(place, names)).collect();
    places.extend(table.tables("street").into_iter().filter_map(|street| shortforms::street(street, names)));
    places.extend(table.tables("institution").into_iter().filter_map(|place| shortforms::institution(place, names)));
    table.finish();
    places
}

pub fn recipients(mut table: Table, names: &mut Names) -> Vec<Recipient> {
    let recipients =
        table.tables("recipient").into_iter().filter_map(|recipient| read_recipient(recipient, names)).collect();
    table.finish();
    recipients
}

fn read_place(mut table: Table, names: &mut Names) -> Option<Place> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.places.add(table.report(), id);
    }
    let name = table.required("name");
    let kind = table.required("kind");
    if let Some(kind) = &kind
        && !KINDS.contains(&kind.value.as_str())
    {
        table.report().add(&kind.at, format!("{:?} — не вид места; бывают {}", kind.value, KINDS.join(", ")));
    }
    let aliases = some_patterns(&mut table, "aliases", Fields::None, names);
    let unsure = patterns(&mut table, "unsure", Fields::None, names);
    let doubt = table.string("doubt").map(|doubt| doubt.value);
    if unsure.is_empty() != doubt.is_none() {
        let message =
            "`unsure` и `doubt` пишутся вместе: названия, под которыми бывает и другое место, и какое это место";
        table.report().add(&table.at(), message);
    }
    table.finish();
    Some(Place { id: id?.value, name: name?.value, kind: kind?.value, aliases, unsure, doubt })
}

fn read_recipient(mut table: Table, names: &mut Names) -> Option<Recipient> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.recipients.add(table.report(), id);
    }
    let name = table.required("name");
    let codes = table.list("sectors");
    let sectors: Vec<Sector> = codes.iter().filter_map(|code| sector(&table, code)).collect();
    let topics = table.list("topics");
    if codes.is_empty() && topics.is_empty() {
        table.report().add(&table.at(), "укажите `sectors` или `topics`, иначе этому получателю ничего не придёт");
    }
    let places = table.list("places");
    let sources = table.list("sources");
    table.finish();
    let recipient = Recipient {
        id: id?.value,
        name: name?.value,
        sectors,
        topics: topics.iter().map(|id| id.value.clone()).collect(),
        places: places.iter().map(|id| id.value.clone()).collect(),
        sources: sources.iter().map(|id| id.value.clone()).collect(),
    };
    names.topics_used.extend(topics);
    names.places_used.extend(places);
    names.sources_used.extend(sources);
    Some(recipient)
}

pub fn sector(table: &Table, code: &Located<String>) -> Option<Sector> {
    let sector = Sector::parse(&code.value);
    if sector.is_none() {
        table.report().add(&code.at, format!("{:?} — не сектор; бывают {}", code.value, codes()));
    }
    sector
}
