//! What is looked for.

use tantivy::Term;

/// The terms of the index that a word of a query stands for: single ones, and ranges with both ends included.
#[derive(Debug, Clone, Default)]
pub(in crate::search) struct Terms {
    pub single: Vec<Term>,
    pub ranges: Vec<(Term, Term)>,
}

/// How the words must stand.
#[derive(Debug, Clone, Copy)]
pub(in crate::search) enum Shape {
    /// Next to each other, in this order.
    Phrase,
    /// In any order, with at most this many other tokens between the first and the last.
    Near(u32),
}
