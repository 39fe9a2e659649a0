//! A source as it is polled.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::Source;
use model::{NETWORK_DOWN, Time};

use super::status::SourceStatus;
use crate::outcome::Consequence;
use crate::poll::Failure;
use crate::state::Cursor;
use crate::time::later;

/// A source, where it was read to, and who may poll it.
pub(super) struct Polled {
    pub(super) source: Source,
    cursor: Mutex<Cursor>,
    /// Held while the source is polled: of two polls at a time both would call a post new.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// How long a request waits for its turn and its answer at most.
    pub(super) wait: Duration,
}

impl Polled {
    pub(super) fn new(source: Source, cursor: Cursor, wait: Duration) -> Polled {
        Polled { source, cursor: Mutex::new(cursor), turn: tokio::sync::Mutex::default(), wait }
    }

    pub(super) fn cursor(&self) -> MutexGuard<'_, Cursor> {
        self.cursor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_due(&self, now: Time) -> bool {
        self.source.enabled && self.cursor().next_at.is_none_or(|at| at <= now)
    }

    pub(super) fn status(&self, latency: Option<Duration>) -> SourceStatus {
        let (source, cursor) = (&self.source, self.cursor());
        SourceStatus {
            id: source.id.clone(),
            name: source.name.clone(),
            platform: source.platform(),
            enabled: source.enabled,
            last_at: cursor.last_at,
            last_ok_at: cursor.last_ok_at,
            outcome: cursor.outcome.clone(),
            detail: cursor.detail.clone(),
            failures: cursor.failures,
            next_at: if source.enabled { cursor.next_at } else { None },
            failing_since: cursor.failing_since,
            latency_s: latency.map(|latency| latency.as_secs()),
            posts: cursor.posts,
            blocks: cursor.blocks.0,
            blocks_unread: cursor.blocks.1,
        }
    }

    /// Takes back what was counted against the source since a time, where it turns out to be the network's doing.
    pub(super) fn acquit(&self, since: Time, failure: &Failure) {
        let mut cursor = self.cursor();
        if cursor.failing_since.is_some_and(|failing| failing >= since) {
            (cursor.failures, cursor.failing_since) = (0, None);
            (cursor.outcome, cursor.detail) = (Some(failure.outcome.name().to_owned()), failure.detail.clone());
            if let Consequence::Until(next_at) = failure.outcome.consequence() {
                cursor.next_at = Some(next_at);
            }
        }
    }

    /// A shorter planned pause holds from now on, so that what is guaranteed is true of the poll that is due next.
    pub(super) fn keep_planned_pause(&self, pause: Duration) {
        let mut cursor = self.cursor();
        // While the network is down all wait for the one that tries for them.
        if cursor.outcome.as_deref() == Some(NETWORK_DOWN) {
            return;
        }
        if let (0, Some(last), Some(next)) = (cursor.failures, cursor.last_at, cursor.next_at) {
            cursor.next_at = Some(next.min(later(last, pause)));
        }
    }
}
