//! When a recent post is read again for edits, counters and a deletion: the older it is, the rarer.

use std::time::Duration;

use config::Reread;
use model::Time;

use crate::time::{earlier, later};

/// A post rests for this part of its age between two readings. Most edits and deletions come soon after publication; at a
/// quarter a post of three days has been read some twenty times.
const PART_OF_AGE: u32 = 4;

/// How long a post that was published then rests from now on.
pub(crate) fn pause(published_at: Time, now: Time, settings: &Reread) -> Duration {
    let age = Duration::try_from(now.duration_since(published_at)).unwrap_or_default();
    settings.first.max(age / PART_OF_AGE)
}

/// Whether a post that was last read at a time is to be read again.
pub(crate) fn is_due(published_at: Time, read_at: Time, now: Time, settings: &Reread) -> bool {
    published_at > since(now, settings) && later(read_at, pause(published_at, now, settings)) <= now
}

/// Posts older than this are left alone.
pub(crate) fn since(now: Time, settings: &Reread) -> Time {
    earlier(now, Duration::from_secs(u64::from(settings.days) * 24 * 3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Reread = Reread { days: 3, first: Duration::from_secs(1800) };

    #[track_caller]
    fn check(published: &str, read: &str, expect: bool) {
        let now = "2026-11-04T10:00:00Z".parse().unwrap();
        assert_eq!(
            is_due(published.parse().unwrap(), read.parse().unwrap(), now, &SETTINGS),
            expect,
            "{published} {read}"
        );
    }

    #[test]
    fn the_older_a_post_the_longer_it_rests() {
        check("2026-11-04T09:50:00Z", "2026-11-04T09:50:00Z", false);
        check("2026-11-04T09:30:00Z", "2026-11-04T09:30:00Z", true);
        check("2026-11-04T02:00:00Z", "2026-11-04T08:30:00Z", false);
        check("2026-11-04T02:00:00Z", "2026-11-04T08:00:00Z", true);
        check("2026-11-02T10:00:00Z", "2026-11-03T23:00:00Z", false);
        check("2026-11-02T10:00:00Z", "2026-11-03T22:00:00Z", true);
        check("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z", false);
        check("2026-11-05T10:00:00Z", "2026-11-04T09:00:00Z", true);
    }

    #[test]
    fn a_post_is_read_some_twenty_times_in_three_days() {
        let published: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let (mut now, mut readings) = (published, 0);
        while now < later(published, Duration::from_secs(3 * 24 * 3600)) {
            now = later(now, pause(published, now, &SETTINGS));
            readings += 1;
        }
        assert!((15..=30).contains(&readings), "{readings}");
    }
}
