//! The parts of a date, as they are met in its text.

use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use model::Time;

use super::Calendar;
use super::names::{MONTHS, MOSCOW, ZONES};

/// What has been read of a date so far.
#[derive(Default)]
pub(super) struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    pub(super) hour: Option<i8>,
    minute: i8,
    second: i8,
    nanosecond: i32,
    afternoon: Option<bool>,
    offset_s: Option<i32>,
    /// The zone was named as Moscow's, and «+2» after that counts from it.
    from_moscow: bool,
}

impl Parts {
    /// All that a text says of a date.
    pub(super) fn of(text: &str) -> Option<Parts> {
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
        Some(parts)
    }

    /// Whether it says which day.
    pub(super) fn has_day(&self) -> bool {
        self.day.is_some() || self.month.is_some()
    }

    /// Takes the group of digits that `text` begins with, and what belongs to it: a clock time or a date in numbers.
    fn number<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let (digits, rest) = split(text, |c| c.is_ascii_digit());
        let separator = rest.chars().next();
        let follows = rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        match separator {
            Some(':') if follows && self.hour.is_none() => return self.clock(text, ':'),
            // A date with dots came before, or the number after the dot is none of a month.
            Some('.') if follows && self.hour.is_none() && (self.has_day() || is_clock(digits, rest)) => {
                return self.clock(text, '.');
            }
            // `02.11.2026 14-05`, which is no zone.
            Some('-')
                if follows && self.hour.is_none() && self.has_day() && self.year.is_some() && digits.len() <= 2 =>
            {
                return self.clock(text, '-');
            }
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
            // «14 ч. 05 мин.»
            1 | 2 if self.minute == 0 => self.minute = digits.parse().ok()?,
            _ => {}
        }
        Some(rest)
    }

    /// `14:05`, `14:05:07.5`, `14.05`, `14-05`.
    fn clock<'a>(&mut self, text: &'a str, separator: char) -> Option<&'a str> {
        let (hour, rest) = split(text, |c| c.is_ascii_digit());
        let (minute, mut rest) = split(rest.strip_prefix(separator)?, |c| c.is_ascii_digit());
        self.hour = Some(hour.parse().ok()?);
        self.minute = minute.parse().ok()?;
        let more = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        if let Some(seconds) = rest.strip_prefix(separator).filter(|rest| more(rest)) {
            let (second, after) = split(seconds, |c| c.is_ascii_digit());
            self.second = second.parse().unwrap_or(0);
            rest = after;
        }
        if let Some(fraction) = rest.strip_prefix(['.', ',']).filter(|rest| more(rest)) {
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
            self.from_moscow = MOSCOW.contains(&word.as_str());
        } else if word == "am" || word == "pm" {
            self.afternoon = Some(word == "pm");
        }
        rest
    }

    /// `+0300`, `+03:00`, `+3`. It adds to nothing else that was said of the zone, but that «МСК+2» is two hours east of Moscow.
    fn offset<'a>(&mut self, sign: char, text: &'a str) -> &'a str {
        let (digits, rest) = split(text, |c| c.is_ascii_digit());
        let (minutes, rest) = match rest.strip_prefix(':') {
            Some(after) => split(after, |c| c.is_ascii_digit()),
            None => ("", rest),
        };
        let number = |digits: &str| digits.parse::<i32>().unwrap_or(0);
        let base = if self.from_moscow && digits.len() == 1 && minutes.is_empty() { 3 * 3600 } else { 0 };
        let seconds = match digits.len() {
            1 | 2 => number(digits) * 3600 + number(minutes) * 60,
            3 | 4 => number(&digits[..digits.len() - 2]) * 3600 + number(&digits[digits.len() - 2..]) * 60,
            _ => return rest,
        };
        self.offset_s = Some(base + if sign == '+' { seconds } else { -seconds });
        self.from_moscow = false;
        rest
    }

    /// The moment. A day and month without a year are the last ones past: nobody dates news in the future.
    pub(super) fn time(self, calendar: Calendar<'_>) -> Option<Time> {
        let Calendar { zone, now } = calendar;
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if let Some(year) = self.year {
            return self.on(civil::Date::new(year, month, day).ok()?, zone);
        }
        let now = now?;
        let today = now.to_zoned_datetime(zone.clone()).date();
        if !self.has_day() {
            // A clock alone is of today, or of yesterday's evening.
            self.hour?;
            return self.on(today, zone).filter(|time| *time <= now).or_else(|| self.on(today.yesterday().ok()?, zone));
        }
        self.month?;
        // A leap day may be four years back, or eight.
        let dates = (today.year() - 8..=today.year()).rev().filter_map(|year| civil::Date::new(year, month, day).ok());
        self.on(dates.into_iter().find(|date| *date <= today)?, zone)
    }

    /// The moment, on a day that is told.
    pub(super) fn on(&self, date: civil::Date, zone: &TimeZone) -> Option<Time> {
        let hour = match (self.hour.unwrap_or(0), self.afternoon) {
            (12, Some(false)) => 0,
            (hour @ 0..12, Some(true)) => hour + 12,
            (hour, _) => hour,
        };
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

/// Whether two numbers with a dot between are a time of day: alone, and the second no month.
fn is_clock(first: &str, rest: &str) -> bool {
    let (second, after) = split(&rest[1..], |c| c.is_ascii_digit());
    let number = |digits: &str| digits.parse::<u8>().unwrap_or(u8::MAX);
    first.len() <= 2
        && second.len() == 2
        && !after.starts_with('.')
        && number(first) < 24
        && (13..60).contains(&number(second))
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
