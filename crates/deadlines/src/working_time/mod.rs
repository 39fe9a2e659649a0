//! Working time by the production calendar: pure, with calendar and time zone as arguments.
//!
//! Hours are counted as they pass, so that a zone with summer time needs no rule of its own.

use std::time::Duration;

use jiff::civil::{Date, Time as ClockTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use model::Time;

use crate::{Calendar, DayKind, DayPart};

/// On the eve of a holiday work is over so much earlier (Labour Code, article 95).
const EVE: SignedDuration = SignedDuration::from_hours(1);

/// A calendar without a working day for so long is a mistake in it; looking further would never end.
const HORIZON_DAYS: usize = 3660;

/// What is working time, by a calendar in a zone.
#[derive(Debug, Clone, Copy)]
pub struct WorkingTime<'a> {
    calendar: &'a Calendar,
    zone: &'a TimeZone,
}

/// A stretch of work without a break, its end not included.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: Time,
    to: Time,
}

impl<'a> WorkingTime<'a> {
    /// Working time by a calendar in a zone.
    pub fn new(calendar: &'a Calendar, zone: &'a TimeZone) -> WorkingTime<'a> {
        WorkingTime { calendar, zone }
    }

    /// Whether people are at work.
    pub fn is_working(&self, at: Time) -> bool {
        self.stretches(self.date(at)).any(|stretch| stretch.from <= at && at < stretch.to)
    }

    /// The moment itself where people are at work, else when they next begin, after lunch too.
    pub fn next_start(&self, at: Time) -> Time {
        self.stretches_from(at).next().map_or(at, |stretch| stretch.from)
    }

    /// The moment when so much working time has passed.
    ///
    /// It ends where the last of it is worked, not where the next begins: nine hours from the morning end that evening.
    pub fn add_working_hours(&self, at: Time, hours: u32) -> Time {
        let mut rest = Duration::from_secs(u64::from(hours) * 3600);
        let mut end = at;
        for stretch in self.stretches_from(at) {
            if rest.is_zero() {
                break;
            }
            let worked = length(stretch).min(rest);
            rest -= worked;
            end = stretch.from.saturating_add(seconds(worked)).unwrap_or(stretch.to);
        }
        end
    }

    /// The end of work on the last of so many working days. The day itself is not counted, as terms are not
    /// (Civil Code, article 191).
    pub fn add_working_days(&self, at: Time, days: u32) -> Time {
        let mut end = at;
        let later = self.days_from(self.date(at)).skip(1).filter_map(|date| self.stretches(date).last());
        for stretch in later.take(days as usize) {
            end = stretch.to;
        }
        end
    }

    fn date(&self, at: Time) -> Date {
        at.to_zoned_datetime(self.zone.clone()).date()
    }

    fn days_from(&self, first: Date) -> impl Iterator<Item = Date> + use<> {
        first.series(1.day()).take(HORIZON_DAYS)
    }

    /// What is left to work from a moment on.
    fn stretches_from(&self, at: Time) -> impl Iterator<Item = Stretch> {
        let all = self.days_from(self.date(at)).flat_map(move |date| self.stretches(date));
        all.filter(move |stretch| at < stretch.to).map(move |stretch| Stretch { from: stretch.from.max(at), ..stretch })
    }

    /// Before and after lunch, or the whole day; nothing on a day off.
    fn stretches(&self, date: Date) -> impl Iterator<Item = Stretch> + use<> {
        let DayPart { from, to } = self.calendar.hours;
        let to = match self.calendar.day(date) {
            DayKind::Off => from,
            DayKind::Shortened => to.saturating_sub(EVE),
            DayKind::Full => to,
        };
        let parts = match self.calendar.lunch {
            Some(lunch) => [(from, lunch.from.min(to)), (lunch.to, to)],
            None => [(from, to), (to, to)],
        };
        let zone = self.zone.clone();
        let moment = move |time: ClockTime| {
            date.to_datetime(time).to_zoned_datetime(zone.clone()).map(|zoned| zoned.timestamp())
        };
        parts
            .into_iter()
            .filter(|(from, to)| from < to)
            .filter_map(move |(from, to)| Some(Stretch { from: moment(from).ok()?, to: moment(to).ok()? }))
    }
}

fn length(stretch: Stretch) -> Duration {
    stretch.to.duration_since(stretch.from).try_into().unwrap_or_default()
}

fn seconds(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests;
