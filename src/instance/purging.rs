//! The index's one writer, shared by the stage that feeds it and the daily removal of deleted texts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use store::search::SearchSink;

/// The writer behind a lock. Cheap to clone.
#[derive(Clone)]
pub struct Purged(Arc<Mutex<SearchSink>>);

impl Purged {
    /// Shares a writer.
    pub fn new(sink: SearchSink) -> Purged {
        Purged(Arc::new(Mutex::new(sink)))
    }

    /// Rewrites the segments that hold deleted texts; the stage waits meanwhile.
    pub fn purge(&self) -> Result<(), SinkError> {
        let rewritten = self.lock().purge()?;
        tracing::info!(rewritten, "search index purged");
        Ok(())
    }

    /// After a panic the sink places itself anew from what is committed.
    fn lock(&self) -> MutexGuard<'_, SearchSink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Purged {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.lock().position()
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.lock().apply(entries)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.lock().flush()
    }
}
