//! Adding to a time and subtracting from it without leaving the calendar.

use std::time::Duration;

use model::Time;

/// `time + by`; at the end of the calendar it stays there.
pub(crate) fn later(time: Time, by: Duration) -> Time {
    time.checked_add(by).unwrap_or(Time::MAX)
}

/// `time - by`; at the beginning of the calendar it stays there.
pub(crate) fn earlier(time: Time, by: Duration) -> Time {
    time.checked_sub(by).unwrap_or(Time::MIN)
}
