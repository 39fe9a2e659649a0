//! Posts with a term of a range: with a word that begins so, with an event that passes a test.
//!
//! Every combination of an event's slots is a term. Their number is small, so the terms of a segment are asked one by one, by the
//! test that the matcher asks as well.

use tantivy::query::{BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};
use text::EventTest;

use crate::search::budget::Budget;
use crate::search::schema::{event_of, object_prefix};

/// The query.
#[derive(Debug, Clone)]
pub(super) struct RangeQuery {
    pub first: Term,
    /// Included.
    pub last: Term,
    /// What an event must pass, where the terms are events.
    pub test: Option<EventTest>,
    pub budget: Budget,
}

impl RangeQuery {
    /// Posts with an event that passes a test.
    pub fn of_events(field: Field, test: EventTest, budget: Budget) -> RangeQuery {
        let first = test.object.as_deref().map(object_prefix).unwrap_or_default();
        let (first, last) = beginning_with(field, &first);
        RangeQuery { first, last, test: Some(test), budget }
    }
}

/// The range of the terms of a field that begin so.
pub(super) fn beginning_with(field: Field, beginning: &str) -> (Term, Term) {
    // Up to the last code point of Unicode, which is no character and thus follows in no term.
    let last = format!("{beginning}{}", char::MAX);
    (Term::from_field_text(field, beginning), Term::from_field_text(field, &last))
}

impl Query for RangeQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(RangeWeight(self.clone())))
    }
}

struct RangeWeight(RangeQuery);

impl RangeWeight {
    /// The documents of a segment that have such a term; some of them where the budget is spent.
    fn documents(&self, reader: &SegmentReader) -> tantivy::Result<BitSet> {
        let RangeQuery { first, last, test, budget } = &self.0;
        let inverted = reader.inverted_index(first.field())?;
        let range = inverted.terms().range().ge(first.serialized_value_bytes());
        let mut terms = range.le(last.serialized_value_bytes()).into_stream()?;
        let mut documents = BitSet::with_max_value(reader.max_doc());
        let mut watch = budget.watch();
        let passes = |test: &EventTest, term: &[u8]| {
            let event = std::str::from_utf8(term).ok().and_then(event_of);
            event.is_some_and(|event| test.passes(&event))
        };
        while let Some((term, info)) = terms.next() {
            if watch.is_over_after(1) {
                break;
            }
            if test.as_ref().is_some_and(|test| !passes(test, term)) {
                continue;
            }
            let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
            while postings.doc() != TERMINATED && !watch.is_over_after(1) {
                documents.insert(postings.doc());
                postings.advance();
            }
        }
        Ok(documents)
    }
}

impl Weight for RangeWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let documents = self.documents(reader)?;
        if documents.len() == 0 {
            return Ok(Box::new(EmptyScorer));
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(documents), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("a term of the range", 1.0))
    }
}
