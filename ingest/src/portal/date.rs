//! Dates as feeds really write them.
//!
//! RFC 822 with wrong weekdays, missing seconds and zones by name; ISO 8601 with blanks, without a zone or a time; Russian
//! sites' `02.11.2026 14:05` and `2 ноября 2026, 14:05`; seconds since 1970. A date without a zone counts as UTC: RFC 822 and
//! Atom demand one, and a guess of the site's zone would be wrong for every site elsewhere.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use model::Time;

/// A longer text is no date.
const MAX_DATE_BYTES: usize = 100;

/// Months by the letters that tell them apart, in English and Russian (nominative and genitive).
const MONTHS: [(&str, i8); 25] = [
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("apr", 4),
    ("may", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("янв", 1),
    ("фев", 2),
    ("мар", 3),
    ("апр", 4),
    ("май", 5),
    ("мая", 5),
    ("июн", 6),
    ("июл", 7),
    ("авг", 8),
    ("сен", 9),
    ("окт", 10),
    ("ноя", 11),
    ("дек", 12),
];

/// Hours east of Greenwich of the zone names that RFC 822 and Russian sites use.
const ZONES: [(&str, i32); 18] = [
    ("z", 0),
    ("gmt", 0),
    ("ut", 0),
    ("utc", 0),
    ("msk", 3),
    ("мск", 3),
    ("msd", 4),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("cet", 1),
    ("cest", 2),
    ("eet", 2),
];

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

/// What has been read of a date so far.
#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    hour: Option<i8>,
    minute: i8,
    second: i8,
    nanosecond: i32,
    afternoon: Option<bool>,
    offset_s: Option<i32>,
}

impl Parts {
    /// Takes the group of digits that `text` begins with, and what belongs to it: a clock time or a date in numbers.
    fn number<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (digits, rest) = split(text, |c| c.is_ascii_digit());
        let separator = rest.chars().next();
        let follows = rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        match separator {
            Some(':') if follows && self.hour.is_none() => return self.clock(text),
            Some('-' | '.' | '/') if follows && self.day.is_none() => return self.numeric_date(digits, rest),
            _ => {}
        }
        match digits.len() {
            8 if self.year.is_none() => self.compact_date(digits)?,
            14 if self.year.is_none() => {
                self.compact_date(&digits[..8])?;
                self.compact_time(&digits[8..])?;
            }
            4 | 6 if self.year.is_some() && self.hour.is_none() => self.compact_time(digits)?,
            4 => self.year = Some(digits.parse().ok()?),
            1 | 2 if self.day.is_none() => self.day = Some(digits.parse().ok()?),
            2 if self.year.is_none() => self.year = Some(full_year(digits)?),
            1 | 2 if self.hour.is_none() => self.hour = Some(digits.parse().ok()?),
            _ => {}
        }
        Some(rest)
    }

    /// `14:05`, `14:05:07.5`.
    fn clock<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (hour, rest) = split(text, |c| c.is_ascii_digit());
        let (minute, mut rest) = split(rest.strip_prefix(':')?, |c| c.is_ascii_digit());
        self.hour = Some(hour.parse().ok()?);
        self.minute = minute.parse().ok()?;
        if let Some(seconds) = rest.strip_prefix(':') {
            let (second, after) = split(seconds, |c| c.is_ascii_digit());
            self.second = second.parse().unwrap_or(0);
            rest = after;
        }
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let (digits, after) = split(fraction, |c| c.is_ascii_digit());
            let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
            self.nanosecond = nine.parse().ok()?;
            rest = after;
        }
        Some(rest)
    }

    /// `2026-11-02`, `2026-11`, `02.11.2026`, `02.11.26`, `02/11/2026`; with `/` a month above 12 shows the American order.
    fn numeric_date<'a>(&mut self, first: &str, rest: &'a str) -> Option<&'a str> {
        let separator = rest.chars().next()?;
        let (second, rest) = split(&rest[1..], |c| c.is_ascii_digit());
        let (third, rest) = match rest.strip_prefix(separator) {
            Some(rest) => split(rest, |c| c.is_ascii_digit()),
            None => ("", rest),
        };
        let small = |digits: &str| digits.parse::<i8>().ok();
        if first.len() == 4 {
            (self.year, self.month) = (first.parse().ok(), small(second));
            self.day = if third.is_empty() { Some(1) } else { small(third) };
            return Some(rest);
        }
        (self.day, self.month) = (small(first), small(second));
        if separator == '/' && self.month.is_some_and(|month| month > 12) {
            std::mem::swap(&mut self.day, &mut self.month);
        }
        self.year = full_year(third);
        Some(rest)
    }

    fn compact_date(&mut self, digits: &str) -> Option<()> {
        self.year = Some(digits[..4].parse().ok()?);
        self.month = Some(digits[4..6].parse().ok()?);
        self.day = Some(digits[6..].parse().ok()?);
        Some(())
    }

    fn compact_time(&mut self, digits: &str) -> Option<()> {
        self.hour = Some(digits[..2].parse().ok()?);
        self.minute = digits[2..4].parse().ok()?;
        self.second = if digits.len() == 6 { digits[4..].parse().ok()? } else { 0 };
        Some(())
    }

    /// A month, a zone, am or pm; weekdays and other words say nothing.
    fn word<'a>(&mut self, text: &'a str) -> &'a str {
        let (word, rest) = split(text, char::is_alphabetic);
        let word = word.to_lowercase();
        let month = MONTHS.iter().find(|(name, _)| word.starts_with(name));
        if let (Some((_, month)), None) = (month, self.month) {
            self.month = Some(*month);
        } else if let Some((_, hours)) = ZONES.iter().find(|(name, _)| word == *name) {
            self.offset_s = Some(hours * 3600);
        } else if word == "am" || word == "pm" {
            self.afternoon = Some(word == "pm");
        }
        rest
    }

    /// `+0300`, `+03:00`, `+3`; adds to nothing else that was said of the zone.
    fn offset<'a>(&mut self, sign: char, text: &'a str) -> &'a str {
        let (digits, rest) = split(text, |c| c.is_ascii_digit());
        let (minutes, rest) = match rest.strip_prefix(':') {
            Some(after) => split(after, |c| c.is_ascii_digit()),
            None => ("", rest),
        };
        let number = |digits: &str| digits.parse::<i32>().unwrap_or(0);
        let seconds = match digits.len() {
            1 | 2 => number(digits) * 3600 + number(minutes) * 60,
            3 | 4 => number(&digits[..digits.len() - 2]) * 3600 + number(&digits[digits.len() - 2..]) * 60,
            _ => return rest,
        };
        self.offset_s = Some(if sign == '+' { seconds } else { -seconds });
        rest
    }

    fn time(self, zone: &TimeZone) -> Option<Time> {
        let hour = match (self.hour.unwrap_or(0), self.afternoon) {
            (12, Some(false)) => 0,
            (hour @ 0..12, Some(true)) => hour + 12,
            (hour, _) => hour,
        };
        let date = civil::Date::new(self.year?, self.month.unwrap_or(1), self.day.unwrap_or(1)).ok()?;
        // Midnight at the end of a day and a leap second both occur.
        let (date, hour) = if hour == 24 { (date.tomorrow().ok()?, 0) } else { (date, hour) };
        let time = civil::Time::new(hour, self.minute, self.second.min(59), self.nanosecond).ok()?;
        let local = date.to_datetime(time);
        match self.offset_s {
            Some(offset) => Offset::from_seconds(offset).ok()?.to_timestamp(local).ok(),
            None => Some(local.to_zoned_datetime(zone.clone()).ok()?.timestamp()),
        }
    }
}

