//! The telling words of a post, compact enough to travel with it and to be compared with thousands of others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Terms of a sketch: 171 characters on the wire. With fewer, two long reports of one event keep different words.
pub const MAX_TERMS: usize = 32;

/// Sketches with fewer weighted words are not compared: two posts that short share as much on one subject as on one event.
const MIN_COMPARED: usize = 7;

/// From this similarity two posts close in time report one event. Measured: docs/quality.md.
pub const SAME_EVENT: f32 = 0.62;

/// What remains of the similarity where both posts open with numbers and with different ones: the same notice for another
/// house or another day.
const OTHER_NUMBERS: f32 = 0.6;

/// The bytes of a term on the wire.
const TERM_BYTES: usize = 4;

const HASH: u32 = 0x0fff_ffff;
const WEIGHT_SHIFT: u32 = 28;
const NUMBER: u32 = 1 << 30;
const OPENING: u32 = 1 << 31;

/// A word of a sketch: 28 bits of its lemma's hash, then its weight and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term(u32);

impl Term {
    /// A word by the hash of its lemma. `weight` is 0 to 3, heavier for what is rarer; `opening`: it is among the first words
    /// that have a weight.
    pub fn new(hash: u64, weight: u8, opening: bool) -> Term {
        let opening = if opening { OPENING } else { 0 };
        Term(hash as u32 & HASH | u32::from(weight.min(3)) << WEIGHT_SHIFT | opening)
    }

    /// A number among the first words.
    pub fn number(hash: u64, weight: u8) -> Term {
        Term(Term::new(hash, weight, true).0 | NUMBER)
    }

    /// The hash of its lemma.
    pub fn word(self) -> u32 {
        self.0 & HASH
    }

    /// From 0, for a number that only counts in the opening, to 3.
    pub fn weight(self) -> u32 {
        self.0 >> WEIGHT_SHIFT & 3
    }

    /// Whether it is among the first words that have a weight.
    pub fn is_opening(self) -> bool {
        self.0 & OPENING != 0
    }

    fn is_number(self) -> bool {
        self.0 & NUMBER != 0
    }
}

/// The telling words of a post, by their hashes. Written as base64 of four bytes a term, in
/// network byte order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sketch(Vec<Term>);

/// Why a text is no sketch.
#[derive(Debug, Error)]
pub enum SketchError {
    /// Not base64.
    #[error("a sketch is base64: {0}")]
    Encoding(#[from] base64::DecodeError),
    /// No whole number of terms, or too many.
    #[error("a sketch of {0} bytes: it has up to {MAX_TERMS} terms of {TERM_BYTES} bytes")]
    Length(usize),
}

impl Sketch {
    /// A sketch of up to [`MAX_TERMS`] terms, the first ones given; a word given twice counts once.
    pub fn new(mut terms: Vec<Term>) -> Sketch {
        terms.truncate(MAX_TERMS);
        terms.sort_unstable_by_key(|term| (term.word(), term.0));
        terms.dedup_by_key(|term| term.word());
        Sketch(terms)
    }

    /// The terms in the order of their hashes.
    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    /// How far two posts report the same, from 0 to 1: by the words that they share and, with twice the weight, by how much of the
    /// opening of each occurs in the other. See [`SAME_EVENT`]. None where one of them is too short to compare.
    ///
    /// Texts on one subject share words; texts on one event also contain what the other one begins with, in whatever order.
    pub fn similarity(&self, other: &Sketch) -> Option<f32> {
        let (own, others) = (Sums::of(self), Sums::of(other));
        if own.words.min(others.words) < MIN_COMPARED {
            return None;
        }
        let (mut shared, mut told, mut others_told, mut same_number) = (0, 0, 0, false);
        let mut rest = &other.0[..];
        for term in &self.0 {
            while let [other, after @ ..] = rest
                && other.word() < term.word()
            {
                rest = after;
            }
            let Some(same) = rest.first().filter(|other| other.word() == term.word()) else { continue };
            shared += term.weight().min(same.weight());
            told += if term.is_opening() { term.weight() } else { 0 };
            others_told += if same.is_opening() { same.weight() } else { 0 };
            same_number |= term.is_number() && same.is_number();
        }
        let overlap = shared as f32 / (own.weight as f32 * others.weight as f32).sqrt();
        let opening = (told as f32 * others_told as f32 / (own.opening as f32 * others.opening as f32)).sqrt();
        let other_numbers = own.numbers && others.numbers && !same_number;
        Some((overlap + 2.0 * opening) / 3.0 * if other_numbers { OTHER_NUMBERS } else { 1.0 })
    }
}

/// Sums over the terms of a sketch.
struct Sums {
    words: usize,
    weight: u32,
    /// At least 1, so that a sketch made elsewhere divides nothing by zero.
    opening: u32,
    numbers: bool,
}

impl Sums {
    fn of(sketch: &Sketch) -> Sums {
        let mut sums = Sums { words: 0, weight: 0, opening: 0, numbers: false };
        for term in &sketch.0 {
            sums.words += usize::from(term.weight() > 0);
            sums.weight += term.weight();
            sums.opening += if term.is_opening() { term.weight() } else { 0 };
            sums.numbers |= term.is_number();
        }
        Sums { opening: sums.opening.max(1), ..sums }
    }
}

impl TryFrom<String> for Sketch {
    type Error = SketchError;

