//! The query language of the search box, saved searches and rules.
//!
//! Words (in all forms), `"phrase"`, `"a b"~3`, `"(a | b) c"` with alternatives at a position, `=exact`, `prefix*`, `|`, `-` or
//! `НЕ`, parentheses and fields. A space binds tighter than `|`. What each means is in [`crate::matcher`].

mod ast;
mod error;
mod events;
mod fields;
mod limits;
mod parser;

pub use ast::{Comparison, FieldTest, Query, Term, Word};
pub use error::QueryError;
pub use events::{AtLeast, EventTest};
pub use limits::{
    MAX_ALTERNATIVES, MAX_DEPTH, MAX_GAP, MAX_NEAR_WORDS, MAX_PHRASE_WORDS, MAX_PREFIXES, MAX_QUERY_BYTES, MAX_TESTS,
    MAX_WORDS, MIN_PREFIX_CHARS,
};

#[cfg(test)]
mod tests;
