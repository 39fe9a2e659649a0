//! A moment, word by word: «8 утра», «16.00», «12 ноября с 9 часов», «вчерашнего вечера».

use jiff::civil::{Date, DateTime, time};

use super::date::{date, day_word};
use super::lexicon::{FILLERS, PARTS};
use super::pieces::Cursor;

/// A moment, of which perhaps only a part is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: Option<Date>,
    pub(super) time: Option<jiff::civil::Time>,
    /// A number that nothing says to be an hour; up to 31, since it can be a day: «с 25 по 27 ноября».
    pub(super) number: Option<i8>,
    /// Nothing says that the number is an hour.
    pub(super) bare: bool,
    /// A bare number that ends its clause or is followed by a day: «с 9 до 17 завтра».
    pub(super) closes: bool,
}

/// The moment that begins here, and what follows it.
pub(super) fn moment(cursor: Cursor, now: DateTime) -> Option<(Moment, Cursor)> {
    let mut cursor = cursor;
    while cursor.word().is_some_and(|word| FILLERS.contains(&word)) {
        cursor = cursor.skip(1);
    }
    if let Some((date, rest)) = date(cursor, now) {
        // «25 ноября с 9 до 17» states the hour elsewhere; «25 ноября 10:00» here.
        let clock = clock(rest).filter(|(moment, _)| !moment.bare);
        let (time, rest) = clock.map_or((None, rest), |(clock, rest)| (clock.time, rest));
        return Some((Moment { date: Some(date), time, number: None, bare: false, closes: false }, rest));
    }
    if let Some((day, rest)) = day_word(cursor, now) {
        let part = part(rest);
        let time = part.map(|(hour, _)| time(hour, 0, 0, 0));
        let rest = part.map_or(rest, |(_, rest)| rest);
        return Some((Moment { date: Some(day), time, number: None, bare: false, closes: false }, rest));
    }
    if let Some((hour, rest)) = part(cursor) {
        let time = Some(time(hour, 0, 0, 0));
        return Some((Moment { date: None, time, number: None, bare: false, closes: false }, rest));
    }
    let (mut clock, rest) = clock(cursor)?;
    match date(rest, now).or_else(|| day_word(rest, now)) {
        Some((date, rest)) if !clock.bare => {
            clock.date = Some(date);
            Some((clock, rest))
        }
        found => {
            clock.closes = found.is_some() || rest.word().is_none() || !rest_is_counted(cursor, rest);
            Some((clock, rest))
        }
    }
}

/// Whether a bare number counts the next word: «до 5 рублей» and not «до 17 отключат».
fn rest_is_counted(number: Cursor, rest: Cursor) -> bool {
    let last = rest.before().unwrap_or(number);
    let verb = rest.word().is_some_and(|word| word.ends_with("ат") || word.ends_with("ут") || word.ends_with("ет"));
    let apart = last.glue().contains([',', ';', ')', '.', '!', '?', '\n']);
    !verb && !apart
}

/// «утра», «вечера».
fn part(cursor: Cursor) -> Option<(i8, Cursor)> {
    let word = cursor.word()?;
    let (_, hour) = PARTS.iter().find(|(part, _)| *part == word)?;
    Some((*hour, cursor.skip(1)))
}

/// «8:00», «16.00», «8 утра», «двух часов ночи», «17 часов», «9».
fn clock(cursor: Cursor) -> Option<(Moment, Cursor)> {
    let is_number = cursor.digits().is_some();
    let number = i8::try_from(cursor.number()?).ok().filter(|number| (0..=31).contains(number))?;
    let mut rest = cursor.skip(1);
    let mut minute = 0;
    let mut bare = true;
    if is_number && matches!(cursor.glue(), ":" | "." | "-") && rest.word().is_some_and(|word| word.len() == 2) {
        minute = i8::try_from(rest.digits()?).ok().filter(|minute| (0..60).contains(minute))?;
        rest = rest.skip(1);
        bare = false;
    }
    if rest.word().is_some_and(|word| ["час", "часа", "часов", "часам", "ч", "ч."].contains(&word)) {
        rest = rest.skip(1);
        bare = false;
        if let Some(found) = rest.digits().filter(|_| rest.skip(1).word().is_some_and(|word| word.starts_with("мин")))
        {
            minute = i8::try_from(found).ok().filter(|minute| (0..60).contains(minute))?;
            rest = rest.skip(2);
        }
    }
    let mut hour = number;
    if let Some(part) = rest.word().filter(|word| ["утра", "дня", "вечера", "ночи"].contains(word)) {
        hour = match (part, hour) {
            ("дня" | "вечера", 1..=11) => hour + 12,
            ("ночи", 12) => 0,
            _ => hour,
        };
        rest = rest.skip(1);
        bare = false;
    } else if !is_number && bare {
        return None;
    }
    let time = jiff::civil::Time::new(hour % 24, minute, 0, 0).ok().filter(|_| hour <= 24);
    if time.is_none() && !bare {
        return None;
    }
    Some((Moment { date: None, time, number: Some(number).filter(|_| bare), bare, closes: false }, rest))
}
