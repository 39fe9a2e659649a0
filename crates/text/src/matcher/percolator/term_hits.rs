//! Which terms of a percolator a document has, and where.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use super::word_table::{WordId, WordTable};
use crate::analysis::Document;
use crate::matcher::evaluate::WordPositions;

/// The terms that a document has, and their positions.
pub(super) struct TermHits<'a> {
    document: &'a Document,
    words: &'a WordTable,
    /// A hash table from a term to the first of its links; its size is a power of two.
    heads: Vec<(u32, u32)>,
    /// Position, and the next link of the term or [`NONE`].
    links: Vec<(u32, u32)>,
    /// For each word with alternatives: whether the document has one of them, once this has been looked up.
    known: Vec<Cell<Option<bool>>>,
    /// Found out when the first phrase asks.
    sentence_ends: OnceCell<Vec<u32>>,
}

/// No term, and no link.
const NONE: u32 = u32::MAX;

impl<'a> TermHits<'a> {
    pub(super) fn new(document: &'a Document, words: &'a WordTable) -> TermHits<'a> {
        let (tokens, vocabulary) = (&document.tokens, &words.vocabulary);
        if document.vocabulary.as_ref().is_some_and(|own| Arc::ptr_eq(own, vocabulary)) {
            return TermHits::of(tokens.iter().map(|token| (token.position, &*token.terms)), document, words);
        }
        let found: Vec<_> = tokens.iter().map(|token| vocabulary.terms_of(&token.form, &token.lemmas)).collect();
        TermHits::of(tokens.iter().zip(&found).map(|(token, terms)| (token.position, &**terms)), document, words)
    }

    /// From the terms at each position, ascending.
    fn of<'t>(
        places: impl DoubleEndedIterator<Item = (u32, &'t [u32])> + Clone,
        document: &'a Document,
        words: &'a WordTable,
    ) -> TermHits<'a> {
        let count: usize = places.clone().map(|(_, terms)| terms.len()).sum();
        // Half empty, so that a search ends soon.
        let mut heads = vec![(NONE, NONE); (2 * count).next_power_of_two().max(2)];
        let mut links = Vec::with_capacity(count);
        // Last position first: each list then begins with the first one.
        for (position, terms) in places.rev() {
            for &term in terms {
                let slot = slot(&heads, term);
                links.push((position, heads[slot].1));
                heads[slot] = (term, links.len() as u32 - 1);
            }
        }
        let known = vec![Cell::new(None); words.alternatives_len()];
        TermHits { document, words, heads, links, known, sentence_ends: OnceCell::new() }
    }

    /// The terms of the document, each once.
    pub(super) fn terms(&self) -> impl Iterator<Item = u32> {
        self.heads.iter().map(|&(term, _)| term).filter(|&term| term != NONE)
    }

    fn has_term(&self, term: u32) -> bool {
        self.heads[slot(&self.heads, term)].0 == term
    }
}

/// Where a term is in a hash table that is never full, or would be.
fn slot(heads: &[(u32, u32)], term: u32) -> usize {
    // Terms are numbered one after the other: a multiplication (by the golden ratio) spreads them.
    let hash = (u64::from(term).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
    let mask = heads.len() - 1;
    let mut slot = hash & mask;
    while heads[slot].0 != term && heads[slot].0 != NONE {
        slot = (slot + 1) & mask;
    }
    slot
}

impl WordPositions<WordId> for TermHits<'_> {
    fn has(&self, word: &WordId) -> bool {
        let Some((number, terms)) = self.words.alternatives(*word) else { return self.has_term(word.0) };
        self.known[number].get().unwrap_or_else(|| {
            let any = terms.iter().any(|&term| self.has_term(term));
            self.known[number].set(Some(any));
            any
        })
    }

    fn append(&self, word: &WordId, positions: &mut Vec<u32>) {
        let one = [word.0];
        let terms = self.words.alternatives(*word).map_or(&one[..], |(_, terms)| terms);
        for &term in terms {
            let (_, mut next) = self.heads[slot(&self.heads, term)];
            while let Some(&(position, after)) = self.links.get(next as usize) {
                positions.push(position);
                next = after;
            }
        }
    }

    fn sorted(&self, word: &WordId) -> bool {
        self.words.alternatives(*word).is_none()
    }

    fn sentence_ends(&self) -> &[u32] {
        self.sentence_ends.get_or_init(|| self.document.sentence_ends())
    }
}
