//! Moments of the sample, and how they read in the district.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use model::Time;

/// The world is made from minutes, so that what is written in texts and what the clock says agree.
pub(crate) fn floor_to_minute(time: Time) -> Time {
    Time::from_second(time.as_second().div_euclid(60) * 60).unwrap_or(time)
}

/// A later moment; the last representable one beyond it.
pub(crate) fn after(time: Time, by: SignedDuration) -> Time {
    time.saturating_add(by).unwrap_or(Time::MAX)
}

/// An earlier moment; the first representable one beyond it.
pub(crate) fn before(time: Time, by: SignedDuration) -> Time {
    time.saturating_sub(by).unwrap_or(Time::MIN)
}

/// So many hours.
pub(crate) fn hours(hours: f64) -> SignedDuration {
    SignedDuration::from_secs((hours * 3600.0) as i64)
}

/// The zone the district lives in; Moscow has had no summer time since 2014.
pub(crate) fn local(time: Time) -> DateTime {
    jiff::tz::offset(3).to_datetime(time)
}

const MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

/// «24 ноября».
pub(crate) fn date(time: Time) -> String {
    let day = local(time);
    let month = MONTHS[usize::from(day.month().unsigned_abs() - 1)];
    format!("{} {month}", day.day())
}
