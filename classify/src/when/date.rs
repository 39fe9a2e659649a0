//! A day: «12 ноября», «12.11.2026», «12-го числа», «вчера», «прошлой недели», «с понедельника».

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

use super::lexicon::{MONTHS, WEEKDAYS};
use super::pieces::Cursor;

/// «12 ноября», «12 ноября 2025 года», «12.11», «12.11.2026», «12-го числа», «октября».
pub(super) fn date(cursor: Cursor, now: DateTime) -> Option<(Date, Cursor)> {
    if let Some(month) = cursor.word().and_then(month) {
        let (year, rest) = year(cursor.skip(1));
        // «в мае», «с мая»: the first of the month.
        return Some((nearest(1, month, year, now)?, rest));
    }
    let day = i8::try_from(cursor.digits()?).ok().filter(|day| (1..=31).contains(day))?;
    let mut after = cursor.skip(1);
    let ending = after.word().filter(|word| cursor.glue().is_empty() || *word == "го" || *word == "ого");
    if ending.is_some_and(|word| ["го", "ого", "е"].contains(&word)) && cursor.glue().len() <= 1 {
        after = after.skip(1);
        if after.word() == Some("числа") {
            return Some((nearest_day(day, now)?, after.skip(1)));
        }
    }
    if after.word() == Some("числа") {
        return Some((nearest_day(day, now)?, after.skip(1)));
    }
    if let Some(month) = after.word().and_then(month) {
        let (year, rest) = year(after.skip(1));
        return Some((nearest(day, month, year, now)?, rest));
    }
    // «12.11»: two digits on the right, or a year after them; «16.00» is a time.
    if cursor.glue() == "." && after.word().is_some_and(|word| word.len() == 2) {
        let month = i8::try_from(after.digits()?).ok().filter(|month| (1..=12).contains(month))?;
        let year = after.skip(1).digits().filter(|_| after.glue() == ".").and_then(full_year);
        let rest = if year.is_some() { after.skip(2) } else { after.skip(1) };
        return Some((nearest(day, month, year, now)?, rest));
    }
    None
}

fn month(word: &str) -> Option<i8> {
    let is = |stem: &&str| match *stem {
        "ма" => ["мая", "май", "мае", "маю"].contains(&word),
        "март" => ["март", "марта", "марте", "марту"].contains(&word),
        stem => word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= 2),
    };
    MONTHS.iter().position(is).map(|month| month as i8 + 1)
}

/// «2025 года», «2025».
fn year(cursor: Cursor) -> (Option<i16>, Cursor) {
    match cursor.digits().filter(|year| (1900..2100).contains(year)) {
        Some(year) => {
            let rest = cursor.skip(1);
            let named = rest.word().is_some_and(|word| ["года", "году", "год", "г"].contains(&word));
            (Some(year as i16), if named { rest.skip(1) } else { rest })
        }
        None => (None, cursor),
    }
}

fn full_year(digits: i64) -> Option<i16> {
    match digits {
        0..=99 => Some(2000 + digits as i16),
        1900..=2100 => Some(digits as i16),
        _ => None,
    }
}

/// The date of the year that is nearest to now.
fn nearest(day: i8, month: i8, year: Option<i16>, now: DateTime) -> Option<Date> {
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let distance = |date: &Date| now.date().until(*date).map_or(i32::MAX, |span| span.get_days().abs());
    (now.year() - 1..=now.year() + 1).filter_map(|year| Date::new(year, month, day).ok()).min_by_key(distance)
}

/// The day of this month, or of the last one if it has not come yet.
fn nearest_day(day: i8, now: DateTime) -> Option<Date> {
    let this = Date::new(now.year(), now.month(), day).ok();
    this.filter(|date| *date <= now.date()).or_else(|| {
        let last = now.date().first_of_month().checked_sub(1.day()).ok()?;
        Date::new(last.year(), last.month(), day).ok()
    })
}

/// «вчера», «вчерашнего вечера», «сегодняшнего дня», «завтра», «понедельника», «прошлой недели», «выходных».
pub(super) fn day_word(cursor: Cursor, now: DateTime) -> Option<(Date, Cursor)> {
    let word = cursor.word()?;
    let next = cursor.skip(1);
    let today = now.date();
    let days = match word {
        "сегодня" | "сегодняшнего" | "сегодняшней" => 0,
        "вчера" | "вчерашнего" | "вчерашней" => -1,
        "позавчера" | "позавчерашнего" => -2,
        "завтра" | "завтрашнего" => 1,
        "послезавтра" => 2,
        "прошлой" | "прошлого" | "прошлую" => return last_one(next, today),
        "выходных" => {
            let since = i64::from(today.weekday().since(Weekday::Saturday));
            return Some((today.checked_sub(since.days()).ok()?, next));
        }
        _ => return weekday(cursor, today),
    };
    let rest = if next.word() == Some("дня") { next.skip(1) } else { next };
    Some((today.checked_add(days.days()).ok()?, rest))
}

/// After «прошлой», «прошлого»: a week, a month, a year ago.
fn last_one(cursor: Cursor, today: Date) -> Option<(Date, Cursor)> {
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let date = match cursor.word()? {
        "недели" | "неделе" => monday.checked_sub(1.week()).ok()?,
        "месяца" => today.first_of_month().checked_sub(1.month()).ok()?,
        "года" => Date::new(today.year() - 1, 1, 1).ok()?,
        _ => return weekday(cursor, today),
    };
    Some((date, cursor.skip(1)))
}

/// The last day of that name; after «до» and «по» the caller's sentence means the next one.
fn weekday(cursor: Cursor, today: Date) -> Option<(Date, Cursor)> {
    let word = cursor.word()?;
    let ends = |stem: &str| word.strip_prefix(stem).is_some_and(|ending| ending.chars().count() <= 1);
    let (_, weekday) = WEEKDAYS.iter().find(|(stem, _)| ends(stem))?;
    let back = match i64::from(today.weekday().since(*weekday)) {
        0 => 7,
        days => days,
    };
    let ahead = cursor.before().is_some_and(|before| matches!(before.word(), Some("до" | "по")));
    let days = if ahead { 7 - back % 7 } else { -back };
    Some((today.checked_add(days.days()).ok()?, cursor.skip(1)))
}
