//! Working days and hours by the Russian production calendar.
//!
//! What the Labour Code fixes is code here: the holidays of article 112, a day off that falls on a holiday (its second part), the
//! working day an hour shorter before a holiday (article 95). What the government moves each year comes from `calendar.toml`.

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

/// What kind of day a date is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// Nobody works.
    Off,
    /// Worked, and over an hour earlier.
    Shortened,
    /// Worked.
    Full,
}

impl Calendar {
    /// How far ahead [`Calendar::lacks`] looks: a deadline of some working days counts across the end of the year.
    const AHEAD_DAYS: i32 = 60;

    /// What kind of day a date is.
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

    /// A year that the file lacks: today's, or the one that it will be in two months.
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
