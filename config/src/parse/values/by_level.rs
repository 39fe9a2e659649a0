//! A value for each level: one for all, or a table with one a level.

use std::ops::RangeInclusive;
use std::time::Duration;

use deadlines::ByLevel;

use crate::parse::reader::{Table, duration_within};

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

/// A parser of durations within bounds, for [`by_level`].
pub fn duration_between(bounds: RangeInclusive<Duration>) -> impl Fn(&str) -> Result<Duration, String> {
    move |text| duration_within(text, &bounds)
}
