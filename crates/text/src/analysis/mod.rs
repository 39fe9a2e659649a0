//! From a text to a document: tokens with their positions, lemmas and the terms that queries ask for.

mod analyzer;
mod document;
mod vocabulary;
mod word_cache;

pub use analyzer::Analyzer;
pub use document::{Document, MAX_TOKENS, POSITION_GAP, Token, WordForm};
pub use vocabulary::Vocabulary;
pub use word_cache::CacheStats;

#[cfg(test)]
mod tests;
