//! The search index: tantivy with Russian lemmas.
//!
//! [`SearchIndex`] opens the folder and answers searches; [`SearchSink`], of which there is one, feeds it from the journal.
//! What a query means is defined in `text`; here the same query becomes a tantivy query, and a differential test keeps the
//! two equal.

mod find;
mod index;
mod position;
mod query;
mod request;
mod schema;
mod sink;
mod words;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

pub use find::{MAX_LIMIT, MAX_OFFSET, SearchError};
pub use index::{OpenError, SearchIndex};
pub use request::{SearchRequest, SearchResult, Sort};
pub use sink::SearchSink;
