//! How many queries run at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::facts::embedded::exception::{Code, Exception};
use crate::facts::embedded::request::User;

/// How long a request waits for a slot before it is told to try again.
const SLOT_TIMEOUT: Duration = Duration::from_secs(30);

/// Otklik's own queries at a time: each takes threads and memory of the single engine.
const MAX_QUERIES: usize = 16;

/// Guests' queries at a time, counted apart so that guests cannot keep Otklik from its figures. Each may take a guest's whole memory.
const MAX_GUEST_QUERIES: usize = 2;

/// Places for running queries, of Otklik and of guests.
pub(in crate::facts::embedded) struct Slots {
    writer: Arc<Semaphore>,
    guest: Arc<Semaphore>,
}

impl Slots {
    /// All free.
    pub(in crate::facts::embedded) fn new() -> Slots {
        Slots { writer: Arc::new(Semaphore::new(MAX_QUERIES)), guest: Arc::new(Semaphore::new(MAX_GUEST_QUERIES)) }
    }

    /// Waits for a place.
    pub(super) async fn take(&self, user: User) -> Result<OwnedSemaphorePermit, Exception> {
        let slots = if user == User::Writer { &self.writer } else { &self.guest };
        match tokio::time::timeout(SLOT_TIMEOUT, Arc::clone(slots).acquire_owned()).await {
            Ok(Ok(slot)) => Ok(slot),
            _ => Err(Exception::new(Code::TooManyQueries, "too many queries at once; try again later")),
        }
    }
}
