//! What reading one document may cost.
//!
//! A page of some megabytes can be written so that a tree of it fills the memory, or so that each of its tags walks over all
//! the others. The size of the bytes says nothing of that, so that nodes, steps and time are counted while it is read.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use super::page_error::PageError;

/// Elements, attributes and texts that are in memory at a time. Pages and feeds that people read have some thousand; so many
/// take some 50 MB.
pub(crate) const MAX_NODES: usize = 200_000;

/// Looks at an open element while a tree grows, or events of a document. A page of twenty posts takes a hundred thousand; so
/// many take less than a second.
const MAX_STEPS: u64 = 20_000_000;

/// The time is looked at once in so many steps: looking costs more than a step.
const STEPS_A_LOOK: u64 = 1024;

/// The real time that has passed since some moment. The clock of the instance may run faster than real time and does not serve.
pub type Stopwatch = Arc<dyn Fn() -> Duration + Send + Sync>;

/// What is left for one document. Whoever goes beyond gets [`PageError::Overrun`].
pub struct Budget {
    nodes: Cell<usize>,
    steps: Cell<u64>,
    /// When it is over; none: never.
    end: Option<(Stopwatch, Duration)>,
}

impl Budget {
    /// Bounds memory and steps, not the time: for files that an operator reads.
    pub fn untimed() -> Budget {
        Budget { nodes: Cell::new(0), steps: Cell::new(0), end: None }
    }

    /// Bounds all of them; the time begins now.
    pub(crate) fn timed(stopwatch: Stopwatch, time: Duration) -> Budget {
        let end = stopwatch().saturating_add(time);
        Budget { end: Some((stopwatch, end)), ..Budget::untimed() }
    }

    /// Takes room for so many nodes.
    pub(crate) fn hold(&self, nodes: usize) -> Result<(), PageError> {
        self.nodes.set(self.nodes.get().saturating_add(nodes));
        if self.nodes.get() > MAX_NODES {
            return Err(PageError::Overrun(format!("more than {MAX_NODES} elements, attributes and texts")));
        }
        Ok(())
    }

    /// Nodes in memory.
    pub(crate) fn held(&self) -> usize {
        self.nodes.get()
    }

    /// Gives back what was taken since `held` were in memory.
    pub(crate) fn release_to(&self, held: usize) {
        self.nodes.set(self.nodes.get().min(held));
    }

    /// One step of work.
    pub(crate) fn step(&self) -> Result<(), PageError> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > MAX_STEPS {
            return Err(PageError::Overrun(format!("more than {MAX_STEPS} steps")));
        }
        if steps.is_multiple_of(STEPS_A_LOOK) { self.look() } else { Ok(()) }
    }

    /// Looks at the time, before a larger piece of work.
    pub(crate) fn look(&self) -> Result<(), PageError> {
        match &self.end {
            Some((stopwatch, end)) if stopwatch() > *end => Err(PageError::Overrun("the time is over".into())),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn time_nodes_and_steps_end() {
        let seconds = Arc::new(AtomicU64::new(100));
        let passed = seconds.clone();
        let stopwatch: Stopwatch = Arc::new(move || Duration::from_secs(passed.load(Ordering::Relaxed)));
        let budget = Budget::timed(stopwatch, Duration::from_secs(5));
        seconds.store(105, Ordering::Relaxed);
        assert_eq!(budget.look(), Ok(()));
        seconds.store(106, Ordering::Relaxed);
        assert!(matches!(budget.look(), Err(PageError::Overrun(_))));
        let stopped = (1..=STEPS_A_LOOK).find(|_| budget.step().is_err());
        assert_eq!(stopped, Some(STEPS_A_LOOK), "the time is looked at now and then");

        let budget = Budget::untimed();
        assert_eq!(budget.hold(MAX_NODES), Ok(()));
        budget.release_to(10);
        assert_eq!(budget.held(), 10);
        assert!(matches!(budget.hold(MAX_NODES), Err(PageError::Overrun(_))));
        budget.steps.set(MAX_STEPS);
        assert!(matches!(budget.step(), Err(PageError::Overrun(_))));
    }
}
