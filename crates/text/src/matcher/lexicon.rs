//! Phrases of lists, looked for all at once.

use std::sync::Arc;

use super::by_term::ByTerm;
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
    /// Of each phrase its parts.
    phrases: Vec<Box<[Box<[Place]>]>>,
    /// The phrases that wait, by the term they wait for.
    waiting: ByTerm<Waiting>,
}

/// A place of a phrase: the terms that fit there.
#[derive(Debug)]
struct Place {
    mask: Mask,
    /// Sorted.
    terms: Box<[u32]>,
}

/// A phrase under one of the terms of its rarest place.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    phrase: u32,
    /// The number of that place in the first part.
    place: u32,
    beside: Beside,
    /// What fits there.
    mask: Mask,
}

/// Where another word of a phrase must stand.
#[derive(Debug, Clone, Copy)]
enum Beside {
    /// The phrase is one word.
    Nowhere,
    Before,
    After,
    /// The first part is one word, and the next part begins among the words that may follow.
    Ahead,
}

/// A bit for each term of a set, shared by terms: two sets without a common bit have no common term. Nearly all phrases are ruled out by
/// it before their own memory is read.
type Mask = u128;

fn mask(terms: &[u32]) -> Mask {
    terms.iter().fold(0, |mask, term| mask | 1 << (term % Mask::BITS))
}

/// What is read of a token: its terms and their mask.
type Read<'a> = (Mask, &'a [u32]);

impl Place {
    fn fits(&self, (mask, terms): Read) -> bool {
        self.mask & mask != 0 && terms.iter().any(|term| self.terms.binary_search(term).is_ok())
    }
}

impl Lexicon {
    pub(super) fn new(phrases: &[Phrase], vocabulary: Arc<Vocabulary>) -> Lexicon {
        let place = |word: &Word| {
            let mut terms: Vec<u32> = word.terms.iter().filter_map(|term| vocabulary.number(term)).collect();
            terms.sort_unstable();
            terms.dedup();
            Place { mask: mask(&terms), terms: terms.into_boxed_slice() }
        };
        let phrases: Vec<Box<[Box<[Place]>]>> = phrases
            .iter()
            .map(|phrase| phrase.parts.iter().map(|part| part.iter().map(place).collect()).collect())
            .collect();
        let mut uses = vec![0_usize; vocabulary.len()];
        let places = phrases.iter().flatten().flatten();
        places.flat_map(|place| &place.terms).for_each(|term| uses[*term as usize] += 1);
        let mut waiting = vec![Vec::new(); vocabulary.len()];
        for (number, parts) in phrases.iter().enumerate() {
            let often = |place: &Place| place.terms.iter().map(|term| uses[*term as usize]).max();
            let Some((at, rarest)) = parts[0].iter().enumerate().min_by_key(|(_, place)| often(place)) else {
                continue;
            };
            let (beside, mask) = match (at.checked_sub(1), parts[0].get(at + 1), parts.get(1)) {
                (_, Some(next), _) => (Beside::After, next.mask),
                (Some(before), None, _) => (Beside::Before, parts[0][before].mask),
                (None, None, Some(next)) => (Beside::Ahead, next[0].mask),
                (None, None, None) => (Beside::Nowhere, Mask::MAX),
            };
            let one = Waiting { phrase: number as u32, place: at as u32, beside, mask };
            rarest.terms.iter().for_each(|term| waiting[*term as usize].push(one));
        }
        Lexicon { vocabulary, phrases, waiting: ByTerm::new(&waiting) }
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
        let read: Vec<Read> = (0..tokens.len()).map(|at| (mask(terms(at)), terms(at))).collect();
        let mask_at = |at: Option<usize>| at.and_then(|at| read.get(at)).map_or(0, |(mask, _)| *mask);
        for (at, (_, terms)) in read.iter().enumerate() {
            let following = read[at + 1..].iter().take(MAX_BETWEEN + 1);
            let ahead = following.fold(0, |ahead, (mask, _)| ahead | mask);
            let [before, after] = [mask_at(at.checked_sub(1)), mask_at(Some(at + 1))];
            for term in *terms {
                for Waiting { phrase, place, beside, mask } in self.waiting.of(*term) {
                    let there = match beside {
                        Beside::Nowhere => {
                            found(Found { phrase: *phrase as usize, first: at, last: at });
                            continue;
                        }
                        Beside::Before => before,
                        Beside::After => after,
                        Beside::Ahead => ahead,
                    };
                    if there & mask == 0 {
                        continue;
                    }
                    let (phrase, Some(first)) = (*phrase as usize, at.checked_sub(*place as usize)) else { continue };
                    if let Some(last) = end(&self.phrases[phrase], first, tokens, &read) {
                        found(Found { phrase, first, last });
                    }
                }
            }
        }
    }
}

/// The last token of a phrase that begins at a token, if it stands there.
fn end(parts: &[Box<[Place]>], first: usize, tokens: &[Token], read: &[Read]) -> Option<usize> {
    let stands = |part: &[Place], from: usize| {
        let of_it = read.get(from..from + part.len())?;
        let last = from + part.len() - 1;
        (part.iter().zip(of_it).all(|(place, of_it)| place.fits(*of_it))
            && tokens[last].position - tokens[from].position < part.len() as u32)
            .then_some(last)
    };
    let mut last = stands(&parts[0], first)?;
    for part in &parts[1..] {
        let next = last + 1;
        // «Вчера опять не дали» is no «вчера .. дали».
        let denied = |from: usize| from > next && &*tokens[from - 1].form == "не";
        last = (next..=next + MAX_BETWEEN).find_map(|from| stands(part, from).filter(|_| !denied(from)))?;
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
        assert_eq!(found(&phrases, "Люк на дороге возле дома без крышки"), [(2, 0, 6)]);
        assert_eq!(found(&phrases, "Люк на дороге возле самого дома без крышки"), []);
        assert_eq!(found(&phrases, "Люк на дороге возле самого дома стоит без крышки"), []);
        assert_eq!(found(&["вчера .. =дали", "вчера .. не =дали"], "Вчера воду опять не дали"), [(1, 0, 4)]);
        for refused in ["вода | свет", "люк .. ", " .. люк"] {
            assert!(Phrase::parse(refused).is_err(), "{refused}");
        }
    }
}
