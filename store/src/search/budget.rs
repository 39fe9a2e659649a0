//! How long a search may take, and whether anybody still waits for it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::index::SearchError;

/// A clock that never goes back.
pub type Ticks = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Posts, places and lists of posts that are read between two looks at a budget. A look takes as long as reading a few of
/// them; a search goes on for that many after its end.
const STEPS: u32 = 128;

/// Nothing has ended it.
const RUNNING: u8 = 0;
/// Nobody waits for the answer.
const CANCELLED: u8 = 1;
/// Its time is over.
const EXPIRED: u8 = 2;

/// What a search may use. All clones are one budget.
#[derive(Clone)]
pub struct Budget(Arc<Shared>);

struct Shared {
    /// How long it may take, until when, and by which clock; none: as long as it takes.
    time: Option<(Duration, Instant, Ticks)>,
    /// Why it ended. Once it has, it has for all who share it.
    state: AtomicU8,
}

impl Budget {
    /// From now on so long, by a clock.
    pub fn new(limit: Duration, clock: Ticks) -> Budget {
        let time = clock().checked_add(limit).map(|until| (limit, until, clock));
        Budget(Arc::new(Shared { time, state: AtomicU8::new(RUNNING) }))
    }

    /// As long as it takes, unless it is cancelled.
    pub fn unlimited() -> Budget {
        Budget(Arc::new(Shared { time: None, state: AtomicU8::new(RUNNING) }))
    }

    /// Nobody waits for the answer any more: whoever works on it stops soon.
    pub fn cancel(&self) {
        self.0.state.store(CANCELLED, Ordering::Relaxed);
    }

    /// Whether it was [cancelled](Budget::cancel).
    pub fn is_cancelled(&self) -> bool {
        self.0.state.load(Ordering::Relaxed) == CANCELLED
    }

    /// Cancels when it is dropped: to be kept where the answer is waited for.
    pub fn guard(&self) -> CancelOnDrop {
        CancelOnDrop(self.clone())
    }

    /// Whether the work is to stop. What is found by then is not the answer, see [`Budget::ensure`].
    pub(in crate::search) fn is_spent(&self) -> bool {
        if self.0.state.load(Ordering::Relaxed) != RUNNING {
            return true;
        }
        let late = self.0.time.as_ref().is_some_and(|(_, until, clock)| clock() >= *until);
        if late {
            // Only from running: whoever cancelled meanwhile stays heard.
            let _ = self.0.state.compare_exchange(RUNNING, EXPIRED, Ordering::Relaxed, Ordering::Relaxed);
        }
        late
    }

    /// Fails where the work was stopped: to be asked once it is done, since it then just ends.
    pub(in crate::search) fn ensure(&self) -> Result<(), SearchError> {
        match self.0.state.load(Ordering::Relaxed) {
            RUNNING => Ok(()),
            EXPIRED => {
                Err(SearchError::TimedOut { seconds: self.0.time.as_ref().map_or(0, |(limit, ..)| limit.as_secs()) })
            }
            _ => Err(SearchError::Cancelled),
        }
    }

    /// Looks at it once in a while.
    pub(in crate::search) fn watch(&self) -> Watch {
        Watch { budget: self.clone(), steps: 0 }
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a budget of {:?}", self.0.time.as_ref().map(|(limit, ..)| limit))
    }
}

/// Cancels a search when it is dropped, which does nothing to one that is done.
#[must_use = "dropped at once, it cancels at once"]
pub struct CancelOnDrop(Budget);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// Counts what is done and looks at the budget after every [`STEPS`].
pub(in crate::search) struct Watch {
    budget: Budget,
    steps: u32,
}

impl Watch {
    /// Counts so much work, and says whether to stop.
    pub fn is_over_after(&mut self, steps: u32) -> bool {
        self.steps = self.steps.saturating_add(steps);
        if self.steps < STEPS {
            return false;
        }
        self.steps = 0;
        self.budget.is_spent()
    }
}
