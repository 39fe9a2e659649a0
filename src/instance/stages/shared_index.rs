//! The one writer of the index, shared by the stages that feed it and the daily removal of deleted texts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use model::Time;
use store::search::SearchSink;

/// The writer behind a lock. Cheap to clone.
#[derive(Clone)]
pub struct SharedIndexWriter(Arc<Mutex<SearchSink>>);

impl SharedIndexWriter {
    /// Shares a writer.
    pub fn new(sink: SearchSink) -> SharedIndexWriter {
        SharedIndexWriter(Arc::new(Mutex::new(sink)))
    }

    /// Rewrites the segments that hold deleted texts; the stage waits meanwhile.
    pub fn purge(&self) -> Result<(), SinkError> {
        let rewritten = self.lock().purge()?;
        tracing::info!(rewritten, "search index purged");
        Ok(())
    }

    /// Removes posts that were published before a time. Returns how many.
    pub fn let_go(&self, before: Time) -> Result<usize, SinkError> {
        self.lock().let_go(before)
    }

    /// After a panic the sink resumes from what is committed.
    fn lock(&self) -> MutexGuard<'_, SearchSink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sink of the corrections of the index.
pub struct IndexCorrections(pub SharedIndexWriter);

impl Sink for IndexCorrections {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.0.lock().corrections_position().map(Some)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.0.lock().correct(entries)
    }
}

impl Sink for SharedIndexWriter {
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
