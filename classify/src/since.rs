//! Since when and until when, as a post states it: «с утра», «третий день», «с 9 до 17 часов 12 ноября», «до 25 ноября».
//!
//! Read from the text as people write it, against the time of publication in the district's zone. What can be read in two ways
//! is left out rather than guessed.

use jiff::civil::{Date, DateTime, time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use model::{Post, Time};

use crate::moments::{Cursor, Moment, Pieces, duration, moment, ordinal};

/// Only the beginning is read: who states a time states it early, and a long article must not cost its length.
const MAX_BYTES: usize = 4_000;

/// A time further back is history, not the beginning of what is reported.
const MAX_PAST_DAYS: i64 = 2 * 366;

/// A time further ahead is a plan of another kind than an outage.
const MAX_AHEAD_DAYS: i64 = 120;

/// A number after one of these says when or how often, and not how long: «в 2 часа», «через 2 часа», «до 2 часов».
const NOT_SO_LONG: [&str; 13] =
    ["в", "во", "через", "за", "до", "на", "к", "ко", "после", "каждые", "каждый", "с", "раз"];

/// What a post states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    pub since: Option<Time>,
    pub until: Option<Time>,
}

/// The first beginning and the first end that a post states.
pub fn stated(post: &Post, zone: &TimeZone) -> Stated {
    let now = zone.to_datetime(post.published_at);
    let title = post.title.as_deref().unwrap_or("");
    let (since, until) = match read(title, now) {
        (None, None) => read(&post.text, now),
        found => found,
    };
    let near = |moment: &DateTime| {
        let days = now.until(*moment).map_or(i64::MAX, |span| i64::from(span.get_days()));
        (-MAX_PAST_DAYS..=MAX_AHEAD_DAYS).contains(&days)
    };
    let time = |moment: Option<DateTime>| zone.to_timestamp(moment.filter(near)?).ok();
    Stated { since: time(since), until: time(until) }
}

/// Beginning and end in local time.
fn read(text: &str, now: DateTime) -> (Option<DateTime>, Option<DateTime>) {
    let pieces = Pieces::new(text, MAX_BYTES);
    let (mut since, mut until) = (None, None);
    for sentence in pieces.sentences() {
        if until.is_none() {
            let (from, to, day) = bounds(sentence, now);
            (since, until) = resolve(from, to, day, now);
        }
        since = since.or_else(|| lasting(sentence, now));
        if since.is_some() {
            break;
        }
    }
    (since, until)
}

/// What a sentence says after «с» and after «до», and the day that it names by itself.
fn bounds(sentence: Cursor, now: DateTime) -> (Option<Moment>, Option<Moment>, Option<Date>) {
    let (mut from, mut to, mut day) = (None, None, None);
    let mut cursor = sentence;
    while let Some(word) = cursor.word() {
        let after = cursor.skip(1);
        let (slot, found) = match word {
            "с" | "со" => (&mut from, moment(after, now)),
            "до" | "по" => (&mut to, moment(after, now)),
            _ if !cursor.may_tell() => {
                cursor = after;
                continue;
            }
            _ => {
                let named = moment(cursor, now).filter(|(found, _)| found.date.is_some());
                cursor = named.map_or(after, |(found, rest)| {
                    day = day.or(found.date);
                    rest
                });
                continue;
            }
        };
        cursor = match found {
            // A bare number is an hour only between two of them: «с 9 до 17», and not «с 5 этажа», «до 18 лет».
            Some((found, rest)) if slot.is_none() => {
                *slot = Some(found);
                rest
            }
            _ => after,
        };
    }
    let sure = |moment: &Option<Moment>| moment.is_some_and(|moment| !moment.bare);
    match (from, to) {
        (Some(a), Some(b)) if a.bare && !sure(&to) && !b.closes => (None, None, day),
        (Some(a), None) if a.bare => (None, None, day),
        (None, Some(b)) if b.bare => (None, None, day),
        (Some(a), Some(b)) if a.bare && b.time.is_none() => {
            day_of_month(a, b).map_or((None, to, day), |a| (Some(a), to, day))
        }
        _ => (from, to, day),
    }
}

/// «с 12 по 15 ноября»: the first number is a day of the month that the second names.
fn day_of_month(first: Moment, second: Moment) -> Option<Moment> {
    let (day, last) = (first.number?, second.date?);
    let date = Date::new(last.year(), last.month(), day).ok()?;
    Some(Moment { date: Some(date), time: None, bare: false, ..first })
}

