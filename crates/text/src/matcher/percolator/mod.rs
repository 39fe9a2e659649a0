//! Many queries against one document.

mod anchors;
mod candidates;
mod clauses;
mod term_hits;
mod word_table;

use std::collections::HashMap;
use std::sync::Arc;

use super::by_term::ByTerm;
use super::evaluate::WordPositions;
use super::fields::Fields;
use super::indexed_document::IndexedDocument;
use super::lexicon::{Lexicon, Phrase};
use crate::analysis::{Document, Vocabulary};
use crate::query::{Query, Term};
use anchors::{anchors, guard, split};
use clauses::{ClauseSet, Clauses};
use term_hits::TermHits;
use word_table::{WordId, WordTable, WordTableBuilder};

pub use candidates::Candidates;

/// Many queries that are matched at once: the cost of a post grows with the queries it may match, not with all there are.
///
/// Each alternative of a query is matched by itself, as a *clause*. Each clause waits under its *anchors*: terms of which at least one
/// is in every post that it matches, chosen to be rare. The prefilter makes a clause a candidate if the post has one of its anchors and also
/// its *guard*, the next rarest word that it requires; only candidates are evaluated. Documents of an analyzer that was made
/// [with the vocabulary](crate::Analyzer::with_vocabulary) of a percolator are matched without looking at a letter; other documents
/// are matched as well, with each word looked up first.
#[derive(Debug)]
pub struct Percolator {
    words: WordTable,
    clauses: Clauses,
    /// The clauses that wait, by the term they wait for.
    waiting: ByTerm<Waiting>,
    /// Clauses without a required word: fields only, or a negation among alternatives.
    always: ClauseSet,
}

/// A clause under one of its anchors.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    clause: u32,
    /// Another word that it requires.
    guard: Option<WordId>,
}

impl Percolator {
    /// Prepares queries; a hit names a query by its index here.
    pub fn new(queries: Vec<Query>) -> Percolator {
        Percolator::with_phrases(queries, &[]).0
    }

    /// Prepares queries, and a lexicon of phrases with the same vocabulary: each word of a text is looked up once for both.
    pub fn with_phrases(queries: Vec<Query>, phrases: &[Phrase]) -> (Percolator, Lexicon) {
        let uses = term_uses(&queries);
        let mut words = WordTableBuilder::new(&queries, phrases);
        let mut clauses = Clauses::default();
        let mut unanchored = Vec::new();
        let mut waiting = vec![Vec::new(); words.terms_len()];
        let (mut parts, mut count) = (Vec::new(), 0);
        for query in &queries {
            clauses.begin_query();
            split(query, &mut parts);
            for part in parts.drain(..) {
                let clause = clauses.add(part.map_words(&mut |word| words.id(word)));
                count += 1;
                let Some((_, anchors)) = anchors(part, &uses) else {
                    unanchored.push(clause);
                    continue;
                };
                let guard = guard(part, &anchors, &uses).map(|guard| words.id(guard));
                for term in anchors.iter().flat_map(|word| words.terms(word)) {
                    waiting[term as usize].push(Waiting { clause, guard });
                }
            }
        }
        clauses.finish();
        let mut always = ClauseSet::with_len(count);
        unanchored.into_iter().for_each(|clause| always.insert(clause));
        let words = words.build();
        let lexicon = Lexicon::new(phrases, words.vocabulary.clone());
        (Percolator { words, clauses, waiting: ByTerm::new(&waiting), always }, lexicon)
    }

    /// The terms of these queries, for an analyzer.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.words.vocabulary.clone()
    }

    /// Calls `hit` for each query that matches, in ascending order, with the positions as [`matches()`](super::matches()) gives
    /// them.
    pub fn matches(&self, document: &IndexedDocument, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        self.prefilter(document.document()).matches(0..self.clauses.queries_len(), fields, hit);
    }

    /// Finds the queries that a document may match. Stages that build on one another then match a range of them each.
    pub fn prefilter<'a>(&'a self, document: &'a Document) -> Candidates<'a> {
        let hits = TermHits::new(document, &self.words);
        let mut candidates = self.always.clone();
        for term in hits.terms() {
            for waiting in self.waiting.of(term) {
                if waiting.guard.is_none_or(|guard| hits.has(&guard)) {
                    candidates.insert(waiting.clause);
                }
            }
        }
        Candidates { clauses: &self.clauses, hits, candidates }
    }
}

/// How often each term is used by all queries.
fn term_uses(queries: &[Query]) -> HashMap<&Term, u32> {
    let mut uses = HashMap::new();
    for query in queries {
        query.each_word(&mut |word| word.terms.iter().for_each(|term| *uses.entry(term).or_default() += 1));
    }
    uses
}
