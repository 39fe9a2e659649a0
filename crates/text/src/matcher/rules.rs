//! Many queries against one document.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::DefaultHashBuilder;

use super::{Fields, Indexed, matches};
use crate::query::{Query, Term, Word};

/// Many queries, matched at once: the cost of a post grows with the rules it may match, not with all there are.
///
/// Each query waits under its *anchors*: words of which at least one is in every post it matches, chosen to be rare. A post
/// wakes the queries under its own words, and these are verified.
pub struct RuleSet {
    queries: Vec<Query>,
    by_lemma: Waiters,
    by_form: Waiters,
    by_prefix: Waiters,
    /// Lengths of the prefixes in bytes, ascending: which beginnings of a form are worth looking up.
    prefix_lengths: Vec<usize>,
    /// Queries without a required word: fields only, or a negation among alternatives.
    always: Vec<u32>,
}

impl RuleSet {
    /// Prepares queries; a hit names a query by its index here.
    pub fn new(queries: Vec<Query>) -> RuleSet {
        let mut uses: HashMap<&str, u32> = HashMap::new();
        for query in &queries {
            each_word(query, &mut |word| word.terms.iter().for_each(|term| *uses.entry(key(term)).or_default() += 1));
        }
        let mut waiting = Waiting::default();
        for (index, query) in queries.iter().enumerate() {
            let index = index as u32;
            match anchors(query, &uses) {
                None => waiting.always.push(index),
                Some((_, terms)) => terms.iter().for_each(|term| waiting.push(term, index)),
            }
        }
        let mut prefix_lengths: Vec<usize> = waiting.by_prefix.keys().map(|prefix| prefix.len()).collect();
        prefix_lengths.sort_unstable();
        prefix_lengths.dedup();
        let Waiting { by_lemma, by_form, by_prefix, always } = waiting;
        RuleSet { queries, by_lemma, by_form, by_prefix, prefix_lengths, always }
    }

    /// The queries, in the order given.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// Calls `hit` for each query that matches, in ascending order, with the positions as [`matches()`] gives them.
    pub fn matches(&self, document: &Indexed, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        for candidate in self.candidates(document) {
            if let Some(positions) = matches(&self.queries[candidate as usize], document, fields) {
                hit(candidate as usize, positions);
            }
        }
    }

    fn candidates(&self, document: &Indexed) -> Vec<u32> {
        let mut candidates = self.always.clone();
        if !self.by_lemma.is_empty() {
            candidates.extend(document.lemmas().filter_map(|lemma| self.by_lemma.get(lemma)).flatten());
        }
        if !self.by_form.is_empty() || !self.by_prefix.is_empty() {
            for form in document.distinct_forms() {
                candidates.extend(self.by_form.get(form).into_iter().flatten());
                let beginnings = self.prefix_lengths.iter().filter_map(|&len| form.get(..len));
                candidates.extend(beginnings.filter_map(|beginning| self.by_prefix.get(beginning)).flatten());
            }
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}

/// Seeded, and twice as fast on short words as the standard library's hasher.
type Waiters = HashMap<Arc<str>, Vec<u32>, DefaultHashBuilder>;

#[derive(Default)]
struct Waiting {
    by_lemma: Waiters,
    by_form: Waiters,
    by_prefix: Waiters,
    always: Vec<u32>,
}

impl Waiting {
    fn push(&mut self, term: &Term, index: u32) {
        let (map, key) = match term {
            Term::Lemma(lemma) => (&mut self.by_lemma, lemma),
            Term::Form(form) => (&mut self.by_form, form),
            Term::Prefix(prefix) => (&mut self.by_prefix, prefix),
        };
        map.entry(key.clone()).or_default().push(index);
    }
}

/// Terms of which at least one is in every document a query matches, with what waking it will cost; none where no word is required.
fn anchors<'q>(query: &'q Query, uses: &HashMap<&str, u32>) -> Option<(u64, Vec<&'q Term>)> {
    let word = |word: &'q Word| {
        let cost: u64 = word.terms.iter().map(|term| cost(term, uses)).sum();
        (cost, word.terms.iter().collect())
    };
    let cheapest = |(cost, _): &(u64, Vec<&Term>)| *cost;
    match query {
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

/// How often a term will wake its query, without knowing the posts: short words are frequent in any text, and a word many rules
/// name is what posts talk about.
fn cost(term: &Term, uses: &HashMap<&str, u32>) -> u64 {
    let short = match key(term).chars().count() {
        0..=2 => 2000,
        3 => 300,
        4 => 60,
        5 => 20,
        _ => 5,
    };
    let prefix = if matches!(term, Term::Prefix(_)) { 20 } else { 0 };
    short + prefix + u64::from(uses.get(key(term)).copied().unwrap_or_default())
}

fn key(term: &Term) -> &str {
    match term {
        Term::Lemma(key) | Term::Form(key) | Term::Prefix(key) => key,
    }
}

fn each_word<'q>(query: &'q Query, visit: &mut dyn FnMut(&'q Word)) {
    match query {
        Query::Word(word) => visit(word),
        Query::Phrase(words) | Query::Near { words, .. } => words.iter().for_each(visit),
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| each_word(part, visit)),
        Query::Not(part) => each_word(part, visit),
        Query::Field(_) => {}
    }
}
