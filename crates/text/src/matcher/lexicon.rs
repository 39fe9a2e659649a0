//! Phrases of lists, looked for all at once.

use std::sync::Arc;

use crate::analysis::{Document, Token, Vocabulary};
use crate::query::{Query, QueryError, Word};

/// Between the parts of a phrase that `..` separates, so many other tokens may stand.
const MAX_BETWEEN: usize = 4;

/// What separates parts of a phrase that need not be neighbours.
const GAP: &str = " .. ";

/// Words side by side, with a few others between its parts: `люк .. без крышка`.
#[derive(Debug, Clone)]
pub struct Phrase {
    parts: Vec<Vec<Word>>,
}

impl Phrase {
    /// Reads a phrase as the query language writes it between quotes: words, `=forms`, beginnings`*`, `(alternatives|of one place)`.
    ///
    /// # Errors
    /// The query language's own, with the place in the part that it complains of.
    pub fn parse(text: &str) -> Result<Phrase, QueryError> {
        let part = |part: &str| match Query::parse(&format!("\"{}\"", part.trim()))? {
            Query::Phrase { words, .. } => Ok(words),
            Query::Word(word) => Ok(vec![word]),
            _ => Err(QueryError {
                at: 0..part.len(),
                message: "здесь годятся только слова подряд; оставьте слова и (варианты|слова)".to_owned(),
                query: part.to_owned(),
            }),
        };
        Ok(Phrase { parts: text.split(GAP).map(part).collect::<Result<_, _>>()? })
    }

    /// Every word of the phrase.
    pub(super) fn words(&self) -> impl Iterator<Item = &Word> {
        self.parts.iter().flatten()
    }
}

/// Where a phrase was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its number in the lexicon.
    pub phrase: usize,
    /// The number of its first token in the document.
    pub first: usize,
    /// The number of its last token.
    pub last: usize,
}

/// Many phrases, each under the rarest of its first words: «не» begins too many to be looked at for each. Documents must be of an
/// analyzer with its vocabulary to be read without looking at a letter.
#[derive(Debug)]
pub struct Lexicon {
    vocabulary: Arc<Vocabulary>,
    /// Of each phrase its parts: for each place the terms that fit, sorted.
    phrases: Vec<Vec<Vec<Box<[u32]>>>>,
    /// Of each term the phrases that wait for it, with its place in their first part.
    waiting: Vec<Vec<(u32, u32)>>,
}

impl Lexicon {
    pub(super) fn new(phrases: &[Phrase], vocabulary: Arc<Vocabulary>) -> Lexicon {
        let place = |word: &Word| {
            let mut terms: Vec<u32> = word.terms.iter().filter_map(|term| vocabulary.number(term)).collect();
            terms.sort_unstable();
            terms.dedup();
            terms.into_boxed_slice()
        };
        let phrases: Vec<Vec<Vec<Box<[u32]>>>> = phrases
            .iter()
            .map(|phrase| phrase.parts.iter().map(|part| part.iter().map(place).collect()).collect())
            .collect();
        let mut uses = vec![0_usize; vocabulary.len()];
        phrases.iter().flatten().flatten().flatten().for_each(|term| uses[*term as usize] += 1);
        let mut waiting = vec![Vec::new(); vocabulary.len()];
        for (number, parts) in phrases.iter().enumerate() {
            let often = |place: &[u32]| place.iter().map(|term| uses[*term as usize]).max();
            let rarest = parts[0].iter().enumerate().min_by_key(|(_, place)| often(place));
            for (at, term) in rarest.into_iter().flat_map(|(at, place)| place.iter().map(move |term| (at, term))) {
                waiting[*term as usize].push((number as u32, at as u32));
            }
        }
        Lexicon { vocabulary, phrases, waiting }
    }

    /// Calls `found` for each place where a phrase stands, in no order. Phrases do not cross from one field into another.
    pub fn find(&self, document: &Document, mut found: impl FnMut(Found)) {
        let tokens = &document.tokens;
        let own = document.vocabulary.as_ref().is_some_and(|own| Arc::ptr_eq(own, &self.vocabulary));
        let foreign: Vec<Box<[u32]>> = match own {
            true => Vec::new(),
            false => tokens.iter().map(|token| self.vocabulary.terms_of(&token.form, &token.lemmas)).collect(),
        };
        let terms = |at: usize| -> &[u32] { if own { &tokens[at].terms } else { &foreign[at] } };
        for at in 0..tokens.len() {
            for term in terms(at) {
                for (phrase, place) in &self.waiting[*term as usize] {
                    let (phrase, Some(first)) = (*phrase as usize, at.checked_sub(*place as usize)) else { continue };
                    if let Some(last) = end(&self.phrases[phrase], first, tokens, &terms) {
                        found(Found { phrase, first, last });
                    }
                }
            }
        }
    }
}

/// The last token of a phrase that begins at a token, if it stands there.
fn end<'a>(
    parts: &[Vec<Box<[u32]>>],
    first: usize,
    tokens: &[Token],
    terms: &impl Fn(usize) -> &'a [u32],
) -> Option<usize> {
    let fits = |place: &[u32], at: usize| terms(at).iter().any(|term| place.binary_search(term).is_ok());
    let stands = |part: &[Box<[u32]>], from: usize| {
        (from + part.len() <= tokens.len()
            && tokens[from + part.len() - 1].position - tokens[from].position < part.len() as u32
            && part.iter().zip(from..).all(|(place, at)| fits(place, at)))
        .then(|| from + part.len() - 1)
    };
    let mut last = stands(&parts[0], first)?;
    for part in &parts[1..] {
        last = (last + 1..=last + 1 + MAX_BETWEEN).find_map(|from| stands(part, from))?;
    }
    let between = tokens[last].position - tokens[first].position;
    (between as usize == last - first).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Analyzer, Percolator};

    fn found(phrases: &[&str], text: &str) -> Vec<(usize, usize, usize)> {
        let phrases: Vec<Phrase> = phrases.iter().map(|phrase| Phrase::parse(phrase).unwrap()).collect();
        let (percolator, lexicon) = Percolator::with_phrases(Vec::new(), &phrases);
        let mut places = Vec::new();
        let document = Analyzer::with_vocabulary(percolator.vocabulary()).document(None, text);
        lexicon.find(&document, |found| places.push((found.phrase, found.first, found.last)));
        places.sort_unstable_by_key(|(phrase, first, last)| (*first, *last, *phrase));
        let mut same = Vec::new();
        lexicon.find(&Analyzer::new().document(None, text), |found| same.push((found.phrase, found.first, found.last)));
        same.sort_unstable_by_key(|(phrase, first, last)| (*first, *last, *phrase));
        assert_eq!(places, same);
        places
    }

    #[test]
    fn phrases_are_found_in_their_forms_with_gaps_where_they_allow_them() {
        let phrases = ["вода", "холодный вода", "люк .. без крышка", "=нет"];
        assert_eq!(found(&phrases, "Нет холодной воды"), [(3, 0, 0), (1, 1, 2), (0, 2, 2)]);
        assert_eq!(found(&phrases, "Люк на дороге стоит без крышки"), [(2, 0, 5)]);
        assert_eq!(found(&phrases, "Люк на дороге возле самого дома стоит без крышки"), []);
        assert!(Phrase::parse("вода | свет").is_err());
    }
}
