//! Many queries against one document.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::anchors::{anchors, guard, split};
use super::met::Met;
use super::{Fields, Indexed, Places, Vocabulary, eval, has_words};
use crate::Document;
use crate::query::{Query, Term, Word};

/// Many queries, matched at once: the cost of a post grows with the rules it may match, not with all there are.
///
/// A query of alternatives is matched as so many *clauses*. Each clause waits under its *anchors*: terms of which at least one is
/// in every post it matches, chosen to be rare. A post wakes the clauses under its own words whose *guard*, the next rarest word
/// they require, is there as well, and these are verified. Documents of an analyzer that was made
/// [with the vocabulary](crate::Analyzer::with_vocabulary) of these rules are matched without looking at a letter; those of
/// others match as well, each word looked up anew.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) vocabulary: Arc<Vocabulary>,
    /// The clauses of all queries, one query after the other, each with the number of its query.
    clauses: Vec<(usize, Query<Sought>)>,
    /// Of each query its first clause; at the end the number of all.
    first_clauses: Vec<u32>,
    /// Words of a query that several terms meet: the terms of each.
    pub(super) alternatives: Vec<Box<[u32]>>,
    /// The clauses that wait, by the term they wait for.
    waiting: Vec<Waiting>,
    /// Of each term where those begin that wait for it; at the end the number of all.
    first_waiting: Vec<u32>,
    /// Clauses without a required word: fields only, or a negation among alternatives.
    always: ClauseBits,
}

/// A word of a query: the number of its term, or above these that of its alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sought(pub(super) u32);

/// A clause under one of its anchors.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    clause: u32,
    /// Another word that it requires.
    guard: Option<Sought>,
}

/// A set of clauses, a bit for each.
type ClauseBits = Vec<u64>;

impl RuleSet {
    /// Prepares queries; a hit names a query by its index here.
    pub fn new(queries: Vec<Query>) -> RuleSet {
        let mut uses: HashMap<&Term, u32> = HashMap::new();
        for query in &queries {
            query.each_word(&mut |word| word.terms.iter().for_each(|term| *uses.entry(term).or_default() += 1));
        }
        let mut words = Words::new(&queries);
        let mut clauses = Vec::new();
        let mut first_clauses = Vec::with_capacity(queries.len() + 1);
        let mut always = Vec::new();
        let mut waiting = vec![Vec::new(); words.vocabulary.len()];
        let mut parts = Vec::new();
        for (number, query) in queries.iter().enumerate() {
            first_clauses.push(clauses.len() as u32);
            split(query, &mut parts);
            for part in parts.drain(..) {
                let clause = clauses.len() as u32;
                clauses.push((number, part.map_words(&mut |word| words.sought(word))));
                always.resize(clauses.len().div_ceil(64), 0);
                let Some((_, anchors)) = anchors(part, &uses) else {
                    always[clause as usize / 64] |= 1 << (clause % 64);
                    continue;
                };
                let guard = guard(part, &anchors, &uses).map(|guard| words.sought(guard));
                for term in anchors.iter().flat_map(|word| &word.terms) {
                    waiting[words.vocabulary.add(term) as usize].push(Waiting { clause, guard });
                }
            }
        }
        first_clauses.push(clauses.len() as u32);
        let mut first_waiting = vec![0];
        first_waiting.extend(waiting.iter().scan(0, |before, list| {
            *before += list.len() as u32;
            Some(*before)
        }));
        RuleSet {
            vocabulary: Arc::new(words.vocabulary),
            clauses,
            first_clauses,
            alternatives: words.alternatives,
            waiting: waiting.concat(),
            first_waiting,
            always,
        }
    }

    /// The terms of these queries, for an analyzer.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.vocabulary.clone()
    }

    /// Calls `hit` for each query that matches, in ascending order, with the positions as [`matches()`](super::matches()) gives
    /// them.
    pub fn matches(&self, document: &Indexed, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        self.wake(document.document()).matches(0..self.first_clauses.len() - 1, fields, hit);
    }

    /// Finds the queries that a document may match, for stages that are asked one after the other.
    pub fn wake<'a>(&'a self, document: &Document) -> Awake<'a> {
        let met = Met::new(document, self);
        let mut candidates = self.always.clone();
        for term in met.terms() {
            let [from, to] = [term, term + 1].map(|at| self.first_waiting[at as usize] as usize);
            for waiting in &self.waiting[from..to] {
                if waiting.guard.is_none_or(|guard| met.has(&guard)) {
                    candidates[waiting.clause as usize / 64] |= 1 << (waiting.clause % 64);
                }
            }
        }
        Awake { rules: self, met, candidates }
    }
}

/// The queries of a set that a document may match.
pub struct Awake<'a> {
    rules: &'a RuleSet,
    met: Met<'a>,
    candidates: ClauseBits,
}

impl Awake<'_> {
    /// Calls `hit` for each query of a range that matches, as [`RuleSet::matches`] does for all.
    pub fn matches(&self, range: Range<usize>, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        let [mut clause, end] = [range.start, range.end].map(|query| self.rules.first_clauses[query] as usize);
        while let Some(first) = self.candidate(clause, end) {
            let query = self.rules.clauses[first].0;
            let query_end = self.rules.first_clauses[query + 1] as usize;
            let mut found = Vec::new();
            let mut matched = false;
            clause = first;
            // Every clause is asked, so that each word that speaks for the match is shown.
            while let Some(candidate) = self.candidate(clause, query_end) {
                let (_, asked) = &self.rules.clauses[candidate];
                matched |= has_words(asked, &self.met) && eval(asked, &self.met, fields, &mut found);
                clause = candidate + 1;
            }
            if matched {
                found.sort_unstable();
                found.dedup();
                hit(query, found);
            }
        }
    }

    /// The first candidate among the clauses from one on, before another.
    fn candidate(&self, from: usize, end: usize) -> Option<usize> {
        if from >= end {
            return None;
        }
        let mut block = from / 64;
        let mut bits = self.candidates[block] & (!0 << (from % 64));
        while bits == 0 {
            block += 1;
            if block * 64 >= end {
                return None;
            }
            bits = self.candidates[block];
        }
        Some(block * 64 + bits.trailing_zeros() as usize).filter(|&clause| clause < end)
    }
}

/// Numbers the words of queries.
struct Words {
    vocabulary: Vocabulary,
    alternatives: Vec<Box<[u32]>>,
    known: HashMap<Box<[u32]>, Sought>,
}

impl Words {
    /// Numbers every term first: the numbers of alternatives follow them.
    fn new(queries: &[Query]) -> Words {
        let mut vocabulary = Vocabulary::default();
        for query in queries {
            query.each_word(&mut |word| word.terms.iter().for_each(|term| _ = vocabulary.add(term)));
        }
        Words { vocabulary, alternatives: Vec::new(), known: HashMap::new() }
    }

    fn sought(&mut self, word: &Word) -> Sought {
        let mut terms: Vec<u32> = word.terms.iter().map(|term| self.vocabulary.add(term)).collect();
        terms.sort_unstable();
        terms.dedup();
        if let [term] = terms[..] {
            return Sought(term);
        }
        let terms: Box<[u32]> = terms.into();
        let next = Sought((self.vocabulary.len() + self.alternatives.len()) as u32);
        *self.known.entry(terms).or_insert_with_key(|terms| {
            self.alternatives.push(terms.clone());
            next
        })
    }
}
