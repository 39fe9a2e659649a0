//! Feeding the index from the journal.

use std::collections::HashMap;

use journal::{Applied, Checkpoint, Entry, Refusal, Sink, SinkError};
use model::{PostId, TaggedPost, Version, wire};
use tantivy::indexer::LogMergePolicy;
use tantivy::{IndexWriter, TantivyError, Term};

use super::ids::CommittedIds;
use super::index::SearchIndex;
use super::schema;

/// Threads that analyse posts and build segments. More would take the cores from classification; fewer make an import wait
/// for the index.
const WRITER_THREADS: usize = 2;

/// Memory of all writer threads together before a segment goes to disk: some 60,000 posts a thread. Less makes many small segments
/// to merge, more is held by a process that catches up.
const WRITER_BYTES: usize = 128 << 20;

/// Segments of one size that are merged into one: with the sizes growing geometrically this bounds their number, which
/// every look-up of an id and every search pays for.
const MERGE_SEGMENTS: usize = 8;

/// A segment of more posts is merged no further; what a full writer makes still is. A merge reads whole segments through mapped
/// files, half a gigabyte here and many where all of a large index becomes one; and what is merged once more is written once more. A
/// search pays a few microseconds for each segment.
const MERGED_POSTS: usize = 75_000;

/// A segment with more replaced or deleted posts than this share is rewritten without them, unless it is merged no further: then
/// the daily purge does it.
const MERGE_DELETED_SHARE: f32 = 0.2;

/// The single writer of the index, fed with the tagged posts of the journal.
///
/// Each flush is one commit, with the position of the journal in its payload. A post is replaced only by a greater version,
/// so that a repeat, a replay and any order of arrival end in the same index. A deleted post is gone from searches with the
/// commit of its tombstone; its text leaves the disk when its segment is merged, and at the latest with [`SearchSink::purge`].
pub struct SearchSink {
    index: SearchIndex,
    /// `None` after a failure: what the failed writer held must not get into the next commit. Until [`Sink::position`] says
    /// where to go on, nothing else may: messages would be missing between.
    open: Option<Open>,
}

/// What a writer that failed answers, also to who did not see it fail: the daily purge and the stage share one.
const FAILED: &str = "the writer of the search index failed; what it held comes again";

/// The writer, and what is known of the posts in the index and in the writer.
struct Open {
    writer: IndexWriter,
    committed: CommittedIds,
    /// Posts given to the writer since the last commit.
    written: HashMap<PostId, Version>,
    /// Everything before it was given to the writer.
    checkpoint: Checkpoint,
}

impl SearchSink {
    pub(super) fn new(index: SearchIndex) -> Result<SearchSink, TantivyError> {
        let open = Some(Open::new(&index)?);
        Ok(SearchSink { index, open })
    }

    /// Says that the journal is in the index up to here, for an index that is filled from elsewhere: the next flush stores it.
    pub fn begin_at(&mut self, checkpoint: &Checkpoint) -> Result<(), SinkError> {
        self.open.as_mut().ok_or(FAILED)?.checkpoint.merge(checkpoint);
        Ok(())
    }

    /// Rewrites every segment that holds deleted or replaced posts, so that their text leaves the disk. Call it daily: with
    /// the merges between, no deleted text stays longer than a day. Returns the segments rewritten.
    ///
    /// A search that is running keeps the files it reads; they go with the next commit or purge.
    pub fn purge(&mut self) -> Result<usize, SinkError> {
        self.flush()?;
        // A merge that runs holds its segments: wait for it, then look what is left to do.
        if let Some(open) = self.open.take() {
            open.writer.wait_merging_threads()?;
        }
        let mut open = Open::new(&self.index)?;
        let mut rewritten = 0;
        for segment in self.index.index.searchable_segment_metas()? {
            if segment.has_deletes() {
                open.writer.merge(&[segment.id()]).wait()?;
                rewritten += 1;
            }
        }
        // The old segments are unused only once the reader has let go of them.
        self.index.reader.reload()?;
        open.committed.renew(self.index.reader.searcher(), [].iter())?;
        open.writer.garbage_collect_files().wait()?;
        self.open = Some(open);
        Ok(rewritten)
    }
}

