//! From a text to tokens with their lemmas.

use std::sync::Arc;

use super::document::{Document, MAX_TOKENS, POSITION_GAP, Token};
use super::vocabulary::Vocabulary;
use super::word_cache::WordCache;
use crate::tokens::{Scanned, Sentences, scan};

/// A word that the scanner has read and that is yet to be looked up.
struct ScannedWord {
    start: u32,
    end: u32,
    /// Where its folded letters end among those of all words read.
    letters_end: u32,
    /// Its slot in the cache.
    slot: u32,
}

/// Makes tokens. Owns a bounded cache of words, so each thread has an analyzer of its own.
pub struct Analyzer {
    words: WordCache,
    /// The words of the field being read, and their letters; kept for their memory.
    scanned: Vec<ScannedWord>,
    letters: String,
}

impl Analyzer {
    /// An analyzer with an empty cache.
    pub fn new() -> Analyzer {
        Analyzer::with_cache(WordCache::new(None))
    }

    /// An analyzer for a [`Percolator`](crate::Percolator): its documents carry the terms of that vocabulary and are matched faster.
    pub fn with_vocabulary(vocabulary: Arc<Vocabulary>) -> Analyzer {
        Analyzer::with_cache(WordCache::new(Some(vocabulary)))
    }

    fn with_cache(words: WordCache) -> Analyzer {
        Analyzer { words, scanned: Vec::new(), letters: String::new() }
    }

    /// The tokens of one text, with positions from zero; at most [`MAX_TOKENS`].
    pub fn tokens(&mut self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.append(text, 0, &mut tokens);
        tokens
    }

    /// The tokens of a title and a text.
    pub fn document(&mut self, title: Option<&str>, text: &str) -> Document {
        let mut tokens = Vec::new();
        let next = self.append(title.unwrap_or_default(), 0, &mut tokens);
        let title_tokens = tokens.len();
        self.append(text, next, &mut tokens);
        let text_tokens = tokens.len() - title_tokens;
        Document { tokens, title_tokens, text_tokens, vocabulary: self.words.vocabulary() }
    }

    /// The tokens of everything a post says: title, text, and the question and options of its poll.
    pub fn post_document(&mut self, post: &model::Post) -> Document {
        let poll = post.poll.iter().flat_map(|poll| std::iter::once(&poll.question).chain(&poll.options));
        self.fields_document(post.title.as_deref(), &post.text, poll.map(String::as_str))
    }

    /// As [`Analyzer::post_document`], from the fields alone.
    pub fn fields_document<'a>(
        &mut self,
        title: Option<&str>,
        text: &str,
        poll: impl IntoIterator<Item = &'a str>,
    ) -> Document {
        let mut document = self.document(title, text);
        let mut next = document.tokens.last().map_or(0, after);
        for part in poll {
            if document.tokens.len() >= MAX_TOKENS {
                break;
            }
            next = self.append(part, next, &mut document.tokens);
        }
        document
    }

    /// Appends the tokens of a field that begins at a position; returns where the next field begins.
    fn append(&mut self, text: &str, first: u32, tokens: &mut Vec<Token>) -> u32 {
        let (mut scanned, mut letters) = (std::mem::take(&mut self.scanned), std::mem::take(&mut self.letters));
        scanned.clear();
        letters.clear();
        scan(text, &mut |Scanned { word, start, end, context }| {
            let begin = letters.len();
            letters.push_str(word);
            context.mark(&mut letters);
            let (slot, letters_end) = (self.words.slot(&letters[begin..]), letters.len() as u32);
            scanned.push(ScannedWord { start: start as u32, end: end as u32, letters_end, slot });
            scanned.len() < MAX_TOKENS
        });
        self.words.prefetch(scanned.iter().map(|scanned| scanned.slot));
        let before = self.words.stats();
        tokens.reserve(scanned.len());
        let mut letters_start = 0;
        let mut sentence = tokens.last().map_or(0, |last| last.sentence + 1);
        let mut sentences = Sentences::default();
        for (n, word) in scanned.iter().enumerate() {
            let letters = &letters[letters_start..word.letters_end as usize];
            letters_start = word.letters_end as usize;
            let ScannedWord { start, end, .. } = *word;
            let word = self.words.word(letters, word.slot);
            tokens.push(Token { start, end, position: first + n as u32, sentence, word });
            let ends = |next: &ScannedWord| {
                sentences.end_after(text, start as usize..end as usize, next.start as usize..next.end as usize)
            };
            sentence += u32::from(scanned.get(n + 1).is_some_and(ends));
        }
        self.words.stats().publish_since(before);
        let next = if scanned.is_empty() { first } else { first + scanned.len() as u32 + POSITION_GAP };
        (self.scanned, self.letters) = (scanned, letters);
        next
    }
}

impl Default for Analyzer {
    fn default() -> Analyzer {
        Analyzer::new()
    }
}

/// Where a field begins that follows this last token.
fn after(last: &Token) -> u32 {
    last.position + 1 + POSITION_GAP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CacheStats;

    #[test]
    fn title_text_and_poll_share_positions_with_gaps_between() {
        let post = model::wire::read_post(
            r#"{"id":"vk:-1_2","platform":"vk","source":"city","published_at":"2026-11-01T10:00:00Z","title":"Нет воды",
                "text":"Третий день!","poll":{"question":"Есть вода?","options":["да","нет"]}}"#
                .as_bytes(),
            None,
        )
        .unwrap();
        let document = Analyzer::new().post_document(&post);
        let positions: Vec<u32> = document.tokens.iter().map(|token| token.position).collect();
        assert_eq!(positions, [0, 1, 102, 103, 204, 205, 306, 407]);
        assert_eq!((document.title_tokens, document.text_tokens), (2, 2));
        let sentences: Vec<u32> = document.tokens.iter().map(|token| token.sentence).collect();
        assert_eq!(sentences, [0, 0, 1, 1, 2, 2, 3, 4]);
        assert_eq!(document.sentence_ends(), [1, 103, 205, 306, 407]);
        let day = &document.tokens[3];
        assert_eq!(&post.text[day.start as usize..day.end as usize], "день");
    }

    #[test]
    fn a_missing_title_leaves_no_gap() {
        let document = Analyzer::new().document(None, "вода");
        assert_eq!((document.tokens[0].position, document.title_tokens), (0, 0));
    }

    #[test]
    fn the_cache_counts_and_changes_nothing() {
        let mut analyzer = Analyzer::new();
        let first = analyzer.tokens("Вода, вoда и ВОДАААА");
        let again = analyzer.tokens("Вода, вoда и ВОДАААА");
        assert_eq!(first, again);
        assert_eq!(analyzer.words.stats(), CacheStats { hits: 5, misses: 3 });
        let all = CacheStats::of_process();
        assert!(all.hits >= 5 && all.misses >= 3, "{all:?}");
        assert!(first[0].lemmas[0] == first[3].lemmas[0] && first[3].form == first[0].form);
    }

    #[test]
    fn a_huge_text_is_cut() {
        assert_eq!(Analyzer::new().tokens(&"а ".repeat(MAX_TOKENS + 10)).len(), MAX_TOKENS);
    }
}
