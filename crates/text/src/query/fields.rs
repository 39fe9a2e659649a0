//! Field tests: their names and values.

use jiff::civil::Date;
use model::{Level, Platform, Sector};

use super::ast::{Comparison, FieldTest};
use super::events::{EventTest, Slot};
use crate::words::fold;

/// A field of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Sector,
    Topic,
    Risk,
    Source,
    Platform,
    Place,
    Published,
    Reach,
    /// Several slots of one event.
    Event,
    /// One slot of an event.
    Slot(Slot),
}

/// The names a message lists.
pub(super) const FIELD_NAMES: &str = "сектор, тема, риск, источник, платформа, место, дата, охват, событие, объект, состояние, когда, \
                                      масштаб, число, вред, кто, просьба";

impl Field {
    /// The field of a Russian or Latin name.
    pub(super) fn parse(name: &str) -> Option<Field> {
        Some(match fold(name).as_str() {
            "сектор" | "sector" => Field::Sector,
            "тема" | "topic" => Field::Topic,
            "риск" | "risk" => Field::Risk,
            "источник" | "source" => Field::Source,
            "платформа" | "platform" => Field::Platform,
            "место" | "place" => Field::Place,
            "дата" | "date" => Field::Published,
            "охват" | "reach" => Field::Reach,
            "событие" | "event" => Field::Event,
            folded => Field::Slot(Slot::parse(folded)?),
        })
    }

    /// The test a value makes; otherwise what to write instead.
    pub(super) fn test(self, value: &str) -> Result<FieldTest, String> {
        let folded = fold(value);
        match self {
            Field::Sector => sector(&folded).map(FieldTest::Sector),
            Field::Topic => id(value).map(FieldTest::Topic),
            Field::Risk => match level(&folded) {
                Some(level) => Ok(FieldTest::RiskLevel(level)),
                None => id(value).map(FieldTest::RiskKind),
            },
            Field::Source => id(value).map(FieldTest::Source),
            Field::Platform => platform(&folded).map(FieldTest::Platform),
            Field::Place => id(value).map(FieldTest::Place),
            Field::Published => published(value),
            Field::Reach => reach(value),
            Field::Event => EventTest::parse(value).map(FieldTest::Event),
            Field::Slot(slot) => EventTest::of_slot(slot, value).map(FieldTest::Event),
        }
    }
}

fn id(value: &str) -> Result<String, String> {
    if value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ' '))
        && value.contains(char::is_alphanumeric)
    {
        Ok(value.to_owned())
    } else {
        Err("Здесь нужен код: буквы, цифры, «-» и «_».".to_owned())
    }
}

fn sector(folded: &str) -> Result<Sector, String> {
    let found = Sector::ALL.into_iter().find(|sector| sector.as_str() == folded || fold(sector.name_ru()) == folded);
    found.or(if folded == "соцполитика" { Some(Sector::Social) } else { None }).ok_or_else(|| {
        let names: Vec<String> =
            Sector::ALL.iter().map(|sector| format!("{} ({})", sector.as_str(), sector.name_ru())).collect();
        format!("Такого сектора нет. Есть: {}.", names.join(", "))
    })
}

fn level(folded: &str) -> Option<Level> {
    Level::ALL.into_iter().find(|level| level.as_str() == folded || level.name_ru() == folded)
}

fn platform(folded: &str) -> Result<Platform, String> {
    let is_meant = |platform: &Platform| platform.as_str() == folded || platform.search_names().contains(&folded);
    Platform::ALL.into_iter().find(is_meant).ok_or_else(|| {
        let name = |platform: Platform| format!("{} ({})", platform.as_str(), platform.search_names()[0]);
        format!("Такой платформы нет. Есть: {}.", Platform::ALL.map(name).join(", "))
    })
}

fn published(value: &str) -> Result<FieldTest, String> {
    let (from, to) = value.split_once("..").unwrap_or((value, value));
    let (from, to) = (day(from)?, day(to)?);
    match (from, to) {
        (None, None) => Err("Нужна хотя бы одна дата: дата:2026-11-01..2026-11-24.".to_owned()),
        (Some(from), Some(to)) if from > to => Err("Первая дата позже второй.".to_owned()),
        _ => Ok(FieldTest::Published { from, to }),
    }
}

fn day(text: &str) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let is_shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    let date = if is_shape { text.parse().ok() } else { None };
    date.map(Some)
        .ok_or_else(|| format!("«{text}» — не дата. Дата пишется так: 2026-11-24; промежуток: 2026-11-01..2026-11-24."))
}

fn reach(value: &str) -> Result<FieldTest, String> {
    comparison(value)
        .map(|(op, views)| FieldTest::Reach { op, views })
        .ok_or_else(|| "Охват сравнивается с целым числом: охват:>1000 (знаки >, >=, <, <=, =).".to_owned())
}

/// A number, perhaps behind a sign of comparison; without one it must be equal.
pub(super) fn comparison(value: &str) -> Option<(Comparison, u64)> {
    let signs = [
        (">=", Comparison::GreaterOrEqual),
        ("<=", Comparison::LessOrEqual),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
    ];
    let signed = signs.into_iter().find_map(|(sign, op)| value.strip_prefix(sign).map(|number| (op, number)));
    let (op, number) = signed.unwrap_or((Comparison::Equal, value));
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| number.parse().ok()).flatten().map(|number| (op, number))
}
