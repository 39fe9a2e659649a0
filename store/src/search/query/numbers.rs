//! Filters by numbers and times.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use model::{Level, Time};
use tantivy::columnar::Column;
use tantivy::fastfield::FastFieldReaders;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{ConstScoreQuery, Query};
use tantivy::{DocId, SegmentReader};

use crate::search::schema::{LEVEL, PUBLISHED_AT, VIEWS, level_number, millis};

/// A risk of this level or above.
pub(super) fn at_least(level: Level) -> Box<dyn Query> {
    within(FastFieldReaders::column_opt, LEVEL, level_number(level)..=u64::MAX)
}

/// Published at `from` or after, and before `to`.
pub(super) fn published(from: Option<Time>, to: Option<Time>) -> Box<dyn Query> {
    let from = from.map_or(i64::MIN, millis);
    let last = to.map_or(i64::MAX, |to| millis(to) - 1);
    within(FastFieldReaders::column_opt, PUBLISHED_AT, from..=last)
}

/// Posts whose number is in a range; those without the number are not.
///
/// Not tantivy's `RangeQuery`: within an excluded conjunction its scorer is asked for documents it has already passed, and
/// subtracts below zero.
fn within<T: Copy + PartialOrd + Debug + Send + Sync + 'static>(
    open: fn(&FastFieldReaders, &str) -> tantivy::Result<Option<Column<T>>>,
    field: &'static str,
    range: RangeInclusive<T>,
) -> Box<dyn Query> {
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let column = open(segment.fast_fields(), field)?;
        let range = range.clone();
        let number = move |doc: DocId| column.as_ref().and_then(|column| column.first(doc));
        Ok(move |doc: DocId| number(doc).is_some_and(|number| range.contains(&number)))
    });
    unscored(DocPredicateQuery::from(predicate))
}

/// Viewed at least `first` and at most `last` times.
pub(super) fn viewed(range: RangeInclusive<u64>) -> Box<dyn Query> {
    within(FastFieldReaders::column_opt, VIEWS, range)
}

/// Filters do not make a post a better match.
pub(super) fn unscored(query: impl Query) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}
