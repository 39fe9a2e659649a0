//! From a text to tokens with their lemmas, through a bounded cache.

use std::hash::BuildHasher;
use std::hint::black_box;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use quick_cache::DefaultHashBuilder;
use quick_cache::sync;
use quick_cache::unsync::Cache;
use smol_str::SmolStr;

use crate::matcher::Vocabulary;
use crate::morphology;
use crate::signature;
use crate::tokens::scan;

/// Positions left free between the title, the text and the parts of a poll. Wider than any distance a query can ask for,
/// so that no phrase crosses it.
pub const POSITION_GAP: u32 = 100;

/// Tokens of one field beyond this are not indexed: no post worth reading is longer, and one post must not stall the stream.
pub const MAX_TOKENS: usize = 20_000;

/// Distinct words remembered, about 20 MB. The running vocabulary of a region's posts fits; fewer, and rare words are analysed anew each time.
const CACHED_WORDS: usize = 100_000;

/// Words kept at hand beside the cache, a power of two: most tokens of any text are among so few, and to find one here touches two lines
/// of memory instead of five.
const WORDS_AT_HAND: usize = 32_768;

/// A word of a text: what it is, by [`Deref`], and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in its field.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
    /// Place among the tokens of the document; the text begins [`POSITION_GAP`] after the title.
    pub position: u32,
    /// One for all tokens that are spelled alike.
    word: Arc<WordForm>,
}

/// A distinct word: everything that need not be found out again for each token of it.
#[derive(Debug, PartialEq, Eq)]
pub struct WordForm {
    /// As written, folded only: what the cache knows it by.
    written: SmolStr,
    /// Folded spelling: lower case, ё as е, look-alike and stretched letters mended.
    pub form: Arc<str>,
    /// Folded dictionary forms, the likeliest first; at least one, none twice.
    pub lemmas: Arc<[Arc<str>]>,
    /// Which terms of the analyzer's vocabulary it meets.
    pub(crate) terms: Box<[u32]>,
    /// What it contributes to the signature; none for what is no word.
    pub(crate) feature: Option<u64>,
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
    /// Whose terms its tokens know.
    pub(crate) vocabulary: Option<Arc<Vocabulary>>,
}

/// A word that was read and is yet to be looked up.
struct Read {
    start: u32,
    end: u32,
    /// Where its folded letters end among those of all words read.
    letters_end: u32,
    /// Its place among the words at hand.
    place: u32,
}

/// How often the cache knew the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheStats {
    /// Words found.
    pub hits: u64,
    /// Words not found: analysed, or known to another analyzer.
    pub misses: u64,
}

/// Of all analyzers of the process: each has a cache of its own, and whoever watches the process wants one figure.
static HITS: AtomicU64 = AtomicU64::new(0);
static MISSES: AtomicU64 = AtomicU64::new(0);

impl CacheStats {
    /// Hits and misses of all analyzers since the process began.
    pub fn of_process() -> CacheStats {
        CacheStats { hits: HITS.load(Relaxed), misses: MISSES.load(Relaxed) }
    }
}

/// What any analyzer found out of a word. Each stage meets the same words, and to find out one takes as long as reading a short post;
/// analyzers keep what they read often themselves, so that threads seldom meet here.
fn analysed(word: &str) -> morphology::Entry {
    static WORDS: LazyLock<sync::Cache<SmolStr, morphology::Entry>> = LazyLock::new(|| sync::Cache::new(CACHED_WORDS));
    WORDS.get(word).unwrap_or_else(|| {
        let entry = morphology::entry(word);
        WORDS.insert(word.into(), entry.clone());
        entry
    })
}

/// Makes tokens. Owns a bounded cache of words, so each thread has one of its own.
pub struct Analyzer {
    words: Cache<Arc<str>, Arc<WordForm>>,
    /// The last word that was met of each remainder of the hash.
    at_hand: Vec<Option<Arc<WordForm>>>,
    hashes: DefaultHashBuilder,
    /// The words of the field that is read, and their letters; kept for the memory they have.
    read: Vec<Read>,
    letters: String,
    stats: CacheStats,
    vocabulary: Option<Arc<Vocabulary>>,
}

impl Analyzer {
    /// An analyzer with an empty cache.
    pub fn new() -> Analyzer {
        Analyzer {
            words: Cache::new(CACHED_WORDS),
            at_hand: vec![None; WORDS_AT_HAND],
            hashes: DefaultHashBuilder::default(),
            read: Vec::new(),
            letters: String::new(),
            stats: CacheStats::default(),
            vocabulary: None,
        }
    }

