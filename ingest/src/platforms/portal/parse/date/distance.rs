//! Dates that are told from where the reader stands: «сегодня, 14:05», «вчера», «3 часа назад», «в понедельник».

use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use model::Time;

use super::Dated;
use super::parts::Parts;
use crate::time::earlier;

/// Days before today that a word stands for. The longer word comes first: «позавчера» ends in «вчера».
const DAYS: [(&str, i64); 5] = [("позавчера", 2), ("вчера", 1), ("сегодня", 0), ("yesterday", 1), ("today", 0)];

/// Units by the letters they begin with, and their seconds. Months and years are rough, as is whoever counts in them.
const UNITS: [(&str, u64); 18] = [
    ("сек", 1),
    ("мин", 60),
    ("полчаса", 1800),
    ("час", 3600),
    ("сут", 86_400),
    ("ден", 86_400),
    ("дн", 86_400),
    ("нед", 604_800),
    ("мес", 2_592_000),
    ("год", 31_536_000),
    ("лет", 31_536_000),
    ("sec", 1),
    ("min", 60),
    ("hour", 3600),
    ("day", 86_400),
    ("week", 604_800),
    ("month", 2_592_000),
    ("year", 31_536_000),
];

/// Numbers that are written out.
const NUMBERS: [(&str, u64); 10] = [
    ("один", 1),
    ("одну", 1),
    ("пару", 2),
    ("два", 2),
    ("две", 2),
    ("три", 3),
    ("несколько", 3),
    ("четыре", 4),
    ("пять", 5),
    ("шесть", 6),
];

/// More of a unit than this is no news of any site.
const MOST: u64 = 1000;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("понедельник", Weekday::Monday),
    ("вторник", Weekday::Tuesday),
    ("сред", Weekday::Wednesday),
    ("четверг", Weekday::Thursday),
    ("пятниц", Weekday::Friday),
    ("суббот", Weekday::Saturday),
    ("воскресень", Weekday::Sunday),
];

/// Reads a date told from now; none where it is told otherwise.
pub(super) fn read(text: &str, now: Time, zone: &TimeZone) -> Option<Dated> {
    let text = text.to_lowercase().replace('ё', "е");
    if text.contains("назад") || text.split_whitespace().any(|word| word == "ago") {
        return ago(&text, now);
    }
    if ["только что", "сейчас", "just now"].iter().any(|words| text.contains(words)) {
        return Some(Dated { time: now, coarse: true });
    }
    let today = now.to_zoned_datetime(zone.clone()).date();
    let (day, rest) = named_day(&text, today)?;
    let parts = Parts::of(&rest)?;
    if parts.has_day() {
        // «Понедельник, 2 ноября»: the date says more than the word.
        return None;
    }
    if parts.hour.is_none() && day == today {
        return Some(Dated { time: now, coarse: true });
    }
    Some(Dated { time: parts.on(day, zone)?, coarse: false })
}

/// The day that a word of the text names, and the text without it.
fn named_day(text: &str, today: Date) -> Option<(Date, String)> {
    let day_before = |days: i64| today.checked_sub(jiff::Span::new().try_days(days).ok()?).ok();
    if let Some((word, days)) = DAYS.iter().find(|(word, _)| text.contains(word)) {
        let rest = text.replacen(word, " ", 1);
        // «Вчера, 9.05» is no day in May, and «вчера, 02.11.2026» has two dots.
        let rest = if rest.matches('.').count() == 1 { rest.replace('.', ":") } else { rest };
        return Some((day_before(*days)?, rest));
    }
    let (word, weekday) = WEEKDAYS.iter().find(|(word, _)| text.contains(word))?;
    let since = i64::from(weekday.until(today.weekday()));
    Some((day_before(since)?, text.replacen(word, " ", 1)))
}

/// «3 часа назад», «час назад», «полтора часа назад», «2 hours ago», «час и 10 минут назад».
fn ago(text: &str, now: Time) -> Option<Dated> {
    let (mut seconds, mut number, mut found) = (0, 1, false);
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.')).filter(|word| !word.is_empty());
    for word in words {
        let letters = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
        let (digits, unit) = word.split_at(letters);
        if !digits.is_empty() {
            number = digits.parse::<u64>().ok().filter(|number| *number <= MOST)?;
        }
        match unit {
            "ч" | "h" => (seconds, number, found) = (seconds + number * 3600, 1, true),
            "м" | "m" => (seconds, number, found) = (seconds + number * 60, 1, true),
            "с" | "s" if !digits.is_empty() => (seconds, number, found) = (seconds + number, 1, true),
            unit => {
                if let Some((_, written)) = NUMBERS.iter().find(|(name, _)| unit == *name) {
                    number = *written;
                } else if let Some((_, length)) = UNITS.iter().find(|(name, _)| unit.starts_with(name)) {
                    (seconds, number, found) = (seconds + number * length, 1, true);
                }
            }
        }
    }
    found.then(|| Dated { time: earlier(now, Duration::from_secs(seconds)), coarse: true })
}
