//! The clauses of many queries: the parts of their alternatives.

use std::ops::Range;

use super::word_table::WordId;
use crate::query::Query;

/// The clauses of all queries, one query after the other.
#[derive(Debug, Default)]
pub(super) struct Clauses {
    /// Each with the number of its query.
    clauses: Vec<(usize, Query<WordId>)>,
    /// For each query its first clause; at the end the number of all.
    first_of_query: Vec<u32>,
}

impl Clauses {
    /// Begins the next query.
    pub(super) fn begin_query(&mut self) {
        self.first_of_query.push(self.clauses.len() as u32);
    }

    /// Adds a clause to the query that was begun last, and returns its number.
    pub(super) fn add(&mut self, clause: Query<WordId>) -> u32 {
        let number = self.clauses.len() as u32;
        self.clauses.push((self.first_of_query.len() - 1, clause));
        number
    }

    /// To be called after the last clause.
    pub(super) fn finish(&mut self) {
        self.begin_query();
    }

    /// How many queries there are.
    pub(super) fn queries_len(&self) -> usize {
        self.first_of_query.len() - 1
    }

    /// The clauses of a range of queries.
    pub(super) fn of(&self, queries: Range<usize>) -> Range<usize> {
        let [first, end] = [queries.start, queries.end].map(|query| self.first_of_query[query] as usize);
        first..end
    }

    /// A clause, and the number of its query.
    pub(super) fn get(&self, clause: usize) -> (usize, &Query<WordId>) {
        let (query, clause) = &self.clauses[clause];
        (*query, clause)
    }
}

/// A set of clauses, a bit for each.
#[derive(Debug, Clone, Default)]
pub(super) struct ClauseSet(Vec<u64>);

impl ClauseSet {
    /// An empty set with room for this many clauses.
    pub(super) fn with_len(clauses: usize) -> ClauseSet {
        ClauseSet(vec![0; clauses.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, clause: u32) {
        self.0[clause as usize / 64] |= 1 << (clause % 64);
    }

    /// The first clause of the set within a range.
    pub(super) fn first_in(&self, range: Range<usize>) -> Option<usize> {
        if range.is_empty() {
            return None;
        }
        let mut block = range.start / 64;
        let mut bits = self.0[block] & (!0 << (range.start % 64));
        while bits == 0 {
            block += 1;
            if block * 64 >= range.end {
                return None;
            }
            bits = self.0[block];
        }
        Some(block * 64 + bits.trailing_zeros() as usize).filter(|clause| range.contains(clause))
    }
}
