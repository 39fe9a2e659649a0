//! The terms that many queries ask for, by number.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::DefaultHashBuilder;

use crate::query::Term;

/// Numbers for the terms of many queries.
///
/// An analyzer made with it notes once, beside each distinct word, which terms the word matches. Matching a post then compares no
/// strings at all, however many queries there are.
#[derive(Debug, Default)]
pub struct Vocabulary {
    lemmas: Numbers,
    forms: Numbers,
    prefixes: Numbers,
    /// Lengths of the prefixes in bytes, ascending: which beginnings of a form are worth looking up.
    prefix_lengths: Vec<usize>,
    len: u32,
}

/// Seeded, and twice as fast on short words as the standard library's hasher.
type Numbers = HashMap<Arc<str>, u32, DefaultHashBuilder>;

impl Vocabulary {
    /// The number of a term, a new one where it has none yet.
    pub(crate) fn add(&mut self, term: &Term) -> u32 {
        let (numbers, key) = match term {
            Term::Lemma(key) => (&mut self.lemmas, key),
            Term::Form(key) => (&mut self.forms, key),
            Term::Prefix(key) => {
                if let Err(at) = self.prefix_lengths.binary_search(&key.len()) {
                    self.prefix_lengths.insert(at, key.len());
                }
                (&mut self.prefixes, key)
            }
        };
        *numbers.entry(key.clone()).or_insert_with(|| {
            self.len += 1;
            self.len - 1
        })
    }

    /// The number of a term that was added.
    pub(crate) fn number(&self, term: &Term) -> Option<u32> {
        let (numbers, key) = match term {
            Term::Lemma(key) => (&self.lemmas, key),
            Term::Form(key) => (&self.forms, key),
            Term::Prefix(key) => (&self.prefixes, key),
        };
        numbers.get(key).copied()
    }

    /// How many terms there are: their numbers are below.
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    /// The terms that a word of a text matches, each once.
    pub(crate) fn terms_of(&self, form: &str, lemmas: &[Arc<str>]) -> Box<[u32]> {
        let mut terms: Vec<u32> = lemmas.iter().filter_map(|lemma| self.lemmas.get(lemma)).copied().collect();
        terms.extend(self.forms.get(form));
        let beginnings = self.prefix_lengths.iter().map_while(|&len| (len <= form.len()).then(|| form.get(..len)));
        terms.extend(beginnings.flatten().filter_map(|beginning| self.prefixes.get(beginning)));
        terms.sort_unstable();
        terms.dedup();
        terms.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_matches_its_lemmas_its_form_and_its_beginnings() {
        let mut vocabulary = Vocabulary::default();
        let terms = [
            Term::Lemma("вода".into()),
            Term::Form("воды".into()),
            Term::Prefix("во".into()),
            Term::Prefix("воды".into()),
            Term::Form("вода".into()),
            Term::Prefix("водыыы".into()),
            Term::Lemma("воды".into()),
        ];
        let numbers: Vec<u32> = terms.iter().map(|term| vocabulary.add(term)).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(vocabulary.add(&terms[2]), 2);
        assert_eq!(*vocabulary.terms_of("воды", &["вода".into()]), [0, 1, 2, 3]);
        assert!(vocabulary.terms_of("в", &["в".into()]).is_empty());
    }
}
