//! `recipients.toml`.

use model::Sector;

use super::names::Names;
use super::reader::Table;
use super::values::{phone, sector};
use crate::places::Recipient;

pub fn recipients(mut table: Table, names: &mut Names) -> Vec<Recipient> {
    let recipients =
        table.tables("recipient").into_iter().filter_map(|recipient| read_recipient(recipient, names)).collect();
    table.finish();
    recipients
}

fn read_recipient(mut table: Table, names: &mut Names) -> Option<Recipient> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.recipients.add(table.report(), id);
    }
    let name = table.required("name");
    let phone = table.parsed("phone", phone);
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
        phone,
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
