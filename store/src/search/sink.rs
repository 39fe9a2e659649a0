//! Feeding the index from the journal.

use std::collections::BTreeMap;
use std::sync::Arc;

use journal::{Applied, Checkpoint, Entry, Refusal, Sink, SinkError};
use model::{PostId, TaggedPost, Version, wire};
use tantivy::columnar::Column;
use tantivy::indexer::LogMergePolicy;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, IndexWriter, InvertedIndexReader, SegmentReader, TERMINATED, TantivyError, Term};
use text::Analyzer;

use super::index::SearchIndex;
use super::schema;

/// Threads that build segments. More would take the cores from classification; fewer make an import wait for the index.
const WRITER_THREADS: usize = 2;

/// Memory of all writer threads together before a segment goes to disk. Less makes many small segments to merge, more is
/// held by a process that is idle most of the day.
const WRITER_BYTES: usize = 96 << 20;

/// Segments of one size that are merged into one: with the sizes growing geometrically this bounds their number, which
/// every look-up of an id and every search pays for.
const MERGE_SEGMENTS: usize = 6;

/// A segment with more replaced or deleted posts than this share is rewritten without them.
const MERGE_DELETED_SHARE: f32 = 0.2;

/// The single writer of the index, fed with the tagged posts of the journal.
///
/// Each batch is one commit, with the position of the journal in its payload. A post is replaced only by a greater version,
/// so that a repeat, a replay and any order of arrival end in the same index. A deleted post is gone from searches with the
/// commit of its tombstone; its text leaves the disk when its segment is merged, and at the latest with [`SearchSink::purge`].
pub struct SearchSink {
    index: SearchIndex,
    /// `None` after a failure: what the failed writer held must not get into the next commit.
    writer: Option<IndexWriter>,
    analyzer: Analyzer,
}

/// The greatest version of a post in a batch.
struct Candidate<'a> {
    version: Version,
    tagged: TaggedPost,
    body: &'a [u8],
    /// Whether the index holds an older one.
    replaces: bool,
}

impl SearchSink {
    pub(super) fn new(index: SearchIndex) -> Result<SearchSink, TantivyError> {
        let writer = Some(open_writer(&index)?);
        Ok(SearchSink { index, writer, analyzer: Analyzer::new() })
    }

    /// Rewrites every segment that holds deleted or replaced posts, so that their text leaves the disk. Call it daily: with
    /// the merges between, no deleted text stays longer than a day. Returns the segments rewritten.
    ///
    /// A search that is running keeps the files it reads; they go with the next commit or purge.
    pub fn purge(&mut self) -> Result<usize, SinkError> {
        let result = self.rewrite_segments();
        if result.is_err() {
            self.writer = None;
        }
        Ok(result?)
    }

    fn rewrite_segments(&mut self) -> Result<usize, TantivyError> {
        // A merge that runs holds its segments: wait for it, then look what is left to do.
        if let Some(writer) = self.writer.take() {
            writer.wait_merging_threads()?;
        }
        let mut writer = open_writer(&self.index)?;
        let mut rewritten = 0;
        for segment in self.index.index.searchable_segment_metas()? {
            if segment.has_deletes() {
                writer.merge(&[segment.id()]).wait()?;
                rewritten += 1;
            }
        }
        // The old segments are unused only once the reader has let go of them.
        self.index.reader.reload()?;
        writer.garbage_collect_files().wait()?;
        self.writer = Some(writer);
        Ok(rewritten)
    }

