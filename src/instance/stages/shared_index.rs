//! The one writer of the index, shared by the stages that feed it and the daily removal of deleted texts.

use std::sync::Arc;

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use model::Time;
use parking_lot::{Mutex, MutexGuard};
use store::search::SearchSink;

/// Segments rewritten before the stage has its turn: each takes a second or a few, and each turn costs a look at all ids.
const FEW: usize = 4;

/// The writer behind a lock. After a panic it resumes from what is committed. Cheap to clone.
#[derive(Clone)]
pub struct SharedIndexWriter(Arc<Mutex<SearchSink>>);

impl SharedIndexWriter {
    /// Shares a writer.
    pub fn new(sink: SearchSink) -> SharedIndexWriter {
        SharedIndexWriter(Arc::new(Mutex::new(sink)))
    }

    /// Rewrites the segments that hold deleted texts, a few at a time: between two steps the stage goes on.
    pub fn purge(&self) -> Result<(), SinkError> {
        let stale = self.0.lock().stale()?;
        let mut rewritten = 0;
        for few in stale.few_at_a_time(FEW) {
            let mut sink = self.0.lock();
            rewritten += sink.rewrite(&few)?;
            tracing::debug!(rewritten, "search index is being purged");
            // Whoever waits has the next turn.
            MutexGuard::unlock_fair(sink);
        }
        tracing::info!(rewritten, "search index purged");
        Ok(())
    }

    /// Removes posts that were published before a time. Returns how many.
    pub fn let_go(&self, before: Time) -> Result<usize, SinkError> {
        self.0.lock().let_go(before)
    }
}

/// The sink of the corrections of the index.
pub struct IndexCorrections(pub SharedIndexWriter);

impl Sink for IndexCorrections {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.0.0.lock().corrections_position().map(Some)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.0.0.lock().correct(entries)
    }
}

impl Sink for SharedIndexWriter {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.0.lock().position()
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.0.lock().apply(entries)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.0.lock().flush()
    }
}
