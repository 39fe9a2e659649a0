//! The sample's clock: the last day of the district plays in ten minutes, then time runs as everywhere.
//!
//! A pure mapping of real time. The binary keeps [`Saved`] in the data folder every [`SAVE_INTERVAL`], so that a restart goes on
//! where the sample was.

use jiff::SignedDuration;
use model::Time;
use serde::{Deserialize, Serialize};

use crate::time::{after, before, floor_to_minute};

/// How many times faster than real time the last day plays.
pub const SPEED: i32 = 144;

/// What of the sample's time is still to come at the first start.
pub const LIVE: SignedDuration = SignedDuration::from_hours(24);

/// How often the binary saves the clock, in real time. A start after a kill skips this much rather than go back.
pub const SAVE_INTERVAL: SignedDuration = SignedDuration::from_secs(2);

/// What is kept between starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The end of the sample's fifteen days; the world is made from it.
    pub end: Time,
    /// Sample time when this was saved.
    pub at: Time,
}

/// Sample time as a function of real time. Processes that share it share the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleClock {
    end: Time,
    origin: Time,
    real: Time,
}

impl SampleClock {
    /// The clock of a start at `real`: new, or going on from what was saved.
    pub fn start(saved: Option<Saved>, real: Time) -> SampleClock {
        match saved {
            Some(Saved { end, at }) => SampleClock { end, origin: advance(at, end, SAVE_INTERVAL), real },
            None => {
                let end = floor_to_minute(after(real, SignedDuration::from_secs(LIVE.as_secs() / i64::from(SPEED))));
                SampleClock { end, origin: before(end, LIVE), real }
            }
        }
    }

    /// Sample time at a moment of real time. Before the start it stands still.
    pub fn at(&self, real: Time) -> Time {
        let passed = real.duration_since(self.real);
        advance(self.origin, self.end, passed.max(SignedDuration::ZERO))
    }

    /// The end of the sample's fifteen days.
    pub fn end(&self) -> Time {
        self.end
    }

    /// What to keep, at a moment of real time.
    pub fn saved(&self, real: Time) -> Saved {
        Saved { end: self.end, at: self.at(real) }
    }
}

/// Sample time after `passed` of real time: fast up to `end`, then at the common speed.
fn advance(at: Time, end: Time, passed: SignedDuration) -> Time {
    let left = end.duration_since(at).max(SignedDuration::ZERO);
    let fast = passed.saturating_mul(SPEED);
    if fast <= left {
        return after(at, fast);
    }
    after(at.max(end), passed.saturating_sub(left / SPEED))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = "2026-11-24T09:15:42.5Z";

    fn real(plus_s: i64) -> Time {
        after(REAL.parse().unwrap(), SignedDuration::from_secs(plus_s))
    }

    #[track_caller]
    fn check(clock: SampleClock, plus_s: i64, expect: &str) {
        assert_eq!(clock.at(real(plus_s)), expect.parse::<Time>().unwrap(), "after {plus_s} s");
    }

    #[test]
    fn the_last_day_plays_in_ten_minutes_and_then_time_is_common() {
        let clock = SampleClock::start(None, real(0));
        assert_eq!(clock.end(), "2026-11-24T09:25:00Z".parse::<Time>().unwrap());
        check(clock, -100, "2026-11-23T09:25:00Z");
        check(clock, 0, "2026-11-23T09:25:00Z");
        check(clock, 1, "2026-11-23T09:27:24Z");
        check(clock, 300, "2026-11-23T21:25:00Z");
        check(clock, 600, "2026-11-24T09:25:00Z");
        check(clock, 660, "2026-11-24T09:26:00Z");
    }

    #[test]
    fn it_never_goes_back_not_even_over_a_kill() {
        let first = SampleClock::start(None, real(0));
        let mut last = first.at(real(0));
        for s in 0..1500 {
            assert!(first.at(real(s)) >= last);
            last = first.at(real(s));
        }
        for killed_at in [0, 1, 17, 299, 599, 600, 601, 5000] {
            // The last save lies at most one interval before the kill.
            let saved = first.saved(real(killed_at - SAVE_INTERVAL.as_secs()));
            for down in [0, 5, 100_000] {
                let second = SampleClock::start(Some(saved), real(killed_at + down));
                let (before, after) = (first.at(real(killed_at)), second.at(real(killed_at + down)));
                assert!(after >= before, "killed after {killed_at} s: {after} < {before}");
                assert_eq!(second.end(), first.end());
                assert!(second.at(real(killed_at + down + 700)) > second.end(), "it arrives");
            }
        }
    }

    #[test]
    fn what_is_saved_comes_back_from_json() {
        let saved = SampleClock::start(None, real(0)).saved(real(60));
        let json = serde_json::to_string(&saved).unwrap();
        assert_eq!(serde_json::from_str::<Saved>(&json).unwrap(), saved);
    }
}
