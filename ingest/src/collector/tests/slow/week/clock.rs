//! A clock that moves only when everybody waits for it, so that nobody's wait passes while another's request is on its way.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, oneshot};

use crate::platforms::vk::Sleep;

pub(super) struct SimulatedClock {
    /// Milliseconds since 1970.
    pub now: Arc<AtomicI64>,
    sleepers: Mutex<Vec<(i64, oneshot::Sender<()>)>>,
    /// Somebody began to wait.
    pub changed: Notify,
}

impl SimulatedClock {
    pub(super) fn new(now: i64) -> Arc<SimulatedClock> {
        let (sleepers, changed) = Default::default();
        Arc::new(SimulatedClock { now: Arc::new(AtomicI64::new(now)), sleepers, changed })
    }

    pub(super) fn millis(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    pub(super) fn sleep(self: &Arc<Self>) -> Sleep {
        let clock = self.clone();
        Arc::new(move |until| {
            let (wake, woken) = oneshot::channel();
            clock.sleepers.lock().unwrap().push((until.as_millisecond(), wake));
            clock.changed.notify_one();
            Box::pin(async move { drop(woken.await) })
        })
    }

    /// How many wait, and when the first of them wants to go on.
    pub(super) fn asleep(&self) -> (usize, Option<i64>) {
        let sleepers = self.sleepers.lock().unwrap();
        (sleepers.len(), sleepers.iter().map(|(until, _)| *until).min())
    }

    /// Moves the clock on and wakes whose time has come.
    pub(super) fn advance(&self, to: i64) {
        let now = self.now.fetch_max(to, Ordering::Relaxed).max(to);
        let mut sleepers = self.sleepers.lock().unwrap();
        let (due, waiting) = std::mem::take(&mut *sleepers).into_iter().partition(|(until, _)| *until <= now);
        *sleepers = waiting;
        let due: Vec<(i64, oneshot::Sender<()>)> = due;
        for (_, wake) in due {
            // Who no longer waits needs no waking.
            let _ = wake.send(());
        }
    }
}