/// Two digits mean 1970–2069.
fn full_year(digits: &str) -> Option<i16> {
    let year: i16 = digits.parse().ok()?;
    Some(match digits.len() {
        2 if year < 70 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    })
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(expect), "{text}");
    }

    #[test]
    fn rfc_822_and_what_is_sent_for_it() {
        check("Mon, 02 Nov 2026 14:05:07 +0300", "2026-11-02T11:05:07Z");
        check("Mon, 2 Nov 2026 14:05 GMT", "2026-11-02T14:05:00Z");
        check("02 Nov 26 14:05:07 MSK", "2026-11-02T11:05:07Z");
        check("Fri, 02 Nov 2026 14:05:07 EST", "2026-11-02T19:05:07Z");
        check("Пн, 02 ноя 2026 14:05:07 +0300", "2026-11-02T11:05:07Z");
        check("Mon, 02 November 2026 14:05:07 GMT+03:00", "2026-11-02T11:05:07Z");
        check("Mon Nov  2 14:05:07 2026", "2026-11-02T14:05:07Z");
        check("Mon, 02 Nov 2026 2:05:07 PM", "2026-11-02T14:05:07Z");
        check("Mon, 02-Nov-26 14:05:07 GMT", "2026-11-02T14:05:07Z");
        check("Mon, 02 Nov 2026 24:00:00 +0000", "2026-11-03T00:00:00Z");
    }

    #[test]
    fn iso_8601_and_its_relatives() {
        check("2026-11-02T14:05:07Z", "2026-11-02T14:05:07Z");
        check("2026-11-02T14:05:07.25+03:00", "2026-11-02T11:05:07.25Z");
        check("2026-11-02T14:05:07-0800", "2026-11-02T22:05:07Z");
        check("2026-11-02 14:05:07", "2026-11-02T14:05:07Z");
        check("2026-11-02 14:05:07 +03", "2026-11-02T11:05:07Z");
        check("2026-11-02T14:05", "2026-11-02T14:05:00Z");
        check("2026-11-02", "2026-11-02T00:00:00Z");
        check("2026-11", "2026-11-01T00:00:00Z");
        check("2026", "2026-01-01T00:00:00Z");
        check("20261102T140507Z", "2026-11-02T14:05:07Z");
        check("20261102140507", "2026-11-02T14:05:07Z");
        check("1793628307", "2026-11-02T14:05:07Z");
        check("1793628307000", "2026-11-02T14:05:07Z");
    }

    #[test]
    fn as_russian_sites_write() {
        check("02.11.2026 14:05", "2026-11-02T14:05:00Z");
        check("02.11.2026, 14:05:07 (МСК)", "2026-11-02T11:05:07Z");
        check("2 ноября 2026 г., 14:05", "2026-11-02T14:05:00Z");
        check("14:05, 2 мая 2026", "2026-05-02T14:05:00Z");
        check("02/11/2026", "2026-11-02T00:00:00Z");
        check("11/22/2026", "2026-11-22T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "вчера", "Mon", "2026-13-02", "31.02.2026", "99:99", "+", "-", &"1".repeat(99)] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[-+0-9:., TZa-zа-я/]{0,40}") {
            parse(&text);
        }

        #[test]
        fn every_time_written_by_rfc_3339_comes_back(second in 0i64..4_000_000_000) {
            let time = Time::from_second(second).unwrap();
            prop_assert_eq!(parse(&time.to_string()), Some(time));
        }
    }
}
