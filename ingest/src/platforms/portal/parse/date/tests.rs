use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Option<Time> {
    read(text, Calendar { zone: &TimeZone::UTC, now: None }).map(|dated| dated.time)
}

#[track_caller]
fn check(text: &str, expect: &str) {
    assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(expect), "{text}");
}

/// Reads as of Tuesday, 3 November 2026, half past twelve at night in Moscow, when it is still the second in Greenwich.
#[track_caller]
fn check_now(text: &str, expect: &str) {
    let zone = TimeZone::get("Europe/Moscow").unwrap();
    let now = "2026-11-02T21:30:00Z".parse().unwrap();
    let dated = read(text, Calendar { zone: &zone, now: Some(now) });
    assert_eq!(dated.map(|dated| dated.time.to_string()).as_deref(), Some(expect), "{text}");
}

#[test]
fn days_are_told_from_today_in_the_zone_of_the_reader() {
    check_now("Сегодня, 00:05", "2026-11-02T21:05:00Z");
    check_now("сегодня", "2026-11-02T21:30:00Z");
    check_now("Вчера в 18:46", "2026-11-02T15:46:00Z");
    check_now("Вчера", "2026-11-01T21:00:00Z");
    check_now("позавчера, 9.05", "2026-11-01T06:05:00Z");
    check_now("Yesterday, 18:46", "2026-11-02T15:46:00Z");
    check_now("Понедельник, 10:15", "2026-11-02T07:15:00Z");
    check_now("во вторник в 00:10", "2026-11-02T21:10:00Z");
    check_now("среда 10:15", "2026-10-28T07:15:00Z");
    check_now("Понедельник, 19 октября 2026, 10:15", "2026-10-19T07:15:00Z");
}

#[test]
fn distances_are_counted_back_from_now() {
    check_now("40 минут назад", "2026-11-02T20:50:00Z");
    check_now("3 часа назад", "2026-11-02T18:30:00Z");
    check_now("час назад", "2026-11-02T20:30:00Z");
    check_now("полчаса назад", "2026-11-02T21:00:00Z");
    check_now("1 ч. 10 мин. назад", "2026-11-02T20:20:00Z");
    check_now("2ч назад", "2026-11-02T19:30:00Z");
    check_now("два дня назад", "2026-10-31T21:30:00Z");
    check_now("2 дня назад", "2026-10-31T21:30:00Z");
    check_now("неделю назад", "2026-10-26T21:30:00Z");
    check_now("5 minutes ago", "2026-11-02T21:25:00Z");
    check_now("Только что", "2026-11-02T21:30:00Z");
}

#[test]
fn a_day_without_a_year_is_the_last_one_past() {
    check_now("25 декабря в 18:46", "2025-12-25T15:46:00Z");
    check_now("2 ноября", "2026-11-01T21:00:00Z");
    check_now("3 ноября, 00:10", "2026-11-02T21:10:00Z");
    check_now("4 ноя", "2025-11-03T21:00:00Z");
    check_now("29 февраля", "2024-02-28T21:00:00Z");
    check_now("12.03 10:15", "2026-03-12T07:15:00Z");
    check_now("23:10", "2026-11-02T20:10:00Z");
    check_now("00:10", "2026-11-02T21:10:00Z");
    assert_eq!(parse("25 декабря"), None, "nobody knows of which year");
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
    check("2 ноября 2026г., 14.05 МСК", "2026-11-02T11:05:00Z");
    check("02.11.2026 14.05", "2026-11-02T14:05:00Z");
    check("02.11.2026 14-05", "2026-11-02T14:05:00Z");
    check("2 ноября 2026 года в 14 ч. 05 мин.", "2026-11-02T14:05:00Z");
    check("14.45 02.11.2026", "2026-11-02T14:45:00Z");
    check("пн, 2 нояб. 2026 14:05 МСК+2", "2026-11-02T09:05:00Z");
    check("2 ноября 2026 14:05 MSK-1", "2026-11-02T12:05:00Z");
    check("Mon, 02 Nov 2026 14:05:07 MSK+0300", "2026-11-02T11:05:07Z");
    check("Mon, 02 Nov 2026 14:05:07 YEKT", "2026-11-02T09:05:07Z");
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
