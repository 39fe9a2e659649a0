//! The search index: tantivy with Russian lemmas.
//!
//! [`SearchIndex`] opens the folder and answers searches; [`SearchSink`], of which there is one, feeds it from the journal.
//! What a query means is defined in `text`; here the same query becomes a tantivy query, and a differential test keeps the
//! two equal.

mod analysis;
mod facets;
mod files;
mod find;
mod ids;
mod index;
mod plain;
mod position;
mod query;
mod request;
mod schema;
mod sink;
mod ties;
mod words;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

pub use facets::{DayCount, FacetCount, Facets};
pub use find::{MAX_LIMIT, MAX_OFFSET, SearchError};
pub use index::{OpenError, SearchIndex};
pub use plain::{PlainDocument, PlainPage, PlainWriter};
pub use request::{SearchRequest, SearchResult, Sort};
pub use sink::SearchSink;
