//! What a query means.
//!
//! A word matches a token if they share a lemma (`=`: the folded form, `prefix*`: the beginning of the form); alternatives at one
//! position match it if one of them does. A phrase is words side by side in order. `"…"~N` is each word at a different token, in
//! any order, with at most N other tokens between the first and the last. Neither crosses the end of a sentence, unless one is written
//! between its words. A comparison on an absent value is false.

mod by_term;
mod evaluate;
mod fields;
mod indexed_document;
mod lexicon;
mod percolator;
mod positions;

pub use fields::Fields;
pub use indexed_document::{IndexedDocument, matches};
pub use lexicon::{Found, Lexicon, Phrase};
pub use percolator::{Candidates, Percolator};
pub use positions::{positions_match_near, positions_match_phrase};

#[cfg(test)]
mod tests;
