//! A value for each level: one for all, or a table with one a level.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::table::{Table, duration_within};
use crate::ByLevel;

/// Reads a key that is one value for all levels or a table with one a level; what is not given has its default.
pub fn by_level<T: Clone>(
    table: &mut Table,
    key: &'static str,
    default: &ByLevel<T>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> ByLevel<T> {
    if !table.is_table(key) {
        let all = table.parsed(key, &parse);
        return all.map_or_else(|| default.clone(), |value| ByLevel::new(|_| value.clone()));
    }
    let Some(mut table) = table.table(key) else { return default.clone() };
    let values =
        ByLevel::new(|level| table.parsed(level.as_str(), &parse).unwrap_or_else(|| default.of(level).clone()));
    table.finish();
    values
}

/// Parses a duration within bounds.
pub fn duration(bounds: RangeInclusive<Duration>) -> impl Fn(&str) -> Result<Duration, String> {
    move |text| duration_within(text, &bounds)
}
