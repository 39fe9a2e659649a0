//! The sink of the index.

use journal::{Applied, Checkpoint, Entry, Rejected, Sink, SinkError};
use model::{TaggedPost, wire};
use tantivy::TantivyError;

use super::carry_over::carry_over;
use super::open::Open;
use crate::corrections::Corrections;
use crate::search::index::{OpenError, SearchIndex};

/// The single writer of the index, fed with the tagged posts and the corrections of the journal.
///
/// Each flush is one commit, with the positions in the journal in its payload. A post is replaced only by a greater version,
/// so that a repeat, a replay and any order of arrival end in the same index. A deleted post is gone from searches with the
/// commit of its tombstone; its text leaves the disk when its segment is merged, and at the latest with [`SearchSink::rewrite`].
pub struct SearchSink {
    pub(super) index: SearchIndex,
    pub(super) corrections: Corrections,
    /// `None` after a failure: what the failed writer held must not get into the next commit. Nothing may be applied until
    /// [`Sink::position`] has told where to continue: the messages between would be missing.
    pub(super) open: Option<Open>,
}

/// The error of a writer that failed earlier: the stages and the daily purge share one, and only one of them saw it fail.
pub(super) const FAILED: &str = "the writer of the search index failed; what it held comes again";

impl SearchIndex {
    /// Takes the single writer.
    pub fn sink(&self) -> Result<SearchSink, OpenError> {
        SearchSink::new(self.clone()).map_err(|error| match error {
            TantivyError::LockFailure(..) => OpenError::Busy { folder: self.folder.clone() },
            error => OpenError::Damaged { folder: self.folder.clone(), error },
        })
    }
}

impl SearchSink {
    /// Takes over what the index of an earlier build holds, where there is one. Blocks until all of it is in this one.
    pub fn carry_over(&mut self) -> Result<(), SinkError> {
        if self.index.earlier().is_none() {
            return Ok(());
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => Open::new(&self.index)?,
        };
        carry_over(&self.index, &mut open)?;
        self.open = Some(open);
        Ok(())
    }

    fn new(index: SearchIndex) -> Result<SearchSink, TantivyError> {
        let open = Some(Open::new(&index)?);
        Ok(SearchSink { index, corrections: Corrections::default(), open })
    }

    /// Applies these corrections to every post that it takes from now on.
    pub fn corrected_by(mut self, corrections: Corrections) -> SearchSink {
        self.corrections = corrections;
        self
    }

    /// Declares that the index holds the tagged posts up to here, for an index that is filled from elsewhere, and every correction that
    /// is known. The next flush stores it.
    pub fn begin_at(&mut self, tagged: &Checkpoint) -> Result<(), SinkError> {
        let open = self.open.as_mut().ok_or(FAILED)?;
        open.positions.tagged.merge(tagged);
        open.positions.corrections.merge(&self.corrections.known()?.read_to());
        Ok(())
    }

    /// Drops what was given to the writer and not committed.
    pub(super) fn reopen(&mut self) -> Result<(), TantivyError> {
        // There can be only one writer: drop the old one first.
        self.open = None;
        self.open = Some(Open::new(&self.index)?);
        Ok(())
    }
}

impl Sink for SearchSink {
    /// Drops what was applied and not flushed. An index of an earlier build is made anew first.
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.index.ensure_intact()?;
        self.carry_over()?;
        let stored = self.index.checkpoint()?;
        if self.open.as_ref().is_none_or(|open| !open.written.is_empty()) {
            self.reopen()?;
        }
        Ok(stored)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.index.ensure_intact()?;
        let known = self.corrections.known()?;
        let mut open = self.open.take().ok_or(FAILED)?;
        let (mut applied, oldest) = (Applied::default(), self.index.retention.oldest_ms());
        for entry in entries {
            open.positions.tagged.advance(entry);
            // It was emptied by a deletion, whose tombstone follows.
            if entry.payload.is_empty() {
                continue;
            }
            match wire::read_tagged(&entry.payload) {
                Ok(tagged) if is_as_tagged(&tagged) && !known.concern(&tagged.post.id) => {
                    open.take(&self.index, &tagged, &entry.payload, oldest)?;
                }
                Ok(tagged) => {
                    let tagged = known.apply(tagged);
                    open.take(&self.index, &tagged, &wire::write_tagged(&tagged), oldest)?;
                }
                Err(reason) => applied.rejected.push(Rejected {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
            }
        }
        self.open = Some(open);
        Ok(applied)
    }

    /// Commits: from now on searches find what was applied.
    fn flush(&mut self) -> Result<(), SinkError> {
        let mut open = self.open.take().ok_or(FAILED)?;
        open.commit(&self.index)?;
        self.open = Some(open);
        Ok(())
    }
}

/// Whether its tags are those of its rules; what another store gave out may carry what a person said.
fn is_as_tagged(tagged: &TaggedPost) -> bool {
    tagged.tags.corrected.is_none()
}
