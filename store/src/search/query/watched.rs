//! A query that ends where its budget does.
//!
//! tantivy has no way to stop a search: collectors and scorers go on until there are no more posts. So one that has to stop says that
//! there are none; whoever searched then asks the budget whether that was the end.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, QueryClone, Scorer, Weight};
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};

use crate::search::budget::{Budget, Watch};

/// Finds what the query finds, for as long as the budget allows. It goes around the whole, so that collectors stop, and around the parts
/// that may be searched for long without a hit of the whole.
pub(super) fn watched(query: Box<dyn Query>, budget: &Budget) -> Box<dyn Query> {
    Box::new(Watched { query, budget: budget.clone() })
}

#[derive(Debug)]
struct Watched {
    query: Box<dyn Query>,
    budget: Budget,
}

impl Clone for Watched {
    fn clone(&self) -> Watched {
        Watched { query: self.query.box_clone(), budget: self.budget.clone() }
    }
}

impl Query for Watched {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(WatchedWeight { weight: self.query.weight(scoring)?, budget: self.budget.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.query.query_terms(visitor);
    }
}

struct WatchedWeight {
    weight: Box<dyn Weight>,
    budget: Budget,
}

impl WatchedWeight {
    fn watch(&self, scorer: Box<dyn Scorer>) -> Box<dyn Scorer> {
        Box::new(WatchedScorer { scorer, watch: self.budget.watch(), ended: false })
    }
}

impl Weight for WatchedWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        // Also before each segment: opening one may be most of the work.
        if self.budget.is_spent() {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(self.watch(self.weight.scorer(reader, boost)?))
    }

    fn scorer_danger(
        &self,
        reader: &SegmentReader,
        target: DocId,
        boost: Score,
    ) -> tantivy::Result<(SeekDangerResult, Box<dyn Scorer>)> {
        if self.budget.is_spent() {
            return Ok((SeekDangerResult::SeekLowerBound(TERMINATED), Box::new(EmptyScorer)));
        }
        let (found, scorer) = self.weight.scorer_danger(reader, target, boost)?;
        Ok((found, self.watch(scorer)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.weight.explain(reader, doc)
    }
}

struct WatchedScorer {
    scorer: Box<dyn Scorer>,
    watch: Watch,
    ended: bool,
}

impl WatchedScorer {
    /// Whether there are no more posts, after so many.
    fn ends_after(&mut self, posts: u32) -> bool {
        self.ended = self.ended || self.watch.is_over_after(posts);
        self.ended
    }
}

impl DocSet for WatchedScorer {
    fn advance(&mut self) -> DocId {
        if self.ends_after(1) { TERMINATED } else { self.scorer.advance() }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.ends_after(1) { TERMINATED } else { self.scorer.seek(target) }
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        if self.ends_after(1) {
            return SeekDangerResult::SeekLowerBound(TERMINATED);
        }
        self.scorer.seek_danger(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        if self.ends_after(COLLECT_BLOCK_BUFFER_LEN as u32) { 0 } else { self.scorer.fill_buffer(buffer) }
    }

    fn doc(&self) -> DocId {
        if self.ended { TERMINATED } else { self.scorer.doc() }
    }

    fn size_hint(&self) -> u32 {
        self.scorer.size_hint()
    }

    fn cost(&self) -> u64 {
        self.scorer.cost()
    }
}

impl Scorer for WatchedScorer {
    fn score(&mut self) -> Score {
        self.scorer.score()
    }
}
