//! `alerts.toml`.

use std::time::Duration;

use model::Level;

use super::settings::http_url;
use super::table::Table;
use crate::AlertRules;

const DAY: Duration = Duration::from_secs(24 * 3600);
const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

/// Measured on 1,743 appeals: of copies with one word changed or deleted nine in ten are this near, of pairs of different appeals
/// one in 100,000. At 16 it is one in 10,000.
const COPY_DISTANCE: u32 = 12;

pub fn read(mut table: Table) -> AlertRules {
    let rules = AlertRules {
        level: table.parsed("level", level).unwrap_or(Level::High),
        group_window: table.duration("group_window", DAY, Duration::from_secs(60)..=MONTH),
        quiet_after: table.duration("quiet_after", 2 * DAY, Duration::from_secs(60)..=MONTH),
        max_age: table.duration("max_age", DAY, Duration::from_secs(60)..=MONTH),
        copy_distance: table.number("copy_distance", COPY_DISTANCE, 0..=24),
        deadline_hours: table.number("deadline", 4, 1..=24 * 31),
        webhook: table.parsed("webhook", http_url),
    };
    table.finish();
    rules
}

pub fn level(code: &str) -> Result<Level, String> {
    Level::parse(code).ok_or_else(|| format!("{code:?} is no level; write low, medium, high or critical"))
}
