//! Russian text: tokens, lemmas, language, and the query language, its parser and its matcher.
//!
//! A leaf without I/O or clock. What a query means is defined once, in [`matcher`]; the search index asks the same code.

mod addresses;
mod analyzer;
mod fold;
mod language;
pub mod matcher;
mod morphology;
pub mod query;
mod signature;
mod sketch;
mod spelling;
mod tokens;

pub use analyzer::{Analyzer, CacheStats, Document, MAX_TOKENS, POSITION_GAP, Token, WordForm};
pub use language::language;
pub use matcher::{Awake, Fields, Indexed, RuleSet, Vocabulary, matches, positions_match_near, positions_match_phrase};
pub use query::{Comparison, FieldTest, Query, QueryError, Term, Word};
pub use signature::signature;
pub use sketch::sketch;
