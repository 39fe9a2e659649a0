//! When a source is polled next.

use std::time::Duration;

use model::Time;

use crate::outcome::Consequence;
use crate::time::later;

/// How rarely a source that waits for a person is tried.
const HUMAN_PAUSE: Duration = Duration::from_secs(3600);

/// No consequence brings a source back sooner: a poll that fails at once must not become a busy loop.
const SHORTEST: Duration = Duration::from_secs(1);

/// After so many polls in a row without news a feed is asked more rarely by one more of its pauses …
const QUIET_STEP: u32 = 6;

/// … up to so many pauses …
const MOST_PAUSES: u32 = 4;

/// … and to this, so that news after a long silence is not late for an alert. A longer pause of the source's own stays.
const LONGEST_QUIET: Duration = Duration::from_secs(1800);

/// The pause of a feed that brought nothing new for so many polls in a row.
pub(crate) fn slowed(every: Duration, quiet: u32) -> Duration {
    let pauses = (1 + quiet / QUIET_STEP).min(MOST_PAUSES);
    (every * pauses).min(LONGEST_QUIET.max(every))
}

/// When to poll next, after `failures` in a row including this one.
pub(crate) fn next_poll_at(now: Time, every: Duration, failures: u32, consequence: Consequence) -> Time {
    let soonest = later(now, SHORTEST);
    match consequence {
        Consequence::Usual => later(now, every.max(SHORTEST)),
        Consequence::Backoff { first, longest } => {
            let doubled = first.saturating_mul(1 << failures.saturating_sub(1).min(20));
            later(now, doubled.min(longest)).max(soonest)
        }
        Consequence::Until(time) => time.max(soonest),
        Consequence::HumanNeeded => later(now, every.max(HUMAN_PAUSE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE_MINUTES: Duration = Duration::from_secs(300);

    #[track_caller]
    fn check(failures: u32, consequence: Consequence, expect: &str) {
        let now: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        assert_eq!(next_poll_at(now, FIVE_MINUTES, failures, consequence), expect.parse().unwrap());
    }

    #[test]
    fn a_quiet_feed_is_asked_more_rarely_within_bounds() {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        for (every, quiet, pause) in
            [(5, 0, 5), (5, 5, 5), (5, 6, 10), (5, 17, 15), (5, 900, 20), (10, 900, 30), (60, 900, 60)]
        {
            assert_eq!(slowed(minutes(every), quiet), minutes(pause), "{every} {quiet}");
        }
    }

    #[test]
    fn each_consequence_has_its_next_time() {
        let backoff = Consequence::Backoff { first: Duration::from_secs(60), longest: Duration::from_secs(3600) };
        check(0, Consequence::Usual, "2026-11-01T10:05:00Z");
        check(1, backoff, "2026-11-01T10:01:00Z");
        check(2, backoff, "2026-11-01T10:02:00Z");
        check(4, backoff, "2026-11-01T10:08:00Z");
        check(400, backoff, "2026-11-01T11:00:00Z");
        check(9, Consequence::Until("2026-11-01T12:00:00Z".parse().unwrap()), "2026-11-01T12:00:00Z");
        check(9, Consequence::Until("2026-11-01T09:00:00Z".parse().unwrap()), "2026-11-01T10:00:01Z");
        check(1, Consequence::HumanNeeded, "2026-11-01T11:00:00Z");
    }
}
