//! Dates as feeds and pages of news really write them.
//!
//! RFC 822 with wrong weekdays, missing seconds and zones by name; ISO 8601 with blanks, without a zone or a time; Russian
//! sites' `02.11.2026 14:05` and `2 ноября 2026, 14:05`; seconds since 1970; «вчера в 18:46», «3 часа назад», «25 декабря». A date without a zone
//! is of the zone it is read in: that of the installation, whose sites write the time of their own clocks.

mod distance;
mod names;
mod parts;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use model::Time;

use parts::Parts;

/// A longer text is no date.
const MAX_DATE_BYTES: usize = 100;

/// What a date is read by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar<'a> {
    /// The zone of a date without one.
    pub zone: &'a TimeZone,
    /// When the document was fetched; none: dates that count from now are not read.
    pub now: Option<Time>,
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dated {
    pub time: Time,
    /// It was told by its distance from now, and comes out otherwise each time it is read.
    pub coarse: bool,
}

/// Reads a date; `None` where there is none in it.
pub(crate) fn read(text: &str, calendar: Calendar<'_>) -> Option<Dated> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_DATE_BYTES {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() >= 9 && text.len() != 14 {
        return unix(text).map(exactly);
    }
    if let Some(now) = calendar.now
        && let Some(dated) = distance::read(text, now, calendar.zone)
    {
        return Some(dated);
    }
    Parts::of(text)?.time(calendar).map(exactly)
}

fn exactly(time: Time) -> Dated {
    Dated { time, coarse: false }
}

/// Seconds or milliseconds since 1970.
fn unix(text: &str) -> Option<Time> {
    let number: i64 = text.parse().ok()?;
    if text.len() > 11 { Time::from_millisecond(number).ok() } else { Time::from_second(number).ok() }
}
