//! `places/*.toml`.

use super::names::Names;
use super::reader::{Located, Table};
use super::rules::{AllowedFields, patterns, some_patterns};
use super::shortforms;
use crate::places::Place;

const KINDS: [&str; 5] = ["settlement", "street", "institution", "district", "elsewhere"];

pub fn places(mut table: Table, names: &mut Names) -> Vec<Place> {
    let mut places: Vec<Place> =
        table.tables("place").into_iter().filter_map(|place| read_place(place, names)).collect();
    places.extend(table.tables("street").into_iter().filter_map(|street| shortforms::street(street, names)));
    places.extend(table.tables("institution").into_iter().filter_map(|place| shortforms::institution(place, names)));
    table.finish();
    places
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
    let within = within(&mut table, id.as_ref(), names);
    let aliases = some_patterns(&mut table, "aliases", AllowedFields::None, names);
    let unsure = patterns(&mut table, "unsure", AllowedFields::None, names);
    let doubt = table.string("doubt").map(|doubt| doubt.value);
    if unsure.is_empty() != doubt.is_none() {
        let message =
            "`unsure` и `doubt` пишутся вместе: названия, под которыми бывает и другое место, и какое это место";
        table.report().add(&table.at(), message);
    }
    table.finish();
    Some(Place { id: id?.value, name: name?.value, kind: kind?.value, within, aliases, unsure, doubt })
}

/// The place that another lies in.
pub fn within(table: &mut Table, id: Option<&Located<String>>, names: &mut Names) -> Option<String> {
    let within = table.string("within")?;
    names.places_used.push(within.clone());
    let outer = within.value.clone();
    names.within.extend(id.map(|id| (id.value.clone(), within)));
    Some(outer)
}
