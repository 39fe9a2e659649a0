//! The words that an analyzer has met: nearly every token of a new post is one of them.

use std::hash::BuildHasher;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};

use quick_cache::DefaultHashBuilder;
use quick_cache::sync;
use quick_cache::unsync::Cache;
use smol_str::SmolStr;

use super::document::WordForm;
use super::vocabulary::Vocabulary;
use crate::words::{self, lemma_hash, weight};

/// Distinct words remembered, about 20 MB. The running vocabulary of a region's posts fits; with fewer, rare words are analysed again
/// and again.
const CACHED_WORDS: usize = 100_000;

/// Words kept in a plain table in front of the cache, a power of two: most tokens of any text are among so few, and to find one here
/// touches two lines of memory instead of five. Their spelling is stored inline and those of a field are fetched together, so that
/// a known word costs the wait for memory and little else: it saved a fifth of all time.
const RECENT_WORDS: usize = 32_768;

/// How often the cache knew the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheStats {
    /// Words found.
    pub hits: u64,
    /// Words not found: analysed, or known to another analyzer.
    pub misses: u64,
}

/// Of all analyzers of the process: each has a cache of its own, and an operator wants one figure.
static HITS: AtomicU64 = AtomicU64::new(0);
static MISSES: AtomicU64 = AtomicU64::new(0);

impl CacheStats {
    /// Hits and misses of all analyzers since the process began.
    pub fn of_process() -> CacheStats {
        CacheStats { hits: HITS.load(Relaxed), misses: MISSES.load(Relaxed) }
    }

    /// Adds what has been counted since an earlier state to the figures of the process.
    pub(super) fn publish_since(self, before: CacheStats) {
        HITS.fetch_add(self.hits - before.hits, Relaxed);
        MISSES.fetch_add(self.misses - before.misses, Relaxed);
    }
}

/// The analysis of a word, shared by all analyzers of the process. The stages meet the same words, and analysing one takes as long as
/// reading a short post; since each analyzer keeps frequent words itself, threads seldom meet here. Three analyzers that each
/// found out every new word took a tenth of the time of a short run.
fn shared_analysis(word: &str) -> words::WordAnalysis {
    static WORDS: LazyLock<sync::Cache<SmolStr, words::WordAnalysis>> =
        LazyLock::new(|| sync::Cache::new(CACHED_WORDS));
    WORDS.get(word).unwrap_or_else(|| {
        let entry = words::analyse(word);
        WORDS.insert(word.into(), entry.clone());
        entry
    })
}

/// A bounded cache of words, of one analyzer.
pub(super) struct WordCache {
    words: Cache<Arc<str>, Arc<WordForm>>,
    /// By the remainder of the hash: the last word seen with it.
    recent: Vec<Option<Arc<WordForm>>>,
    hashes: DefaultHashBuilder,
    vocabulary: Option<Arc<Vocabulary>>,
    stats: CacheStats,
}

impl WordCache {
    pub(super) fn new(vocabulary: Option<Arc<Vocabulary>>) -> WordCache {
        WordCache {
            words: Cache::new(CACHED_WORDS),
            recent: vec![None; RECENT_WORDS],
            hashes: DefaultHashBuilder::default(),
            vocabulary,
            stats: CacheStats::default(),
        }
    }

    pub(super) fn vocabulary(&self) -> Option<Arc<Vocabulary>> {
        self.vocabulary.clone()
    }

    pub(super) fn stats(&self) -> CacheStats {
        self.stats
    }

    /// The slot of a word among the recent ones.
    pub(super) fn slot(&self, word: &str) -> u32 {
        (self.hashes.hash_one(word) as usize % RECENT_WORDS) as u32
    }

    /// Brings the recent words of these slots into the processor's cache. They lie all over the memory: looked at one after the other,
    /// each would be waited for, while so many at once are fetched together.
    pub(super) fn prefetch(&self, slots: impl Iterator<Item = u32>) {
        let seen = |word: &Arc<WordForm>| !word.written.is_empty() && word.hash.is_some();
        black_box(slots.filter(|slot| self.recent[*slot as usize].as_ref().is_some_and(seen)).count());
    }

    /// A folded word, whose slot is known.
    pub(super) fn word(&mut self, word: &str, slot: u32) -> Arc<WordForm> {
        if let Some(known) = &self.recent[slot as usize]
            && known.written == word
        {
            self.stats.hits += 1;
            return known.clone();
        }
        let known = self.cached(word);
        self.recent[slot as usize] = Some(known.clone());
        known
    }

    fn cached(&mut self, word: &str) -> Arc<WordForm> {
        if let Some(known) = self.words.get(word) {
            self.stats.hits += 1;
            return known.clone();
        }
        self.stats.misses += 1;
        let words::WordAnalysis { form, lemmas, grammar } = shared_analysis(word);
        let terms = self.vocabulary.as_ref().map(|vocabulary| vocabulary.terms_of(&form, &lemmas)).unwrap_or_default();
        let hash = lemma_hash(&form, &lemmas[0]);
        let weight = hash.map(|hash| weight(&form, &lemmas[0], hash)).unwrap_or_default();
        let known = Arc::new(WordForm { written: word.into(), form, lemmas, grammar, terms, hash, weight });
        self.words.insert(Arc::from(word), known.clone());
        known
    }
}
