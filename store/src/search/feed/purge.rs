//! Taking the texts of deleted and replaced posts off the disk.

use journal::{Sink, SinkError};
use tantivy::index::SegmentId;

use super::open::Open;
use super::sink::SearchSink;

/// Segments that hold deleted or replaced posts.
pub struct Stale(Vec<SegmentId>);

impl Stale {
    /// A few at a time: whoever feeds the index waits while they are rewritten.
    pub fn few_at_a_time(&self, few: usize) -> impl Iterator<Item = Stale> {
        self.0.chunks(few).map(|segments| Stale(segments.to_vec()))
    }
}

impl SearchSink {
    /// The segments that hold deleted or replaced posts by now. Rewrite them daily: with the merges between, no deleted text stays longer
    /// than a day.
    pub fn stale(&mut self) -> Result<Stale, SinkError> {
        self.open = Some(self.settle()?);
        let segments = self.index.index.searchable_segment_metas()?;
        Ok(Stale(segments.iter().filter(|segment| segment.has_deletes()).map(|segment| segment.id()).collect()))
    }

    /// Rewrites segments so that the texts of deleted and replaced posts leave the disk. Those that a merge has rewritten since are left
    /// out. Returns how many it rewrote.
    ///
    /// A search that is running keeps the files it reads; they go with the next commit or purge.
    pub fn rewrite(&mut self, stale: &Stale) -> Result<usize, SinkError> {
        let mut open = self.settle()?;
        let mut rewritten = 0;
        for segment in self.index.index.searchable_segment_metas()? {
            if segment.has_deletes() && stale.0.contains(&segment.id()) {
                open.writer.merge(&[segment.id()]).wait()?;
                rewritten += 1;
            }
        }
        // The old segments can be removed only once the reader has released them.
        self.index.reader.reload()?;
        open.committed.renew(self.index.reader.searcher(), [].iter())?;
        open.writer.garbage_collect_files().wait()?;
        self.open = Some(open);
        Ok(rewritten)
    }

    /// Both at once, for who has the writer alone.
    pub fn purge(&mut self) -> Result<usize, SinkError> {
        let stale = self.stale()?;
        self.rewrite(&stale)
    }

    /// Commits, and waits for running merges, which hold their segments.
    fn settle(&mut self) -> Result<Open, SinkError> {
        self.flush()?;
        if let Some(open) = self.open.take() {
            open.writer.wait_merging_threads()?;
        }
        Ok(Open::new(&self.index)?)
    }
}
