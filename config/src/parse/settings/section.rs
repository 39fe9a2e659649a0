//! A section that may be absent: then every key of it has its default.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use crate::parse::reader::Table;
use crate::parse::values;
use crate::settings::Way;

/// Reads a section that may be absent: then every key of it has its default.
pub fn section<'a, T>(table: &mut Table<'a>, key: &'static str, read: impl FnOnce(&mut Section<'a>) -> T) -> T {
    let mut section = Section(table.table(key));
    let value = read(&mut section);
    if let Some(table) = section.0 {
        table.finish();
    }
    value
}

/// The table of a section, where there is one.
pub struct Section<'a>(pub Option<Table<'a>>);

impl<'a> Section<'a> {
    /// What `read` finds in the section; the default where there is no section or no such key.
    pub fn get<T>(&mut self, default: T, read: impl FnOnce(&mut Table<'a>) -> Option<T>) -> T {
        self.0.as_mut().and_then(read).unwrap_or(default)
    }

    /// A whole number within bounds.
    pub fn number(&mut self, key: &'static str, default: u32, bounds: RangeInclusive<u32>) -> u32 {
        self.get(default, |table| Some(table.number(key, default, bounds)))
    }
}

/// The section's own ways, else `common`.
pub fn ways(section: &mut Section, common: &[Way]) -> Vec<Way> {
    section.get(common.to_vec(), |table| Some(values::own_or_common_ways(table, common)))
}

/// Bases that serve the same, one or a list; `default` where none is given.
pub fn bases(section: &mut Section, key: &'static str, default: &[&str]) -> Vec<String> {
    let default = default.iter().map(|base| base.to_string()).collect();
    section.get(default, |table| table.one_or_more(key, values::http_url))
}

/// An address to listen on.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} — не адрес с портом; пишите, например, \"127.0.0.1:8686\""))
}
