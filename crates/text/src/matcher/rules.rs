//! Many queries against one document.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Fields, Indexed, Places, Vocabulary, matches_at};
use crate::query::{Query, Term, Word};
use crate::{Document, Token};

/// Many queries, matched at once: the cost of a post grows with the rules it may match, not with all there are.
///
/// Each query waits under its *anchors*: terms of which at least one is in every post it matches, chosen to be rare. A post
/// wakes the queries under its own words, and these are verified. Documents of an analyzer that was made
/// [with the vocabulary](crate::Analyzer::with_vocabulary) of these rules are matched without looking at a letter; those of
/// others match as well, each word looked up anew.
#[derive(Debug)]
pub struct RuleSet {
    vocabulary: Arc<Vocabulary>,
    /// The queries with the numbers of their terms.
    queries: Vec<Query<Numbers>>,
    /// Under each term the queries that wait for it.
    waiting: Vec<Vec<u32>>,
    /// Queries without a required word: fields only, or a negation among alternatives.
    always: QueryBits,
}

/// The numbers of a word's terms.
type Numbers = Box<[u32]>;

/// A set of queries, a bit for each.
type QueryBits = Vec<u64>;

impl RuleSet {
    /// Prepares queries; a hit names a query by its index here.
    pub fn new(queries: Vec<Query>) -> RuleSet {
        let mut uses: HashMap<&Term, u32> = HashMap::new();
        for query in &queries {
            query.each_word(&mut |word| word.terms.iter().for_each(|term| *uses.entry(term).or_default() += 1));
        }
        let mut vocabulary = Vocabulary::default();
        let numbered: Vec<Query<Numbers>> = queries
            .iter()
            .map(|query| query.map_words(&mut |word| word.terms.iter().map(|term| vocabulary.add(term)).collect()))
            .collect();
        let mut waiting = vec![Vec::new(); vocabulary.len()];
        let mut always = vec![0; queries.len().div_ceil(64)];
        for (index, query) in queries.iter().enumerate() {
            match anchors(query, &uses) {
                None => always[index / 64] |= 1 << (index % 64),
                Some((_, terms)) => {
                    terms.iter().for_each(|term| waiting[vocabulary.add(term) as usize].push(index as u32));
                }
            }
        }
        RuleSet { vocabulary: Arc::new(vocabulary), queries: numbered, waiting, always }
    }

    /// The terms of these queries, for an analyzer.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.vocabulary.clone()
    }

    /// Calls `hit` for each query that matches, in ascending order, with the positions as [`matches()`](super::matches()) gives
    /// them.
    pub fn matches(&self, document: &Indexed, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        self.wake(document.document()).matches(0..self.queries.len(), fields, hit);
    }

    /// Finds the queries that a document may match, for stages that are asked one after the other.
    pub fn wake<'a>(&'a self, document: &Document) -> Awake<'a> {
        let met = Met::new(document, &self.vocabulary);
        let mut candidates = self.always.clone();
        for term in met.terms() {
            for &query in &self.waiting[term as usize] {
                candidates[query as usize / 64] |= 1 << (query % 64);
            }
        }
        Awake { rules: self, met, candidates }
    }
}

/// The queries of a set that a document may match.
pub struct Awake<'a> {
    rules: &'a RuleSet,
    met: Met,
    candidates: QueryBits,
}

impl Awake<'_> {
    /// Calls `hit` for each query of a range that matches, as [`RuleSet::matches`] does for all.
    pub fn matches(&self, range: Range<usize>, fields: Option<&Fields>, hit: &mut dyn FnMut(usize, Vec<u32>)) {
        for block in range.start / 64..range.end.div_ceil(64) {
            let mut bits = self.candidates[block];
            while bits != 0 {
                let query = block * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if range.contains(&query)
                    && let Some(positions) = matches_at(&self.rules.queries[query], &self.met, fields)
                {
                    hit(query, positions);
                }
            }
        }
    }
}

/// Which terms a document meets, and where.
struct Met {
    /// Term in the upper half, position in the lower; ascending.
    places: Vec<u64>,
    /// A bit for each term that is there, others perhaps at the same bit: most terms asked for are not, and go no further.
    filter: [u64; FILTER_WORDS],
}

/// 1,024 bits: a post of a hundred words leaves nine in ten unset.
const FILTER_WORDS: usize = 16;

impl Met {
    fn new(document: &Document, vocabulary: &Arc<Vocabulary>) -> Met {
        let known = document.vocabulary.as_ref().is_some_and(|own| Arc::ptr_eq(own, vocabulary));
        let mut places = Vec::with_capacity(document.tokens.len() * 2);
        let mut add = |token: &Token, terms: &[u32]| {
            places.extend(terms.iter().map(|&term| u64::from(term) << 32 | u64::from(token.position)));
        };
        for token in &document.tokens {
            if known {
                add(token, &token.terms);
            } else {
                add(token, &vocabulary.met_by(&token.form, &token.lemmas));
            }
        }
        places.sort_unstable();
        let mut filter = [0; FILTER_WORDS];
        for place in &places {
            let (word, bit) = filter_bit((place >> 32) as u32);
            filter[word] |= bit;
        }
        Met { places, filter }
    }

    /// Each term once.
    fn terms(&self) -> impl Iterator<Item = u32> {
        self.places.chunk_by(|a, b| a >> 32 == b >> 32).map(|same| (same[0] >> 32) as u32)
    }

    fn at(&self, term: u32) -> &[u64] {
        let (word, bit) = filter_bit(term);
        if self.filter[word] & bit == 0 {
            return &[];
        }
        let from = self.places.partition_point(|&place| place >> 32 < u64::from(term));
        let len = self.places[from..].iter().take_while(|&&place| place >> 32 == u64::from(term)).count();
        &self.places[from..from + len]
    }
}

fn filter_bit(term: u32) -> (usize, u64) {
    ((term / 64) as usize % FILTER_WORDS, 1 << (term % 64))
}

impl Places<Numbers> for Met {
    fn has(&self, word: &Numbers) -> bool {
        word.iter().any(|&term| !self.at(term).is_empty())
    }

    fn append(&self, word: &Numbers, positions: &mut Vec<u32>) {
        for &term in word {
            positions.extend(self.at(term).iter().map(|&place| place as u32));
        }
    }

    fn sorted(word: &Numbers) -> bool {
        word.len() == 1
    }
}

/// Terms of which at least one is in every document a query matches, with what waking it will cost; none where no word is required.
fn anchors<'q>(query: &'q Query, uses: &HashMap<&Term, u32>) -> Option<(u64, Vec<&'q Term>)> {
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
fn cost(term: &Term, uses: &HashMap<&Term, u32>) -> u64 {
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
}
