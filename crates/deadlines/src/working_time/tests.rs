//! Tables of moments, and laws that hold at any moment.

use jiff::civil::{Weekday, date};
use proptest::prelude::*;

use super::*;
use crate::{CalendarYear, Moved};

impl WorkingTime<'_> {
    /// Working time between two moments; none where the second is not later.
    fn between(&self, from: Time, to: Time) -> Duration {
        let stretches = self.stretches_from(from).take_while(|stretch| stretch.from < to);
        stretches.map(|stretch| length(Stretch { to: stretch.to.min(to), ..stretch })).sum()
    }
}

/// The calendar of 2026 and 2027, as the decrees moved days off.
fn calendar() -> Calendar {
    let moved = |year, days: &[[(i8, i8); 2]]| CalendarYear {
        year,
        moved: days
            .iter()
            .map(|[from, to]| Moved { from: date(year, from.0, from.1), to: date(year, to.0, to.1) })
            .collect(),
        ..CalendarYear::default()
    };
    Calendar {
        hours: DayPart { from: ClockTime::constant(9, 0, 0, 0), to: ClockTime::constant(18, 0, 0, 0) },
        lunch: None,
        days: vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday],
        years: vec![
            moved(2026, &[[(1, 3), (1, 9)], [(1, 4), (12, 31)]]),
            moved(2027, &[[(1, 2), (11, 5)], [(1, 3), (12, 31)], [(2, 20), (2, 22)]]),
        ],
    }
}

fn with_lunch() -> Calendar {
    let lunch = DayPart { from: ClockTime::constant(13, 0, 0, 0), to: ClockTime::constant(14, 0, 0, 0) };
    Calendar { lunch: Some(lunch), ..calendar() }
}

fn moscow() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap()
}

/// A moment by the clock of a zone: `2026-11-27T17:30`.
fn at(text: &str, zone: &TimeZone) -> Time {
    text.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(zone.clone()).unwrap().timestamp()
}