/// Moments against the day of publication.
fn resolve(
    from: Option<Moment>,
    to: Option<Moment>,
    day: Option<Date>,
    now: DateTime,
) -> (Option<DateTime>, Option<DateTime>) {
    let named = day.or(to.and_then(|to| to.date).filter(|_| to.is_some_and(|to| to.time.is_some())));
    let since = from.and_then(|from| {
        let at = from.time.unwrap_or(time(0, 0, 0, 0));
        let moment = from.date.or(named).unwrap_or(now.date()).to_datetime(at);
        // «с вечера» in the morning is yesterday's evening; with an end it is a plan for today.
        let earlier = from.date.is_none() && named.is_none() && to.is_none() && moment > now;
        if earlier { moment.checked_sub(1.day()).ok() } else { Some(moment) }
    });
    let until = to.and_then(|to| {
        let base = to.date.or(day).or(from.and_then(|from| from.date));
        let Some(at) = to.time else {
            // Till the end of the last day.
            return to.date?.to_datetime(time(0, 0, 0, 0)).checked_add(1.day()).ok();
        };
        let moment = base.unwrap_or(now.date()).to_datetime(at);
        let passed = match since {
            Some(since) => to.date.is_none() && moment <= since,
            None => base.is_none() && moment <= now,
        };
        if passed { moment.checked_add(1.day()).ok() } else { Some(moment) }
    });
    (since, until)
}

/// «третий день», «уже неделю», «2 часа», «сутки».
fn lasting(sentence: Cursor, now: DateTime) -> Option<DateTime> {
    let mut before = "";
    let mut cursor = sentence;
    while let Some(word) = cursor.word() {
        if !cursor.may_tell() {
            before = word;
            cursor = cursor.skip(1);
            continue;
        }
        let ago = ordinal(cursor).map(|(span, rest)| (span, true, rest));
        let ago = ago.or_else(|| duration(cursor).map(|(span, rest)| (span, false, rest)));
        if let Some((span, is_ordinal, rest)) = ago
            && !NOT_SO_LONG.contains(&before)
            && !matches!(rest.word(), Some("в" | "до" | "после" | "спустя"))
            && (is_ordinal || said_to_last(before, cursor, rest))
        {
            return back(now, span);
        }
        before = word;
        cursor = cursor.skip(1);
    }
    None
}

/// A number with a unit lasts; «неделю», «сутки» alone only after «уже», «больше», «почти».
fn said_to_last(before: &str, cursor: Cursor, rest: Cursor) -> bool {
    let counted = rest.at() - cursor.at() > 1 || cursor.word().is_some_and(|word| word.starts_with("пол"));
    counted
        || matches!(before, "уже" | "больше" | "более" | "почти" | "целую" | "целый" | "целые" | "около" | "полную")
        || matches!(rest.word(), Some("без" | "нет" | "не" | "сидим"))
}

