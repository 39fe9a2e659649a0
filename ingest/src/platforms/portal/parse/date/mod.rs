//! Dates as feeds really write them.
//!
//! RFC 822 with wrong weekdays, missing seconds and zones by name; ISO 8601 with blanks, without a zone or a time; Russian
//! sites' `02.11.2026 14:05` and `2 ноября 2026, 14:05`; seconds since 1970. A date without a zone counts as UTC: RFC 822 and
//! Atom demand one, and a guess of the site's zone would be wrong for every site elsewhere.

mod names;
mod parts;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use model::Time;

use parts::Parts;

/// A longer text is no date.
const MAX_DATE_BYTES: usize = 100;

/// Reads a date; `None` where there is none in it.
pub(crate) fn parse(text: &str) -> Option<Time> {
    parse_in(text, &TimeZone::UTC)
}

/// Reads a date that is of this zone unless it says otherwise.
pub(crate) fn parse_in(text: &str, zone: &TimeZone) -> Option<Time> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_DATE_BYTES {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() >= 9 && text.len() != 14 {
        return unix(text);
    }
    let mut parts = Parts::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = if first.is_ascii_digit() {
            parts.number(rest)?
        } else if first.is_alphabetic() {
            parts.word(rest)
        } else if matches!(first, '+' | '-' | '−') && parts.hour.is_some() {
            parts.offset(first, &rest[first.len_utf8()..])
        } else {
            &rest[first.len_utf8()..]
        };
    }
    parts.time(zone)
}

/// Seconds or milliseconds since 1970.
fn unix(text: &str) -> Option<Time> {
    let number: i64 = text.parse().ok()?;
    if text.len() > 11 { Time::from_millisecond(number).ok() } else { Time::from_second(number).ok() }
}