    /// One whose documents the rules of this vocabulary match faster.
    pub fn with_vocabulary(vocabulary: Arc<Vocabulary>) -> Analyzer {
        Analyzer { vocabulary: Some(vocabulary), ..Analyzer::new() }
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
        Document { tokens, title_tokens, text_tokens, vocabulary: self.vocabulary.clone() }
    }

    /// The tokens of everything a post says: title, text, and the question and options of its poll.
    pub fn post_document(&mut self, post: &model::Post) -> Document {
        let poll = post.poll.iter().flat_map(|poll| std::iter::once(&poll.question).chain(&poll.options));
        self.fields_document(post.title.as_deref(), &post.text, poll.map(String::as_str))
    }

    /// As [`Analyzer::post_document`], for who has the fields alone.
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

    /// Hits and misses of the cache since the analyzer was made.
    pub fn cache_stats(&self) -> CacheStats {
        self.stats
    }

    /// Appends the tokens of a field that begins at a position; returns where the next field begins.
    fn append(&mut self, text: &str, first: u32, tokens: &mut Vec<Token>) -> u32 {
        let (mut read, mut letters) = (std::mem::take(&mut self.read), std::mem::take(&mut self.letters));
        read.clear();
        letters.clear();
        scan(text, &mut |word, start, end| {
            letters.push_str(word);
            let place = self.hashes.hash_one(word) as usize % WORDS_AT_HAND;
            let letters_end = letters.len() as u32;
            read.push(Read { start: start as u32, end: end as u32, letters_end, place: place as u32 });
            read.len() < MAX_TOKENS
        });
        self.touch(&read);
        let before = self.stats;
        tokens.reserve(read.len());
        let mut letters_start = 0;
        for (position, read) in (first..).zip(&read) {
            let word = &letters[letters_start..read.letters_end as usize];
            letters_start = read.letters_end as usize;
            let word = self.word(word, read.place as usize);
            tokens.push(Token { start: read.start, end: read.end, position, word });
        }
        HITS.fetch_add(self.stats.hits - before.hits, Relaxed);
        MISSES.fetch_add(self.stats.misses - before.misses, Relaxed);
        let next = if read.is_empty() { first } else { first + read.len() as u32 + POSITION_GAP };
        (self.read, self.letters) = (read, letters);
        next
    }

    /// Brings the words that are at hand near. They lie all over the memory: looked at one after the other each would be waited for, and
    /// so many can be fetched at once.
    fn touch(&self, read: &[Read]) {
        let seen = |word: &Arc<WordForm>| !word.written.is_empty() && word.feature.is_some();
        black_box(read.iter().filter(|read| self.at_hand[read.place as usize].as_ref().is_some_and(seen)).count());
    }

    fn word(&mut self, word: &str, place: usize) -> Arc<WordForm> {
        if let Some(known) = &self.at_hand[place]
            && known.written == word
        {
            self.stats.hits += 1;
            return known.clone();
        }
        let known = self.cached(word);
        self.at_hand[place] = Some(known.clone());
        known
    }

    fn cached(&mut self, word: &str) -> Arc<WordForm> {
        if let Some(known) = self.words.get(word) {
            self.stats.hits += 1;
            return known.clone();
        }
        self.stats.misses += 1;
        let morphology::Entry { form, lemmas } = analysed(word);
        let terms = self.vocabulary.as_ref().map(|vocabulary| vocabulary.met_by(&form, &lemmas)).unwrap_or_default();
        let feature = signature::feature(&form, &lemmas[0]);
        let known = Arc::new(WordForm { written: word.into(), form, lemmas, terms, feature });
        self.words.insert(Arc::from(word), known.clone());
        known
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
        assert_eq!(analyzer.cache_stats(), CacheStats { hits: 5, misses: 3 });
        let all = CacheStats::of_process();
        assert!(all.hits >= 5 && all.misses >= 3, "{all:?}");
        assert!(first[0].lemmas[0] == first[3].lemmas[0] && first[3].form == first[0].form);
    }

    #[test]
    fn a_huge_text_is_cut() {
        assert_eq!(Analyzer::new().tokens(&"а ".repeat(MAX_TOKENS + 10)).len(), MAX_TOKENS);
    }
}
