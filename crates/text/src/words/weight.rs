//! How much a word says of an event, by itself.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::lemma_hash::lemma_hash;

/// Letters up to which a word is likely to be a frequent one.
const SHORT: usize = 7;

/// Of an ordinary word; frequent ones have no weight.
pub(crate) const ORDINARY: u8 = 1;
/// Of a long one.
pub(crate) const LONG: u8 = 2;
/// Of names, long numbers and Latin words.
pub(crate) const RARE: u8 = 3;

/// Frequent words of the language, of news and of complaints, and what channels sign their posts with: lemmas that say nothing about
/// an event.
const FREQUENT: &str = include_str!("frequent.txt");

static FREQUENT_HASHES: LazyLock<HashSet<u64>> =
    LazyLock::new(|| FREQUENT.split_whitespace().filter_map(|word| lemma_hash(word, word)).collect());

/// Whether a spelling begins with a digit.
pub(crate) fn is_number(form: &str) -> bool {
    form.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// The weight of a word, by its spelling and its first lemma with the hash of that.
pub(crate) fn weight(form: &str, lemma: &str, hash: u64) -> u8 {
    if is_number(form) {
        let year = form.len() == 4 && (form.starts_with("19") || form.starts_with("20"));
        return if form.len() > 2 && !year { RARE } else { 0 };
    }
    if form.chars().nth(1).is_none() || FREQUENT_HASHES.contains(&hash) {
        return 0;
    }
    match lemma.chars().count() {
        3.. if form.is_ascii() => RARE,
        ..=SHORT => ORDINARY,
        _ => LONG,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Analyzer;

    #[test]
    fn frequent_words_are_lemmas_and_stand_once() {
        let mut analyzer = Analyzer::new();
        let words: Vec<&str> = FREQUENT.split_whitespace().collect();
        let wrong: Vec<&str> =
            words.iter().copied().filter(|word| *analyzer.tokens(word)[0].lemmas[0] != **word).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
    }
}
