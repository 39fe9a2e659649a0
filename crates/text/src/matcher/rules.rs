//! Many queries against one document.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

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
    vocabulary: Arc<Vocabulary>,
    /// The clauses of all queries, one query after the other, each with the number of its query.
    clauses: Vec<(usize, Query<Sought>)>,
    /// Of each query its first clause; at the end the number of all.
    first_clauses: Vec<u32>,
    /// Words of a query that several terms meet: the terms of each.
    alternatives: Vec<Box<[u32]>>,
    /// The clauses that wait, by the term they wait for.
    waiting: Vec<Waiting>,
    /// Of each term where those begin that wait for it; at the end the number of all.
    first_waiting: Vec<u32>,
    /// Clauses without a required word: fields only, or a negation among alternatives.
    always: ClauseBits,
}

/// A word of a query: the number of its term, or above these that of its alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Sought(u32);

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

/// Which terms a document meets, and where.
struct Met<'a> {
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
    fn new(document: &Document, rules: &'a RuleSet) -> Met<'a> {
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
    fn terms(&self) -> impl Iterator<Item = u32> {
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

/// Words of which at least one is in every document a clause matches, and what waking it will cost; none where no word is required.
fn anchors<'q>(clause: &'q Query, uses: &HashMap<&Term, u32>) -> Option<(u64, Vec<&'q Word>)> {
    let word = |word: &'q Word| (cost(word, uses), vec![word]);
    let cheapest = |(cost, _): &(u64, Vec<&Word>)| *cost;
    match clause {
        Query::Word(one) => Some(word(one)),
        Query::Phrase(words) | Query::Near { words, .. } => words.iter().map(word).min_by_key(cheapest),
        Query::And(parts) => parts.iter().filter_map(|part| anchors(part, uses)).min_by_key(cheapest),
        Query::Or(parts) => parts.iter().try_fold((0, Vec::new()), |(sum, mut all), part| {
            let (cost, words) = anchors(part, uses)?;
            all.extend(words);
            Some((sum + cost, all))
        }),
        Query::Not(_) | Query::Field(_) => None,
    }
}

/// Calls `visit` with every word that is in every document a clause matches.
fn each_required<'q>(clause: &'q Query, visit: &mut dyn FnMut(&'q Word)) {
    match clause {
        Query::Word(word) => visit(word),
        Query::Phrase(words) | Query::Near { words, .. } => words.iter().for_each(visit),
        Query::And(parts) => parts.iter().for_each(|part| each_required(part, visit)),
        Query::Or(_) | Query::Not(_) | Query::Field(_) => {}
    }
}

/// The rarest word that a clause requires beside its anchors.
fn guard<'q>(clause: &'q Query, anchors: &[&Word], uses: &HashMap<&Term, u32>) -> Option<&'q Word> {
    let mut others = Vec::new();
    each_required(clause, &mut |word| {
        if !anchors.iter().any(|anchor| std::ptr::eq(*anchor, word)) {
            others.push(word);
        }
    });
    others.into_iter().min_by_key(|word| cost(word, uses))
}

/// How often a word will be met, without knowing the posts: short words are frequent in any text, and a word many rules name is what
/// posts talk about.
fn cost(word: &Word, uses: &HashMap<&Term, u32>) -> u64 {
    let cost = |term: &Term| {
        let (Term::Lemma(key) | Term::Form(key) | Term::Prefix(key)) = term;
        let short = match key.chars().count() {
            0..=2 => 2000,
            3 => 300,
            4 => 60,
            5 => 20,
            _ => 5,
        };
        let prefix = if matches!(term, Term::Prefix(_)) { 20 } else { 0 };
        short + prefix + u64::from(uses.get(term).copied().unwrap_or_default())
    };
    word.terms.iter().map(cost).sum()
}

/// The parts of `a | b`, and of those in it: they are matched each by itself.
fn split<'q>(query: &'q Query, clauses: &mut Vec<&'q Query>) {
    match query {
        Query::Or(parts) => parts.iter().for_each(|part| split(part, clauses)),
        one => clauses.push(one),
    }
}
