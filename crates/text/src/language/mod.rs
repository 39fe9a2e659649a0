//! The language of a text.
//!
//! Cyrillic text is decided by letters that only one language has, then by frequent words, and is Russian where neither decides, since
//! that is what the posts are in. Statistical detection is for other alphabets alone, and only where it is sure: a few words, a name or
//! an address are in no language.

mod cyrillic;
mod detected;
mod letters;

use std::borrow::Cow;

use crate::tokens::scan;
use letters::Letters;

/// Bytes looked at. Detection is the slowest step there is, and the beginning of a post is enough.
const MAX_BYTES: usize = 400;

/// Fewer Latin letters than this name a brand or a model, not a language.
const MIN_LATIN: usize = 12;

/// The ISO 639-1 code of the language a text is in; none where it has too few letters. Addresses and mentions are no text.
pub fn language(text: &str) -> Option<&'static str> {
    let text = &*without_addresses(head(text));
    let letters = Letters::count(text);
    if letters.cyrillic == 0 && letters.other == 0 && letters.latin < MIN_LATIN {
        return None;
    }
    if letters.cyrillic * 2 >= letters.latin && letters.cyrillic >= letters.other && letters.cyrillic > 1 {
        return Some(cyrillic::language(text, &letters));
    }
    if letters.cyrillic + letters.latin + letters.other < 2 {
        return None;
    }
    detected::language(text)
}

/// The words of a text as written, without what is none: addresses, mentions, signs.
fn without_addresses(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return Cow::Borrowed(text);
    }
    let mut words = String::with_capacity(text.len());
    scan(text, &mut |word| {
        words.push_str(&text[word.start..word.end]);
        words.push(' ');
        true
    });
    Cow::Owned(words)
}

/// The beginning of a text, cut between characters.
fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_BYTES)]
}

#[cfg(test)]
mod tests;
