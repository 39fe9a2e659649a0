//! Which version of a post the last commit holds. Nearly every post is new, and looking for its id in every segment would cost more
//! than indexing it: a Bloom filter tells that it is new.

use std::sync::Arc;

use fastbloom::BloomFilter;
use model::{PostId, Version};
use tantivy::columnar::Column;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use crate::search::schema;

/// The share of new posts that the filter takes for known ones, which are then looked for in the segments. At this share it needs ten
/// bits an id, 12 MB for ten million posts.
const FALSE_POSITIVES: f64 = 0.01;

/// The filter has room for this many ids, or for twice what the index holds if that is more. When it is full it is rebuilt from the
/// index: beyond its room it would take more and more new posts for known ones.
const LEAST_ROOM: usize = 1 << 20;

/// The versions in a commit.
pub(super) struct CommittedIds {
    searcher: Searcher,
    field: Field,
    segments: Vec<Segment>,
    /// Contains every id of the commit; ids that have left the index stay in it.
    filter: BloomFilter,
    inserted: usize,
    room: usize,
}

impl CommittedIds {
    /// Reads every id of a commit: about a second for ten million.
    pub fn read(searcher: Searcher, field: Field) -> Result<CommittedIds, TantivyError> {
        let segments = segments(&searcher, field)?;
        let terms: usize = segments.iter().map(|(ids, _)| ids.terms().num_terms()).sum();
        let room = (2 * terms).max(LEAST_ROOM);
        // A fixed seed: the same index costs the same look-ups every time.
        let mut filter = BloomFilter::with_false_pos(FALSE_POSITIVES).seed(&0).expected_items(room);
        for (ids, _) in &segments {
            let mut terms = ids.terms().stream()?;
            while terms.advance() {
                filter.insert(terms.key());
            }
        }
        Ok(CommittedIds { searcher, field, segments, filter, inserted: terms, room })
    }

    /// Moves to a new commit, which added these ids.
    pub fn renew<'a>(
        &mut self,
        searcher: Searcher,
        added: impl ExactSizeIterator<Item = &'a PostId>,
    ) -> Result<(), TantivyError> {
        self.inserted += added.len();
        if self.inserted > self.room {
            *self = CommittedIds::read(searcher, self.field)?;
            return Ok(());
        }
        self.segments = segments(&searcher, self.field)?;
        self.searcher = searcher;
        for id in added {
            self.filter.insert(id.as_str().as_bytes());
        }
        Ok(())
    }

    /// The version of a post; `None` if the commit does not hold it.
    pub fn version(&self, id: &PostId) -> Result<Option<Version>, TantivyError> {
        if !self.filter.contains(id.as_str().as_bytes()) {
            return Ok(None);
        }
        let term = Term::from_field_text(self.field, id.as_str());
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

/// What is needed of a segment: where an id is, and the version of a post.
type Segment = (Arc<InvertedIndexReader>, Column<u64>);

fn segments(searcher: &Searcher, field: Field) -> Result<Vec<Segment>, TantivyError> {
    let open =
        |segment: &SegmentReader| Ok((segment.inverted_index(field)?, segment.fast_fields().u64(schema::VERSION)?));
    searcher.segment_readers().iter().map(open).collect()
}
