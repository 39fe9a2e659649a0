//! Codes that several files use: levels and sectors.

use model::{Level, Sector};

use crate::parse::reader::{Located, Table};

/// A level by its code, or what is wrong with it.
pub fn level(code: &str) -> Result<Level, String> {
    Level::parse(code).ok_or_else(|| format!("{code:?} — не уровень; пишите low, medium, high или critical"))
}

/// A sector by its code; a wrong one is reported.
pub fn sector(table: &Table, code: &Located<String>) -> Option<Sector> {
    let sector = Sector::parse(&code.value);
    if sector.is_none() {
        table.report().add(&code.at, format!("{:?} — не сектор; бывают {}", code.value, sector_codes()));
    }
    sector
}

/// The codes of all sectors.
pub fn sector_codes() -> String {
    Sector::ALL.map(Sector::as_str).join(", ")
}
