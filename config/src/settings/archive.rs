//! `[archive]`: how long posts are kept.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use model::Time;

/// `[archive]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    /// `keep_months`: what was published before the beginning of the month that lies so many months back is removed; absent: nothing is.
    pub keep_months: Option<u32>,
}

impl Archive {
    /// The first moment of the oldest month that is kept, by the months of a time zone; `None`: everything is kept.
    pub fn oldest_kept(&self, now: Time, zone: &TimeZone) -> Option<Time> {
        let months = i64::from(self.keep_months?);
        let month = now.to_zoned_datetime(zone.clone()).date().first_of_month();
        let oldest = month.checked_sub(months.months()).ok()?;
        Some(oldest.to_zoned_datetime(zone.clone()).ok()?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(now: &str, months: u32, expect: &str) {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let oldest = Archive { keep_months: Some(months) }.oldest_kept(now.parse().unwrap(), &zone).unwrap();
        assert_eq!(oldest.to_zoned_datetime(zone).datetime().to_string(), expect, "{now}");
    }

    #[test]
    fn whole_months_of_the_zone_are_kept_beside_the_one_that_runs() {
        check("2026-11-25T12:00:00Z", 12, "2025-11-01T00:00:00");
        check("2026-11-30T20:59:59Z", 1, "2026-10-01T00:00:00");
        check("2026-11-30T21:00:00Z", 1, "2026-11-01T00:00:00");
        check("2026-01-31T12:00:00Z", 11, "2025-02-01T00:00:00");
        assert_eq!(Archive::default().oldest_kept(Time::UNIX_EPOCH, &TimeZone::UTC), None);
    }
}
