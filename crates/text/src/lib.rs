//! Russian text: tokens, lemmas, language, and the query language, its parser and its matcher.
//!
//! A leaf without I/O or clock. What a query means is defined once, in [`matcher`]; the search index asks the same code.

mod analyzer;
mod language;
pub mod matcher;
pub mod query;
mod signature;
mod tokens;

pub use analyzer::{Analyzer, Document, Token, POSITION_GAP};
pub use language::language;
pub use query::{Query, QueryError};
pub use signature::signature;