/// So long ago; whole days begin at midnight.
fn back(now: DateTime, span: Span) -> Option<DateTime> {
    let moment = now.checked_sub(span).ok()?;
    let hours = span.get_hours() != 0 || span.get_minutes() != 0;
    Some(if hours { moment } else { moment.date().to_datetime(time(0, 0, 0, 0)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published on Tuesday, 24 November 2026, at 14:30 in Moscow.
    fn read(text: &str) -> (String, String) {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let id = model::PostId::new("portal:a/1").unwrap();
        let post =
            Post::new(id, model::Platform::Portal, "a", "2026-11-24T11:30:00Z".parse().unwrap(), text.to_owned());
        let Stated { since, until } = stated(&post, &zone);
        let told = |time: Option<Time>| {
            time.map_or(String::new(), |time| zone.to_datetime(time).strftime("%Y-%m-%d %H:%M").to_string())
        };
        (told(since), told(until))
    }

    #[track_caller]
    fn check(text: &str, since: &str, until: &str) {
        let full = |text: &str| match text.len() {
            0 => String::new(),
            11 => format!("2026-{text}"),
            5 => format!("2026-{text} 00:00"),
            _ => text.to_owned(),
        };
        assert_eq!(read(text), (full(since), full(until)), "{text}");
    }

    #[test]
    fn a_part_of_the_day_and_an_hour() {
        check("Нет воды с утра", "11-24 06:00", "");
        check("с самого утра сидим без света", "11-24 06:00", "");
        check("Света нет с вечера", "11-23 18:00", "");
        check("с ночи нет тепла", "11-24", "");
        check("с 8 утра нет воды", "11-24 08:00", "");
        check("С шести утра нет света", "11-24 06:00", "");
        check("с двух часов ночи", "11-24 02:00", "");
        check("с 8:00 нет воды", "11-24 08:00", "");
        check("с 8 часов стоим", "11-24 08:00", "");
        check("с 10 вечера нет света", "11-23 22:00", "");
        check("с 16.00 нет света", "11-23 16:00", "");
    }

    #[test]
    fn a_day() {
        check("со вчерашнего вечера нет воды", "11-23 18:00", "");
        check("со вчерашнего дня", "11-23", "");
        check("со вчера нет газа", "11-23", "");
        check("с позавчера", "11-22", "");
        check("с 12 ноября не вывозят мусор", "11-12", "");
        check("с 12.11 не вывозят", "11-12", "");
        check("с 12.11.2025 ждём", "2025-11-12 00:00", "");
        check("с 28 декабря закроют мост", "12-28", "");
        check("с 12-го числа", "11-12", "");
        check("с понедельника нет воды", "11-23", "");
        check("со вторника не ходит автобус", "11-17", "");
        check("с пятницы", "11-20", "");
        check("с октября ждём ремонта", "10-01", "");
        check("с прошлой недели", "11-16", "");
        check("с выходных", "11-21", "");
    }

    #[test]
    fn how_long() {
        check("Третий день без воды", "11-22", "");
        check("вторые сутки нет света", "11-23", "");
        check("вторую неделю не вывозят", "11-17", "");
        check("уже неделю не убирают", "11-17", "");
        check("уже 2 часа нет света", "11-24 12:30", "");
        check("2 часа сидим без света", "11-24 12:30", "");
        check("нет света пять часов", "11-24 09:30", "");
        check("трое суток без тепла", "11-21", "");
        check("больше суток нет воды", "11-23", "");
        check("уже час нет света", "11-24 13:30", "");
        check("полчаса воет сирена", "11-24 14:00", "");
        check("3-й день нет воды", "11-22", "");
        check("10 дней не вывозят", "11-14", "");
        check("месяц без горячей воды", "10-24", "");
    }

    #[test]
    fn an_end() {
        check("Свет обещают дать до 18:00", "", "11-24 18:00");
        check("до 8 утра воды не будет", "", "11-25 08:00");
        check("Отключение с 9 до 17 часов 12 декабря", "12-12 09:00", "12-12 17:00");
        check("25 ноября с 9.00 до 18.00 не будет воды", "11-25 09:00", "11-25 18:00");
        check("завтра с 9 до 17 отключат свет", "11-25 09:00", "11-25 17:00");
        check("сегодня с 9 до 17 отключат свет", "11-24 09:00", "11-24 17:00");
        check("с 22 до 6 часов", "11-24 22:00", "11-25 06:00");
        check("ремонт до 25 ноября", "", "11-26");
        check("с 25 по 27 ноября не будет воды", "11-25", "11-28");
        check("с 25 ноября по 2 декабря", "11-25", "12-03");
        check("с 10:00 25 ноября до 20:00 26 ноября", "11-25 10:00", "11-26 20:00");
        check("с 25 ноября до 20:00", "11-25", "11-25 20:00");
        check("до пятницы обещали", "", "11-28");
        check("воды не будет до завтра", "", "11-26");
        check("до вечера починят", "", "11-24 18:00");
    }

    #[test]
    fn what_says_nothing() {
        for text in [
            "до сих пор нет воды",
            "с 5 этажа течёт",
            "дети до 18 лет",
            "в 2 часа приехали",
            "через 2 часа дадут",
            "с 3 до 5 рублей",
            "с уважением, жильцы",
            "который день",
            "",
            "с",
            "до",
            "с 99 ноября",
            "с 31 февраля",
            "раз в неделю моют",
            "с 45:99",
            "по 12",
            "до дома 12",
            "с 1 января 1900 года",
            "с мая 2019 года",
        ] {
            check(text, "", "");
        }
    }

    #[test]
    fn the_first_statement_counts() {
        check("Нет воды с утра. Вчера не было с 9 до 10.", "11-24 06:00", "");
        check("Авария. Воду дадут до 18:00, нет её с 6 утра", "11-24 06:00", "11-24 18:00");
    }
}
