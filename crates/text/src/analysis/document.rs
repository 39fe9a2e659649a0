//! What a text is after analysis: its tokens.

use std::ops::Deref;
use std::sync::Arc;

use smol_str::SmolStr;

use super::vocabulary::Vocabulary;
use crate::query::{MAX_GAP, MAX_NEAR_WORDS};
use crate::words::Grammar;

/// Positions left free between the title, the text and the parts of a poll, so that no phrase crosses from one into another.
pub const POSITION_GAP: u32 = 100;

// However far apart the words of one `"…"~N` may be, they are in one field.
const _: () = assert!(MAX_GAP as usize + MAX_NEAR_WORDS < POSITION_GAP as usize);

/// Tokens of one field beyond this are not indexed: no post worth reading is longer, and one post must not stall the stream.
pub const MAX_TOKENS: usize = 20_000;

/// A token of a text: where it stands, and (by [`Deref`]) what word it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in its field.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Place among the tokens of the document; the text begins [`POSITION_GAP`] after the title.
    pub position: u32,
    /// Number of its sentence in the document; none reaches from one field into another.
    pub sentence: u32,
    /// Shared by all tokens that are spelled alike.
    pub(super) word: Arc<WordForm>,
}

/// A distinct word with all that is found out about it once rather than for each token.
#[derive(Debug, PartialEq, Eq)]
pub struct WordForm {
    /// As written, folded only: the key of the caches.
    pub(super) written: SmolStr,
    /// Folded spelling: lower case, ё as е, look-alike letters replaced, stretched ones shortened.
    pub form: Arc<str>,
    /// Folded dictionary forms, the likeliest first; at least one, none twice.
    pub lemmas: Arc<[Arc<str>]>,
    /// What it can be in a sentence.
    pub grammar: Grammar,
    /// The terms of the analyzer's vocabulary that it matches.
    pub(crate) terms: Box<[u32]>,
    /// The hash of its first lemma, by which texts are compared; none for an emoji.
    pub(crate) hash: Option<u64>,
    /// How much it says of an event.
    pub(crate) weight: u8,
}

impl Deref for Token {
    type Target = WordForm;

    fn deref(&self) -> &WordForm {
        &self.word
    }
}

/// The tokens of a post: those of the title, of the text, then of the poll.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// All tokens, by position.
    pub tokens: Vec<Token>,
    /// How many of them are the title's.
    pub title_tokens: usize,
    /// How many after those are the text's. The rest is the poll's, with offsets in its question or option.
    pub text_tokens: usize,
    /// The vocabulary whose terms the tokens carry.
    pub(crate) vocabulary: Option<Arc<Vocabulary>>,
}

impl Document {
    /// The position of the last token of each sentence, ascending.
    pub fn sentence_ends(&self) -> Vec<u32> {
        let last = |pair: &&[Token]| pair[0].sentence != pair[1].sentence;
        let ends = self.tokens.windows(2).filter(last).map(|pair| pair[0].position);
        ends.chain(self.tokens.last().map(|token| token.position)).collect()
    }
}
