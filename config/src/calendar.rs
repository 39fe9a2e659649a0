//! `calendar.toml`: working days and hours by the Russian production calendar.
//!
//! What the Labour Code fixes is code here: the holidays of article 112, a day off that falls on a holiday (its second part),
//! the hour less before a holiday (article 95). What the government moves each year is in the file.

use jiff::civil::{Date, Time as ClockTime, Weekday};

/// `calendar.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// `hours`: the working day (default 09:00-18:00).
    pub hours: DayPart,
    /// `lunch`: a part of it that does not count (default none).
    pub lunch: Option<DayPart>,
    /// `days`: the days of the week that are worked (default Monday to Friday).
    pub days: Vec<Weekday>,
    /// `[[year]]`: what is different in one year. In a year without it days off are as the Labour Code fixes them.
    pub years: Vec<CalendarYear>,
}

/// A part of a day, on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayPart {
    /// When it begins.
    pub from: ClockTime,
    /// When it is over; later than `from`.
    pub to: ClockTime,
}

/// A `[[year]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarYear {
    /// `year`.
    pub year: i16,
    /// `moved`: days off that the government's decree moves.
    pub moved: Vec<Moved>,
    /// `days_off`: further days off, such as a region's own holidays.
    pub days_off: Vec<Date>,
    /// `shortened`: further working days that end an hour early.
    pub shortened: Vec<Date>,
}

/// A day off that is taken on another day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// `from`: the day off or holiday; a day off that is no holiday is worked instead.
    pub from: Date,
    /// `to`: the working day that becomes a day off.
    pub to: Date,
}

/// What a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// Nobody works.
    Off,
    /// Worked, and over an hour early.
    Shortened,
    /// Worked.
    Full,
}

impl Calendar {
    /// How far ahead [`Calendar::lacks`] looks: a deadline of some working days counts across the end of the year.
    const AHEAD_DAYS: i32 = 60;

    /// What a date is.
    pub fn day(&self, date: Date) -> DayKind {
        let year = self.year(date);
        let listed = |days: fn(&CalendarYear) -> &[Date]| year.is_some_and(|year| days(year).contains(&date));
        if self.is_off(date) || listed(|year| &year.days_off) {
            return DayKind::Off;
        }
        // A day off that is worked is as long as the day it was moved to.
        let as_long_as = self.moved(date).iter().find(|moved| moved.from == date).map(|moved| moved.to);
        let eve = [Some(date), as_long_as].into_iter().flatten().any(is_eve);
        if eve || listed(|year| &year.shortened) { DayKind::Shortened } else { DayKind::Full }
    }

    /// The first year, of this day's and that of two months later, for which the file lacks what the government moved.
    pub fn lacks(&self, today: Date) -> Option<i16> {
        let soon = today.saturating_add(jiff::Span::new().days(Self::AHEAD_DAYS));
        [today, soon].into_iter().find(|date| self.year(*date).is_none()).map(Date::year)
    }

    fn year(&self, date: Date) -> Option<&CalendarYear> {
        self.years.iter().find(|year| year.year == date.year())
    }

    fn moved(&self, date: Date) -> &[Moved] {
        self.year(date).map_or(&[], |year| &year.moved)
    }

    fn is_off(&self, date: Date) -> bool {
        let moved = self.moved(date);
        if is_holiday(date) || moved.iter().any(|moved| moved.to == date) {
            true
        } else if self.is_weekend(date) {
            !moved.iter().any(|moved| moved.from == date)
        } else {
            self.replaces_a_holiday(date)
        }
    }

    fn is_weekend(&self, date: Date) -> bool {
        !self.days.contains(&date.weekday())
    }

    /// Whether a day off that fell on a holiday is taken on this day, the first one after it that would be worked. Those of the
    /// New Year are moved by decree only, and what a decree moves is not moved again.
    fn replaces_a_holiday(&self, date: Date) -> bool {
        let moved = self.moved(date);
        let mut before = date;
        while let Ok(day) = before.yesterday() {
            before = day;
            let weekend = self.is_weekend(day);
            if weekend && is_holiday(day) && !is_new_year(day) && !moved.iter().any(|moved| moved.from == day) {
                return true;
            }
            if !weekend && !is_holiday(day) && !moved.iter().any(|moved| moved.to == day) {
                return false;
            }
        }
        false
    }
}

/// Non-working holidays: Labour Code, article 112, first part.
fn is_holiday(date: Date) -> bool {
    is_new_year(date) || matches!((date.month(), date.day()), (2, 23) | (3, 8) | (5, 1 | 9) | (6, 12) | (11, 4))
}

/// The New Year holidays and Christmas.
fn is_new_year(date: Date) -> bool {
    date.month() == 1 && date.day() <= 8
}

/// The day before a holiday.
fn is_eve(date: Date) -> bool {
    date.tomorrow().is_ok_and(is_holiday)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{Config, Files};

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
            if kind == DayKind::Off && day.weekday().to_monday_zero_offset() < 5 && !is_new_year(day) {
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
            moved(
                2025,
                &[((1, 4), (5, 2)), ((2, 23), (5, 8)), ((3, 8), (6, 13)), ((11, 1), (11, 3)), ((1, 5), (12, 31))],
            ),
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
}
