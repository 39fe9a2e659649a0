//! The queries that a document may match.

use std::ops::Range;

use super::clauses::{ClauseSet, Clauses};
use super::term_hits::TermHits;
use crate::matcher::evaluate::{evaluate, has_words};
use crate::matcher::fields::Fields;

/// The queries of a [`Percolator`](super::Percolator) that a document may match, by its words.
pub struct Candidates<'a> {
    pub(super) clauses: &'a Clauses,
    pub(super) hits: TermHits<'a>,
    pub(super) candidates: ClauseSet,
}

impl Candidates<'_> {
    /// Calls `hit` for each query of a range that matches, as [`Percolator::matches`](super::Percolator::matches) does for all.
    pub fn matches(&self, queries: Range<usize>, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        let Range { start: mut next, end } = self.clauses.of(queries);
        while let Some(first) = self.candidates.first_in(next..end) {
            let (query, _) = self.clauses.get(first);
            let query_end = self.clauses.of(query..query + 1).end;
            let mut found = Vec::new();
            let mut matched = false;
            next = first;
            // Every clause is evaluated, so that each word that speaks for the match is shown.
            while let Some(candidate) = self.candidates.first_in(next..query_end) {
                let (_, clause) = self.clauses.get(candidate);
                matched |= has_words(clause, &self.hits) && evaluate(clause, &self.hits, fields, &mut found);
                next = candidate + 1;
            }
            if matched {
                found.sort_unstable();
                found.dedup();
                hit(query, found);
            }
        }
    }
}