impl Open {
    fn new(index: &SearchIndex) -> Result<Open, TantivyError> {
        let writer = open_writer(index)?;
        // A commit that failed may have got through: versions are compared with what is there now.
        index.reader.reload()?;
        let committed = CommittedIds::read(index.reader.searcher(), index.fields.id)?;
        let checkpoint = index.checkpoint()?.unwrap_or_default();
        Ok(Open { writer, committed, written: HashMap::new(), checkpoint })
    }

    /// Gives a post to the writer if it is newer than what the index and the writer hold.
    fn take(&mut self, index: &SearchIndex, tagged: &TaggedPost, body: &[u8]) -> Result<(), TantivyError> {
        let id = &tagged.post.id;
        let known = match self.written.get(id) {
            Some(&version) => Some(version),
            None => self.committed.version(id)?,
        };
        if known.is_some_and(|known| known >= tagged.version()) {
            return Ok(());
        }
        if known.is_some() {
            self.writer.delete_term(Term::from_field_text(index.fields.id, id.as_str()));
        }
        self.writer.add_document(schema::document(&index.fields, tagged, body))?;
        self.written.insert(id.clone(), tagged.version());
        Ok(())
    }

    fn commit(&mut self, index: &SearchIndex) -> Result<(), SinkError> {
        let payload = serde_json::to_string(&self.checkpoint)?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        index.reader.reload()?;
        self.committed.renew(index.reader.searcher(), self.written.keys())?;
        tracing::debug!(written = self.written.len(), checkpoint = %self.checkpoint, "search index committed");
        self.written.clear();
        Ok(())
    }
}

/// The single writer, with the threads, memory and merges of this index.
pub(super) fn open_writer(index: &SearchIndex) -> Result<IndexWriter, TantivyError> {
    let writer = index.index.writer_with_num_threads(WRITER_THREADS, WRITER_BYTES)?;
    writer.set_merge_policy(Box::new(merge_policy()));
    Ok(writer)
}

fn merge_policy() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGE_SEGMENTS);
    policy.set_max_docs_before_merge(MERGED_POSTS);
    policy.set_del_docs_ratio_before_merge(MERGE_DELETED_SHARE);
    policy
}

impl Sink for SearchSink {
    /// What was applied and not flushed is dropped.
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.index.whole()?;
        let stored = self.index.checkpoint()?;
        if self.open.as_ref().is_none_or(|open| !open.written.is_empty()) {
            // There is one writer at a time: the old one goes first.
            self.open = None;
            self.open = Some(Open::new(&self.index)?);
        }
        Ok(stored)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.index.whole()?;
        let mut open = self.open.take().ok_or(FAILED)?;
        let mut applied = Applied::default();
        for entry in entries {
            open.checkpoint.advance(entry);
            // Emptied by a deletion, whose tombstone follows.
            if entry.payload.is_empty() {
                continue;
            }
            match wire::read_tagged(&entry.payload) {
                Ok(tagged) => open.take(&self.index, &tagged, &entry.payload)?,
                Err(reason) => applied.refused.push(Refusal {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
            }
        }
        self.open = Some(open);
        Ok(applied)
    }

    /// Commits; from then on searches find what was applied.
    fn flush(&mut self) -> Result<(), SinkError> {
        let mut open = self.open.take().ok_or(FAILED)?;
        open.commit(&self.index)?;
        self.open = Some(open);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use tantivy::index::SegmentId;
    use tantivy::indexer::MergePolicy;

    #[test]
    fn small_segments_become_one_and_large_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(folder.path(), TimeZone::UTC).unwrap();
        let merged = |sizes: &[u32]| {
            let segment = |&posts: &u32| index.index.new_segment_meta(SegmentId::generate_random(), posts);
            let segments: Vec<_> = sizes.iter().map(segment).collect();
            merge_policy().compute_merge_candidates(&segments).iter().map(|candidate| candidate.0.len()).sum::<usize>()
        };
        assert_eq!([merged(&[60_000; 7]), merged(&[60_000; 8]), merged(&[480_000; 8])], [0, 8, 0]);
    }
}
