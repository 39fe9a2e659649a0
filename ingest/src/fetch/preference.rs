//! Of several ways to the same thing, which is tried first: the one that got through last, and from time to time the first of the list.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Time;

use crate::time::later;

/// How long another than the first is preferred before the first is tried again: often enough that what the operator put first is used
/// again soon, and rarely enough that its timeouts delay nobody.
const FIRST_AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);

/// Which of several got through last.
#[derive(Debug)]
pub(crate) struct Preference(Mutex<Preferred>);

#[derive(Debug)]
struct Preferred {
    at: usize,
    first_again_at: Time,
}

impl Default for Preference {
    fn default() -> Preference {
        Preference(Mutex::new(Preferred { at: 0, first_again_at: Time::MIN }))
    }
}

impl Preference {
    /// The order in which so many are tried now. Of those that ask when the first is due again, one gets the order of the list.
    pub(crate) fn order(&self, of: usize, now: Time) -> Vec<usize> {
        let mut preferred = self.lock();
        let first = preferred.at;
        if first == 0 || first >= of {
            return (0..of).collect();
        }
        if preferred.first_again_at <= now {
            preferred.first_again_at = later(now, FIRST_AGAIN_AFTER);
            return (0..of).collect();
        }
        std::iter::once(first).chain((0..of).filter(|other| *other != first)).collect()
    }

    /// Notes which one got through after these had failed; tells whether another is preferred from now on. One that was asked meanwhile
    /// and answers late takes nothing back.
    pub(crate) fn got_through(&self, which: usize, failed: &[usize], now: Time) -> bool {
        let mut preferred = self.lock();
        if which == preferred.at || (which > preferred.at && !failed.contains(&preferred.at)) {
            return false;
        }
        *preferred = Preferred { at: which, first_again_at: later(now, FIRST_AGAIN_AFTER) };
        true
    }

    /// The one that is tried first.
    pub(crate) fn at(&self) -> usize {
        self.lock().at
    }

    fn lock(&self) -> MutexGuard<'_, Preferred> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_got_through_last_is_tried_first_and_the_first_again_after_a_while() {
        let now: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let preference = Preference::default();
        assert_eq!(preference.order(3, now), [0, 1, 2]);
        assert!(preference.got_through(1, &[0], now));
        assert_eq!(preference.order(3, now), [1, 0, 2]);
        assert!(!preference.got_through(1, &[], now), "it is preferred already");
        assert!(!preference.got_through(2, &[0], now), "nothing was wrong with the second");
        let due = later(now, FIRST_AGAIN_AFTER);
        assert_eq!(preference.order(3, due), [0, 1, 2]);
        assert_eq!(preference.order(3, due), [1, 0, 2], "one request tries it, not all at a time");
        assert!(preference.got_through(0, &[], due));
        assert!(!preference.got_through(1, &[], due), "an answer that was on its way");
        assert_eq!((preference.at(), preference.order(3, due)), (0, vec![0, 1, 2]));
    }
}
