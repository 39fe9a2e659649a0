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
