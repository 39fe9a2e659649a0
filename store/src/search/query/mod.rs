//! From a search request, in the query language of `text`, to a tantivy query.

mod compile;
mod expansions;
mod numbers;
mod proximity;
mod ranges;
mod request;
mod watched;

pub(super) use compile::Compiler;
pub(super) use expansions::refuse_wide;
pub use request::{SearchRequest, Sort};
