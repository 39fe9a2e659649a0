//! The production calendar of the shipped file, and of years whose calendar is known.

use config::{Config, Files};
use deadlines::{Calendar, CalendarYear, DayKind, Moved};
use jiff::civil::date;

fn shipped() -> Calendar {
    Config::parse(&Files::shipped()).unwrap().calendar
}

/// Month and day.
type Day = (i8, i8);

/// Of a year: its working days, those of them that are shortened, and days off from Monday to Friday, as (month, day).
type Year = (usize, Vec<(i8, i8)>, Vec<(i8, i8)>);

fn year(calendar: &Calendar, year: i16) -> Year {
    let (mut working, mut shortened, mut off) = (0, Vec::new(), Vec::new());
    for day in date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() == year) {
        let kind = calendar.day(day);
        working += usize::from(kind != DayKind::Off);
        if kind == DayKind::Shortened {
            shortened.push((day.month(), day.day()));
        }
        if kind == DayKind::Off && day.weekday().to_monday_zero_offset() < 5 && !(day.month() == 1 && day.day() <= 8) {
            off.push((day.month(), day.day()));
        }
    }
    (working, shortened, off)
}

#[test]
fn the_shipped_years_are_the_production_calendar() {
    let calendar = shipped();
    assert_eq!(
        year(&calendar, 2026),
        (
            247,
            vec![(4, 30), (5, 8), (6, 11), (11, 3)],
            vec![(1, 9), (2, 23), (3, 9), (5, 1), (5, 11), (6, 12), (11, 4), (12, 31)]
        )
    );
    assert_eq!(
        year(&calendar, 2027),
        (
            247,
            vec![(2, 20), (4, 30), (6, 11), (11, 3)],
            vec![(2, 22), (2, 23), (3, 8), (5, 3), (5, 10), (6, 14), (11, 4), (11, 5), (12, 31)]
        )
    );
    assert_eq!(calendar.day(date(2027, 2, 20)), DayKind::Shortened);
}

/// Two earlier years, in which decrees moved holidays of their own and made Saturdays working days.
#[test]
fn decrees_of_other_years_give_their_known_calendars() {
    let moved = |year: i16, days: &[(Day, Day)]| CalendarYear {
        year,
        moved: days
            .iter()
            .map(|((month, day), to)| Moved { from: date(year, *month, *day), to: date(year, to.0, to.1) })
            .collect(),
        ..CalendarYear::default()
    };
    let years = vec![
        moved(
            2024,
            &[((4, 27), (4, 29)), ((11, 2), (4, 30)), ((1, 6), (5, 10)), ((12, 28), (12, 30)), ((1, 7), (12, 31))],
        ),
        moved(2025, &[((1, 4), (5, 2)), ((2, 23), (5, 8)), ((3, 8), (6, 13)), ((11, 1), (11, 3)), ((1, 5), (12, 31))]),
    ];
    let calendar = Calendar { years, ..shipped() };
    assert_eq!(
        year(&calendar, 2024),
        (
            248,
            vec![(2, 22), (3, 7), (5, 8), (6, 11), (11, 2)],
            vec![(2, 23), (3, 8), (4, 29), (4, 30), (5, 1), (5, 9), (5, 10), (6, 12), (11, 4), (12, 30), (12, 31)]
        )
    );
    assert_eq!(
        year(&calendar, 2025),
        (
            247,
            vec![(3, 7), (4, 30), (6, 11), (11, 1)],
            vec![(5, 1), (5, 2), (5, 8), (5, 9), (6, 12), (6, 13), (11, 3), (11, 4), (12, 31)]
        )
    );
}

#[test]
fn a_year_that_the_file_lacks_has_the_holidays_of_the_code() {
    let calendar = Calendar { years: Vec::new(), ..shipped() };
    for (day, kind) in [
        (date(2028, 1, 8), DayKind::Off),
        (date(2028, 1, 10), DayKind::Full),
        (date(2028, 2, 22), DayKind::Shortened),
        (date(2028, 2, 23), DayKind::Off),
        // The twelfth of June 2027 is a Saturday.
        (date(2027, 6, 14), DayKind::Off),
        (date(2027, 12, 31), DayKind::Shortened),
    ] {
        assert_eq!(calendar.day(day), kind, "{day}");
    }
}

#[test]
fn a_missing_year_is_told_two_months_ahead() {
    let calendar = shipped();
    assert_eq!(calendar.lacks(date(2026, 6, 1)), None);
    assert_eq!(calendar.lacks(date(2027, 10, 1)), None);
    assert_eq!(calendar.lacks(date(2027, 11, 10)), Some(2028));
    assert_eq!(calendar.lacks(date(2025, 12, 1)), Some(2025));
}

#[test]
fn a_region_has_days_of_its_own() {
    let mut calendar = shipped();
    calendar.years[0].days_off.push(date(2026, 4, 21));
    calendar.years[0].shortened.push(date(2026, 4, 20));
    assert_eq!(calendar.day(date(2026, 4, 20)), DayKind::Shortened);
    assert_eq!(calendar.day(date(2026, 4, 21)), DayKind::Off);
    assert_eq!(calendar.day(date(2026, 4, 22)), DayKind::Full);
}
