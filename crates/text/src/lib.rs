//! Russian text: tokens, lemmas, language, and the query language, its parser and its matcher.
//!
//! A leaf without I/O or clock. What a query means is defined once, in [`matcher`]; the search index asks the same code.

/// Number of the analysis: of the words, lemmas and sentence ends that a text is made into. An index of another number is made anew, so it
/// grows with every change of what [`Analyzer`] or the dictionary say of a text that people write. 1: before it was kept.
pub const ANALYSIS_VERSION: u32 = 2;

mod analysis;
mod language;
pub mod matcher;
pub mod query;
mod similarity;
mod tokens;
mod words;

pub use analysis::{Analyzer, CacheStats, Document, MAX_TOKENS, POSITION_GAP, Token, Vocabulary, WordForm};
pub use language::language;
pub use matcher::{
    Candidates, Fields, Found, IndexedDocument, Lexicon, Percolator, Phrase, matches, positions_match_near,
    positions_match_phrase,
};
pub use query::{AtLeast, Comparison, EventTest, FieldTest, Query, QueryError, Term, Word};
pub use similarity::{signature, sketch};
pub use words::Grammar;
