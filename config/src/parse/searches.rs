//! `searches.toml`.

use super::names::Names;
use super::reader::Table;
use super::rules::{AllowedFields, pattern};
use crate::searches::SavedSearch;

pub fn searches(mut table: Table, names: &mut Names) -> Vec<SavedSearch> {
    let searches = table.tables("search").into_iter().filter_map(|search| read(search, names)).collect();
    table.finish();
    searches
}

fn read(mut table: Table, names: &mut Names) -> Option<SavedSearch> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.searches.add(table.report(), id);
    }
    let name = table.required("name");
    let query = table.required("query").and_then(|text| pattern(&table, text, AllowedFields::All, names));
    table.finish();
    Some(SavedSearch { id: id?.value, name: name?.value, query: query? })
}
