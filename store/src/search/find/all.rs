//! Every post that a search finds.

use std::cmp::Reverse;

use model::TaggedPost;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use crate::search::budget::Budget;
use crate::search::index::{SearchError, SearchIndex};
use crate::search::query::SearchRequest;
use crate::search::schema;

impl SearchIndex {
    /// Hands over every post found, in the order of a search by time; `limit`, `offset` and `sort` of the request are
    /// ignored. Holds 24 bytes a hit in memory, and one post at a time. The time of the budget is for finding them: handing them over
    /// takes as long as `each` does, and goes on until that fails or the budget is cancelled.
    pub fn search_all<E: From<SearchError>>(
        &self,
        request: &SearchRequest,
        budget: &Budget,
        each: &mut dyn FnMut(TaggedPost) -> Result<(), E>,
    ) -> Result<(), E> {
        let searcher = self.reader.searcher();
        let query = self.compile(request, &searcher, budget)?;
        let mut hits = searcher.search(&*query, &AllByTime).map_err(SearchError::from)?;
        budget.ensure()?;
        hits.sort_unstable_by_key(|&(time, address)| (Reverse(time), address));
        for same_time in hits.chunk_by_mut(|a, b| a.0 == b.0) {
            if same_time.len() > 1 {
                let ids = same_time.iter().map(|hit| id_of(&searcher, hit.1)).collect::<Result<Vec<_>, _>>()?;
                let mut by_id: Vec<_> = ids.into_iter().zip(same_time.iter().copied()).collect();
                by_id.sort_unstable();
                same_time.iter_mut().zip(by_id).for_each(|(hit, (_, sorted))| *hit = sorted);
            }
            for &mut (_, address) in same_time {
                if budget.is_cancelled() {
                    return Err(SearchError::Cancelled.into());
                }
                if let Some(tagged) = self.post(&searcher, address)? {
                    each(tagged)?;
                }
            }
        }
        Ok(())
    }
}

fn id_of(searcher: &Searcher, address: DocAddress) -> Result<String, SearchError> {
    let columns = searcher.segment_reader(address.segment_ord).fast_fields();
    let mut id = String::new();
    if let Some(ids) = columns.str(schema::ID)?
        && let Some(ord) = ids.ords().first(address.doc_id)
    {
        ids.ord_to_str(ord, &mut id)?;
    }
    Ok(id)
}

/// Collects the time and the address of each hit.
struct AllByTime;

struct SegmentByTime {
    segment: SegmentOrdinal,
    /// Absent if the segment holds tombstones only.
    published_at: Option<Column<i64>>,
    hits: Vec<(i64, DocAddress)>,
}

impl Collector for AllByTime {
    type Fruit = Vec<(i64, DocAddress)>;
    type Child = SegmentByTime;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentByTime> {
        let published_at = reader.fast_fields().column_opt(schema::PUBLISHED_AT)?;
        Ok(SegmentByTime { segment, published_at, hits: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<(i64, DocAddress)>>) -> tantivy::Result<Vec<(i64, DocAddress)>> {
        Ok(segments.concat())
    }
}

impl SegmentCollector for SegmentByTime {
    type Fruit = Vec<(i64, DocAddress)>;

    fn collect(&mut self, doc: DocId, _score: Score) {
        let time = self.published_at.as_ref().and_then(|column| column.first(doc)).unwrap_or_default();
        self.hits.push((time, DocAddress::new(self.segment, doc)));
    }

    fn harvest(self) -> Vec<(i64, DocAddress)> {
        self.hits
    }
}