fn told(at: Time, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

#[test]
fn what_is_working_time() {
    let (calendar, zone) = (calendar(), moscow());
    let time = WorkingTime::new(&calendar, &zone);
    for (moment, working, next) in [
        // A Friday: its first and last minute, and the night after it.
        ("2026-11-27T08:59", false, "2026-11-27T09:00"),
        ("2026-11-27T09:00", true, "2026-11-27T09:00"),
        ("2026-11-27T17:59", true, "2026-11-27T17:59"),
        ("2026-11-27T18:00", false, "2026-11-30T09:00"),
        ("2026-11-28T12:00", false, "2026-11-30T09:00"),
        // The eve of a holiday in midweek.
        ("2026-11-03T16:59", true, "2026-11-03T16:59"),
        ("2026-11-03T17:00", false, "2026-11-05T09:00"),
        // The New Year: from the moved 31 December to the first working day.
        ("2026-12-30T18:00", false, "2027-01-11T09:00"),
        ("2026-01-09T12:00", false, "2026-01-12T09:00"),
        // A Saturday that is worked, and the Monday off for it.
        ("2027-02-20T12:00", true, "2027-02-20T12:00"),
        ("2027-02-22T12:00", false, "2027-02-24T09:00"),
        // A holiday on a Sunday is taken on Monday.
        ("2026-03-09T12:00", false, "2026-03-10T09:00"),
    ] {
        assert_eq!(time.is_working(at(moment, &zone)), working, "{moment}");
        assert_eq!(told(time.next_start(at(moment, &zone)), &zone), next, "{moment}");
    }
}

#[test]
fn working_hours_and_days_are_added() {
    let (calendar, zone) = (calendar(), moscow());
    let time = WorkingTime::new(&calendar, &zone);
    for (moment, hours, expect) in [
        ("2026-11-24T09:00", 9, "2026-11-24T18:00"),
        ("2026-11-24T10:30", 9, "2026-11-25T10:30"),
        ("2026-11-24T03:00", 9, "2026-11-24T18:00"),
        ("2026-11-24T19:00", 9, "2026-11-25T18:00"),
        ("2026-11-27T17:00", 2, "2026-11-30T10:00"),
        // Eight hours on the eve, then over the holiday.
        ("2026-11-03T09:00", 9, "2026-11-05T10:00"),
        ("2026-12-30T17:00", 2, "2027-01-11T10:00"),
        ("2027-02-20T16:00", 2, "2027-02-24T10:00"),
        ("2026-11-24T10:30", 0, "2026-11-24T10:30"),
    ] {
        assert_eq!(told(time.add_working_hours(at(moment, &zone), hours), &zone), expect, "{moment} + {hours} h");
    }
    for (moment, days, expect) in [
        ("2026-11-24T10:30", 1, "2026-11-25T18:00"),
        ("2026-11-27T23:30", 1, "2026-11-30T18:00"),
        ("2026-11-28T12:00", 1, "2026-11-30T18:00"),
        ("2026-11-24T10:30", 7, "2026-12-03T18:00"),
        ("2026-11-02T10:30", 1, "2026-11-03T17:00"),
        ("2026-12-28T10:30", 7, "2027-01-15T18:00"),
        ("2027-02-18T10:30", 2, "2027-02-20T17:00"),
    ] {
        assert_eq!(told(time.add_working_days(at(moment, &zone), days), &zone), expect, "{moment} + {days} d");
    }
}

#[test]
fn lunch_does_not_count() {
    let (calendar, zone) = (with_lunch(), moscow());
    let time = WorkingTime::new(&calendar, &zone);
    assert!(!time.is_working(at("2026-11-24T13:30", &zone)));
    assert_eq!(told(time.next_start(at("2026-11-24T13:30", &zone)), &zone), "2026-11-24T14:00");
    assert_eq!(told(time.add_working_hours(at("2026-11-24T09:00", &zone), 9), &zone), "2026-11-25T10:00");
    let day = time.between(at("2026-11-24T00:00", &zone), at("2026-11-25T00:00", &zone));
    assert_eq!(day, Duration::from_secs(8 * 3600));
}

#[test]
fn a_zone_has_its_own_morning_and_summer_time_costs_no_hour() {
    let calendar = calendar();
    let vladivostok = TimeZone::get("Asia/Vladivostok").unwrap();
    let time = WorkingTime::new(&calendar, &vladivostok);
    // 23:30 UTC on Monday is Tuesday, 09:30, there.
    assert!(time.is_working("2026-11-23T23:30:00Z".parse().unwrap()));
    assert_eq!(time.next_start("2026-11-23T22:00:00Z".parse().unwrap()), "2026-11-23T23:00:00Z".parse().unwrap());
    // Clocks go forward on 29 March 2026 in Berlin; that Sunday is off, and days on both sides have nine hours.
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let time = WorkingTime::new(&calendar, &berlin);
    assert_eq!(told(time.add_working_hours(at("2026-03-27T17:00", &berlin), 9), &berlin), "2026-03-30T17:00");
}

#[test]
fn a_calendar_without_work_ends_the_search() {
    let (calendar, zone) = (Calendar { days: Vec::new(), years: Vec::new(), ..calendar() }, moscow());
    let time = WorkingTime::new(&calendar, &zone);
    let moment = at("2026-11-24T10:30", &zone);
    assert_eq!(time.next_start(moment), moment);
    assert_eq!(time.add_working_days(moment, 3), moment);
    assert_eq!(time.add_working_hours(moment, 3), moment);
}

/// Minutes of 2026 and 2027.
fn moment() -> impl Strategy<Value = Time> {
    (0_i64..2 * 365 * 24 * 60).prop_map(|minute| Time::from_second(1_767_225_600 + minute * 60).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_added_lies_between(from in moment(), hours in 1_u32..60, lunch: bool) {
        let (calendar, zone) = (if lunch { with_lunch() } else { calendar() }, moscow());
        let time = WorkingTime::new(&calendar, &zone);
        let end = time.add_working_hours(from, hours);
        prop_assert_eq!(time.between(from, end), Duration::from_secs(u64::from(hours) * 3600));
        // It is the first such moment: a minute earlier the time is not over.
        prop_assert!(time.between(from, end.saturating_sub(1.minute()).unwrap()) < Duration::from_secs(u64::from(hours) * 3600));
    }

    #[test]
    fn later_never_ends_earlier(a in moment(), b in moment(), hours in 0_u32..60, days in 0_u32..12) {
        let (calendar, zone) = (calendar(), moscow());
        let time = WorkingTime::new(&calendar, &zone);
        let (first, second) = (a.min(b), a.max(b));
        prop_assert!(time.add_working_hours(first, hours) <= time.add_working_hours(second, hours));
        prop_assert!(time.add_working_hours(first, hours) <= time.add_working_hours(first, hours + 1));
        prop_assert!(time.next_start(first) <= time.next_start(second));
        prop_assert!(days == 0 || time.add_working_days(first, days) <= time.add_working_days(second, days));
        prop_assert!(time.add_working_days(first, days) < time.add_working_days(first, days + 1));
    }

    #[test]
    fn work_begins_in_working_time_and_none_lies_before_it(from in moment()) {
        let (calendar, zone) = (calendar(), moscow());
        let time = WorkingTime::new(&calendar, &zone);
        let start = time.next_start(from);
        prop_assert!(time.is_working(start) && start >= from);
        prop_assert_eq!(time.between(from, start), Duration::ZERO);
    }
}
