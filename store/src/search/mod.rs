//! The search index: tantivy with Russian lemmas.
//!
//! [`SearchIndex`] opens the folder and answers searches; its single [`SearchSink`] feeds it from the journal. `text` defines what
//! a query means; here the same query becomes a tantivy query, and a differential test keeps the two equal.

mod budget;
mod feed;
mod find;
mod index;
#[cfg(feature = "plain")]
mod plain;
mod query;
mod schema;

#[cfg(test)]
mod tests;

pub use budget::{Budget, CancelOnDrop, Ticks};
pub use feed::{SearchSink, Stale};
pub use find::{Answer, DayCount, FacetCount, Facets, MAX_ANSWERS, MAX_LIMIT, MAX_OFFSET, SearchResult, Thread};
pub use index::{OpenError, Rebuilding, SearchError, SearchIndex};
#[cfg(feature = "plain")]
pub use plain::{PlainDocument, PlainPage, PlainWriter};
pub use query::{SearchRequest, Sort};
