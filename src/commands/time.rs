//! Days and times as people type them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Time;

use crate::exit::Failure;
use crate::language::say;

/// Which end of a range a bare day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// From the day's first moment.
    From,
    /// To the day's last moment, so to the first of the next.
    To,
}

/// Reads `2026-11-24`, `2026-11-24T08:00` (both in the configured zone) or RFC 3339.
pub fn parse(text: &str, end: End, timezone: &TimeZone) -> Result<Time, Failure> {
    if let Ok(time) = text.parse::<Time>() {
        return Ok(time);
    }
    let local = match text.parse::<Date>() {
        Ok(day) if text.len() <= 10 => match end {
            End::From => Ok(day.at(0, 0, 0, 0)),
            End::To => day.tomorrow().map(|next| next.at(0, 0, 0, 0)),
        },
        _ => text.parse::<DateTime>(),
    };
    let time = local.and_then(|local| local.to_zoned_datetime(timezone.clone())).map(|zoned| zoned.timestamp());
    time.map_err(|_| {
        Failure::usage(format!(
            "{} {text:?}: {}",
            say("не понимаю время", "not a day or time:"),
            say(
                "нужно 2026-11-24, 2026-11-24T08:00 или 2026-11-24T08:00:00Z",
                "write 2026-11-24, 2026-11-24T08:00 or 2026-11-24T08:00:00Z"
            )
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, end: End, expect: Option<&str>) {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        assert_eq!(parse(text, end, &zone).ok().map(|time| time.to_string()).as_deref(), expect, "{text}");
    }

    #[test]
    fn a_day_is_whole_and_of_the_configured_zone() {
        check("2026-11-24", End::From, Some("2026-11-23T21:00:00Z"));
        check("2026-11-24", End::To, Some("2026-11-24T21:00:00Z"));
        check("2026-11-24T08:00", End::To, Some("2026-11-24T05:00:00Z"));
        check("2026-11-24T08:00:00Z", End::From, Some("2026-11-24T08:00:00Z"));
        check("вчера", End::From, None);
        check("2026-13-01", End::From, None);
    }
}
