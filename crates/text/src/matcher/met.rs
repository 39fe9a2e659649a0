//! Which terms of a set of rules a document meets.

use std::cell::Cell;
use std::sync::Arc;

use super::Places;
use super::rules::{RuleSet, Sought};
use crate::Document;

/// Which terms a document meets, and where.
pub(super) struct Met<'a> {
    rules: &'a RuleSet,
    /// A hash table from a term to the first of its links; its size is a power of two.
    heads: Vec<(u32, u32)>,
    /// Position, and the next link of the term or [`NONE`].
    links: Vec<(u32, u32)>,
    /// Of each list of alternatives whether one of them is there, once that was asked.
    known: Vec<Cell<Option<bool>>>,
}

/// No term, and no link.
const NONE: u32 = u32::MAX;

impl<'a> Met<'a> {
    pub(super) fn new(document: &Document, rules: &'a RuleSet) -> Met<'a> {
        let (tokens, vocabulary) = (&document.tokens, &rules.vocabulary);
        if document.vocabulary.as_ref().is_some_and(|own| Arc::ptr_eq(own, vocabulary)) {
            return Met::of(tokens.iter().map(|token| (token.position, &*token.terms)), rules);
        }
        let found: Vec<_> = tokens.iter().map(|token| vocabulary.met_by(&token.form, &token.lemmas)).collect();
        Met::of(tokens.iter().zip(&found).map(|(token, terms)| (token.position, &**terms)), rules)
    }

    /// From the terms met at each position, ascending.
    fn of<'t>(places: impl DoubleEndedIterator<Item = (u32, &'t [u32])> + Clone, rules: &'a RuleSet) -> Met<'a> {
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
        Met { rules, heads, links, known: vec![Cell::new(None); rules.alternatives.len()] }
    }

    /// Each term once.
    pub(super) fn terms(&self) -> impl Iterator<Item = u32> {
        self.heads.iter().map(|&(term, _)| term).filter(|&term| term != NONE)
    }

    fn has_term(&self, term: u32) -> bool {
        self.heads[slot(&self.heads, term)].0 == term
    }

    /// The terms of a word where there are several, and their number among the alternatives.
    fn alternatives(&self, word: Sought) -> Option<(usize, &'a [u32])> {
        let number = (word.0 as usize).checked_sub(self.rules.vocabulary.len())?;
        Some((number, &self.rules.alternatives[number]))
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

impl Places<Sought> for Met<'_> {
    fn has(&self, word: &Sought) -> bool {
        let Some((number, terms)) = self.alternatives(*word) else { return self.has_term(word.0) };
        self.known[number].get().unwrap_or_else(|| {
            let any = terms.iter().any(|&term| self.has_term(term));
            self.known[number].set(Some(any));
            any
        })
    }

    fn append(&self, word: &Sought, positions: &mut Vec<u32>) {
        let one = [word.0];
        let terms = self.alternatives(*word).map_or(&one[..], |(_, terms)| terms);
        for &term in terms {
            let (_, mut next) = self.heads[slot(&self.heads, term)];
            while let Some(&(position, after)) = self.links.get(next as usize) {
                positions.push(position);
                next = after;
            }
        }
    }

    fn sorted(&self, word: &Sought) -> bool {
        self.alternatives(*word).is_none()
    }
}
