//! The first beginning and the first end that a post states.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use model::{Post, Time};

use super::bounds::{bounds, resolve};
use super::lasting::lasting;
use super::pieces::Pieces;

/// Only the beginning is read: who states a time states it early, and a long article must not cost its length.
const MAX_BYTES: usize = 4_000;

/// A time further back is history, not the beginning of what is reported.
const MAX_PAST_DAYS: i64 = 2 * 366;

/// A time further ahead is a plan of another kind than an outage.
const MAX_AHEAD_DAYS: i64 = 120;

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