    /// Keeps of each post the greatest version of the batch, and of these what is newer than the index.
    fn candidates<'a>(
        &self,
        entries: &'a [Entry],
        refused: &mut Vec<Refusal>,
    ) -> Result<BTreeMap<PostId, Candidate<'a>>, TantivyError> {
        let mut candidates: BTreeMap<PostId, Candidate<'a>> = BTreeMap::new();
        for entry in entries {
            // Emptied by a deletion, whose tombstone follows.
            if entry.payload.is_empty() {
                continue;
            }
            match wire::read_tagged(&entry.payload) {
                Err(reason) => refused.push(Refusal {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
                Ok(tagged) => {
                    let version = tagged.version();
                    let known = candidates.get(&tagged.post.id);
                    if known.is_none_or(|known| known.version < version) {
                        let id = tagged.post.id.clone();
                        let candidate = Candidate { version, tagged, body: &entry.payload, replaces: false };
                        candidates.insert(id, candidate);
                    }
                }
            }
        }
        let stored = StoredVersions::new(&self.index)?;
        let mut error = None;
        candidates.retain(|id, candidate| match stored.get(id) {
            Ok(stored) => {
                candidate.replaces = stored.is_some();
                stored.is_none_or(|stored| stored < candidate.version)
            }
            Err(failed) => {
                error = Some(failed);
                false
            }
        });
        error.map_or(Ok(candidates), Err)
    }

    /// Writes and commits. Nothing of a failed batch stays.
    fn write(&mut self, candidates: &BTreeMap<PostId, Candidate<'_>>, checkpoint: &str) -> Result<(), TantivyError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => open_writer(&self.index)?,
        };
        for (id, candidate) in candidates {
            if candidate.replaces {
                writer.delete_term(Term::from_field_text(self.index.fields.id, id.as_str()));
            }
            let Candidate { tagged, body, .. } = candidate;
            writer.add_document(schema::document(&self.index.fields, &mut self.analyzer, tagged, body))?;
        }
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(checkpoint);
        commit.commit()?;
        self.index.reader.reload()?;
        self.writer = Some(writer);
        Ok(())
    }
}

impl Sink for SearchSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        let payload = self.index.index.load_metas()?.payload;
        Ok(payload.map(|payload| serde_json::from_str(&payload)).transpose()?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        if self.writer.is_none() {
            // A commit that failed may have got through: versions are compared with what is there now.
            self.index.reader.reload()?;
        }
        let mut applied = Applied::default();
        let candidates = self.candidates(entries, &mut applied.refused)?;
        let mut checkpoint = self.position()?.unwrap_or_default();
        entries.iter().for_each(|entry| checkpoint.advance(entry));
        self.write(&candidates, &serde_json::to_string(&checkpoint)?)?;
        tracing::debug!(entries = entries.len(), written = candidates.len(), %checkpoint, "search index committed");
        Ok(applied)
    }
}

fn open_writer(index: &SearchIndex) -> Result<IndexWriter, TantivyError> {
    let writer = index.index.writer_with_num_threads(WRITER_THREADS, WRITER_BYTES)?;
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGE_SEGMENTS);
    policy.set_del_docs_ratio_before_merge(MERGE_DELETED_SHARE);
    writer.set_merge_policy(Box::new(policy));
    Ok(writer)
}

/// Looks versions up by id, in the last commit.
struct StoredVersions {
    searcher: tantivy::Searcher,
    id: tantivy::schema::Field,
    segments: Vec<(Arc<InvertedIndexReader>, Column<u64>)>,
}

impl StoredVersions {
    fn new(index: &SearchIndex) -> Result<StoredVersions, TantivyError> {
        let searcher = index.reader.searcher();
        let id = index.fields.id;
        let open =
            |segment: &SegmentReader| Ok((segment.inverted_index(id)?, segment.fast_fields().u64(schema::VERSION)?));
        let segments = searcher.segment_readers().iter().map(open).collect::<Result<_, TantivyError>>()?;
        Ok(StoredVersions { searcher, id, segments })
    }

    fn get(&self, id: &PostId) -> Result<Option<Version>, TantivyError> {
        let term = Term::from_field_text(self.id, id.as_str());
        for ((ids, versions), segment) in self.segments.iter().zip(self.searcher.segment_readers()) {
            let Some(mut postings) = ids.read_postings(&term, IndexRecordOption::Basic)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    return Ok(versions.first(postings.doc()).map(Version));
                }
                postings.advance();
            }
        }
        Ok(None)
    }
}
