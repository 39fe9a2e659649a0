//! Numbers for the words of many queries.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::Vocabulary;
use crate::matcher::lexicon::Phrase;
use crate::query::{Query, Word};

/// A word of a query by number: that of its term, or, above all terms, that of its alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct WordId(pub(super) u32);

/// The numbered words of many queries.
#[derive(Debug)]
pub(super) struct WordTable {
    pub(super) vocabulary: Arc<Vocabulary>,
    /// The terms of each word that has several.
    alternatives: Vec<Box<[u32]>>,
}

impl WordTable {
    /// How many words have several terms.
    pub(super) fn alternatives_len(&self) -> usize {
        self.alternatives.len()
    }

    /// The terms of a word that has several, and its number among such words.
    pub(super) fn alternatives(&self, word: WordId) -> Option<(usize, &[u32])> {
        let number = (word.0 as usize).checked_sub(self.vocabulary.len())?;
        Some((number, &self.alternatives[number]))
    }
}

/// Builds a [`WordTable`].
pub(super) struct WordTableBuilder {
    vocabulary: Vocabulary,
    alternatives: Vec<Box<[u32]>>,
    known: HashMap<Box<[u32]>, WordId>,
}

impl WordTableBuilder {
    /// Numbers every term of the queries first: the numbers of alternatives follow them.
    pub(super) fn new(queries: &[Query], phrases: &[Phrase]) -> WordTableBuilder {
        let mut vocabulary = Vocabulary::default();
        for query in queries {
            query.each_word(&mut |word| word.terms.iter().for_each(|term| _ = vocabulary.add(term)));
        }
        for word in phrases.iter().flat_map(Phrase::words) {
            word.terms.iter().for_each(|term| _ = vocabulary.add(term));
        }
        WordTableBuilder { vocabulary, alternatives: Vec::new(), known: HashMap::new() }
    }

    /// How many terms there are.
    pub(super) fn terms_len(&self) -> usize {
        self.vocabulary.len()
    }

    /// The terms of a word, by number, as they stand in it.
    pub(super) fn terms(&mut self, word: &Word) -> Vec<u32> {
        word.terms.iter().map(|term| self.vocabulary.add(term)).collect()
    }

    /// The number of a word.
    pub(super) fn id(&mut self, word: &Word) -> WordId {
        let mut terms = self.terms(word);
        terms.sort_unstable();
        terms.dedup();
        if let [term] = terms[..] {
            return WordId(term);
        }
        let next = WordId((self.vocabulary.len() + self.alternatives.len()) as u32);
        *self.known.entry(terms.into()).or_insert_with_key(|terms| {
            self.alternatives.push(terms.clone());
            next
        })
    }

    pub(super) fn build(self) -> WordTable {
        WordTable { vocabulary: Arc::new(self.vocabulary), alternatives: self.alternatives }
    }
}
