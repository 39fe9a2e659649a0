//! The search index: tantivy with Russian lemmas.

mod request;

pub use request::{SearchRequest, SearchResult, Sort};
