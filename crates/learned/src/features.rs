//! What a model looks at: lemmas, pairs of neighbouring lemmas, and pieces of words.

use std::hash::{BuildHasherDefault, Hasher};

use text::Token;

/// The name of a feature: 62 bits of a hash, and of what kind it is in the lowest two. Features whose keys collide share a weight;
/// among a million features no collision is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeatureKey(pub u64);

/// Kinds of features.
#[derive(Clone, Copy)]
enum Kind {
    Word = 0,
    Pair = 1,
    Piece = 2,
}

/// Bits of a key that hold the kind.
const KIND_BITS: u32 = 2;

/// Length of the pieces of a word in characters, its borders counted: they carry over typos and endings no dictionary knows. Measured:
/// shorter and longer ones beside them cost three times the time and add nothing.
const PIECE: usize = 4;

/// Longer words are cut: nothing is learned from the end of a word of that length.
const MAX_WORD_CHARS: usize = 30;

/// How much a pair counts beside a word or a piece. Measured: at 1 pairs drown the words.
const PAIR_WEIGHT: f32 = 0.5;

impl FeatureKey {
    /// A word by its likeliest lemma.
    pub fn word(token: &Token) -> FeatureKey {
        FeatureKey::of(Kind::Word, word_hash(token))
    }

    fn of(kind: Kind, hash: u64) -> FeatureKey {
        FeatureKey((hash << KIND_BITS) | kind as u64)
    }

    /// How much its kind counts beside the others.
    pub fn weight(self) -> f32 {
        if self.0 & ((1 << KIND_BITS) - 1) == Kind::Pair as u64 { PAIR_WEIGHT } else { 1.0 }
    }
}

/// Calls `found` with each feature of a text, as often as it occurs.
pub fn each(tokens: &[Token], found: &mut impl FnMut(FeatureKey)) {
    let mut before = None;
    for token in tokens {
        let word = word_hash(token);
        found(FeatureKey::of(Kind::Word, word));
        if let Some(before) = before {
            found(FeatureKey::of(Kind::Pair, mix(before ^ word.rotate_left(17))));
        }
        before = Some(word);
        pieces(&token.form, &mut |piece| found(FeatureKey::of(Kind::Piece, piece)));
    }
}

/// Calls `piece` with the hash of each run of characters of a word with its borders.
fn pieces(form: &str, piece: &mut impl FnMut(u64)) {
    /// Stands before and after the word.
    const BORDER: char = ' ';
    let mut word = [BORDER; MAX_WORD_CHARS + 2];
    let mut length = 1;
    for (at, c) in word[1..=MAX_WORD_CHARS].iter_mut().zip(form.chars()) {
        *at = c;
        length += 1;
    }
    for run in word[..=length].windows(PIECE) {
        piece(mix(run.iter().fold(SEED, |state, c| step(state, u64::from(u32::from(*c))))));
    }
}

fn word_hash(token: &Token) -> u64 {
    let lemma = token.lemmas.first().unwrap_or(&token.form);
    hash(SEED, lemma.as_bytes())
}

/// FNV-1a, which never changes: models keep these numbers in their files.
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

fn hash(seed: u64, bytes: &[u8]) -> u64 {
    mix(bytes.iter().fold(seed, |state, byte| step(state, u64::from(*byte))))
}

fn step(state: u64, value: u64) -> u64 {
    (state ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Spreads a hash over all bits (the finalizer of MurmurHash3).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ (x >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ (x >> 33)
}

/// Keys are hashes already.
#[derive(Default, Clone, Copy)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(self.0, bytes);
    }

    fn write_u64(&mut self, key: u64) {
        // The table takes its tag from the highest bits and its bucket from the lowest, where the kind is.
        self.0 = key.rotate_right(KIND_BITS);
    }
}

pub type KeyHasher = BuildHasherDefault<AsIs>;