    fn try_from(text: String) -> Result<Sketch, SketchError> {
        let bytes = STANDARD_NO_PAD.decode(text)?;
        if !bytes.len().is_multiple_of(TERM_BYTES) || bytes.len() > MAX_TERMS * TERM_BYTES {
            return Err(SketchError::Length(bytes.len()));
        }
        let (terms, _) = bytes.as_chunks::<TERM_BYTES>();
        Ok(Sketch::new(terms.iter().map(|term| Term(u32::from_be_bytes(*term))).collect()))
    }
}

impl From<Sketch> for String {
    fn from(sketch: Sketch) -> String {
        let bytes: Vec<u8> = sketch.0.iter().flat_map(|term| term.0.to_be_bytes()).collect();
        STANDARD_NO_PAD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn words(hashes: Range<u64>) -> Vec<Term> {
        hashes.clone().map(|hash| Term::new(hash, 2, hash < hashes.start + 6)).collect()
    }

    fn sketch(hashes: Range<u64>) -> Sketch {
        Sketch::new(words(hashes))
    }

    #[test]
    fn the_same_words_are_the_same_and_other_words_are_not() {
        assert_eq!(sketch(0..20).similarity(&sketch(0..20)), Some(1.0));
        assert_eq!(sketch(0..20).similarity(&sketch(20..40)), Some(0.0));
        let half = sketch(0..20).similarity(&sketch(10..30));
        assert_eq!(half, sketch(10..30).similarity(&sketch(0..20)));
        assert!(half < Some(SAME_EVENT), "{half:?}");
    }

    #[test]
    fn the_opening_told_elsewhere_weighs_more_than_as_many_other_words() {
        let plain = |hashes: Range<u64>| hashes.map(|hash| Term::new(hash, 2, false)).collect::<Vec<_>>();
        let opening_told = Sketch::new([words(8..14), plain(0..6)].concat());
        let end_told = Sketch::new([words(8..14), plain(14..20)].concat());
        assert!(sketch(0..20).similarity(&opening_told) > sketch(0..20).similarity(&end_told));
    }

    #[test]
    fn other_numbers_in_the_opening_part_what_is_else_the_same() {
        let with = |number| Sketch::new([vec![Term::number(number, 0)], words(0..20)].concat());
        assert_eq!(with(1000).similarity(&with(1000)), Some(1.0));
        assert!(with(1000).similarity(&with(1001)) < Some(SAME_EVENT));
        assert_eq!(with(1000).similarity(&sketch(0..20)), Some(1.0));
    }

    #[test]
    fn short_ones_are_not_compared() {
        assert_eq!(sketch(0..6).similarity(&sketch(0..6)), None);
        assert_eq!(sketch(0..7).similarity(&sketch(0..7)), Some(1.0));
        assert_eq!(Sketch::new(Vec::new()).similarity(&Sketch::new(Vec::new())), None);
    }

    #[test]
    fn it_travels_as_text_and_foreign_text_is_refused() {
        let written = String::from(sketch(0..MAX_TERMS as u64 + 5));
        assert_eq!(written.len(), 171);
        assert_eq!(Sketch::try_from(written).unwrap(), sketch(0..MAX_TERMS as u64));
        for wrong in ["?", "AAAA", &"A".repeat(342)] {
            assert!(Sketch::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        // Without openings and weights nothing is divided by zero.
        let bare = Sketch::new((0..20).map(|hash| Term::new(hash, 1, false)).collect());
        assert!(bare.similarity(&bare).is_some_and(f32::is_finite));
    }
}
