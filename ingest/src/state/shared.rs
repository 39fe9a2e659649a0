//! One state for all that use it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::file::State;

/// The state, for one thread at a time.
#[derive(Clone)]
pub(crate) struct SharedState(Arc<Mutex<State>>);

impl SharedState {
    pub(crate) fn new(state: State) -> SharedState {
        SharedState(Arc::new(Mutex::new(state)))
    }

    /// Waits until nobody else uses it. What a thread that panicked left uncommitted was rolled back.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
