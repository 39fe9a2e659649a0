//! Where the sentences of a text end.
//!
//! - A sentence ends with `!` or `?`, and with a point that is none of an abbreviation («ул. Мира»), an initial («И. И. Иванов»), a
//!   number of a list («1. Вода») or a decimal. An abbreviation that may stand last («5 см.», «и т. д.») ends one before a capital.
//! - An ellipsis ends one before a capital; before a small letter it is a pause.
//! - Without a point a line ends a sentence where the next one is empty, begins with a capital, or is a point of a list.
//! - An emoji ends one before a capital, an exclamation mark among them always.

mod abbreviations;
mod lines;
mod points;

use std::ops::Range;

use super::emoji::is_emoji;
use crate::words::fold;

/// Without one of these between two words only an emoji or the number of a list can end a sentence there.
const SIGNS: [char; 10] = ['.', '!', '?', '…', '‼', '⁉', '\n', ':', ';', ')'];

/// Tells of the words of one text, asked in their order, after which of them a sentence ends.
#[derive(Default)]
pub(crate) struct Sentences {
    /// The last number of the list being read.
    list: Option<u32>,
    /// The word before the last one that was asked about.
    before: Range<usize>,
}

/// A word and what follows it, for the rules.
struct Place<'a> {
    text: &'a str,
    /// The word before it; empty where it is the first.
    before: &'a str,
    /// What stands between that word and it, or from the beginning of the text.
    lead: &'a str,
    word: &'a str,
    /// What stands between it and the next word.
    between: &'a str,
    next: &'a str,
    next_at: usize,
}

impl Sentences {
    /// Whether a sentence ends between a word and the next one, both as bytes of the text.
    pub(crate) fn end_after(&mut self, text: &str, word: Range<usize>, next: Range<usize>) -> bool {
        let before = std::mem::replace(&mut self.before, word.clone());
        let between = &text[word.end..next.start];
        // Nearly always: a space or a comma between two words.
        if !between.contains(SIGNS) && !text[word.clone()].starts_with(is_emoji) && !self.may_be_numbered(text, &next) {
            return false;
        }
        let place = Place {
            text,
            before: &text[before.clone()],
            lead: &text[before.end.min(word.start)..word.start],
            word: &text[word],
            between,
            next: &text[next.clone()],
            next_at: next.start,
        };
        // The sign after the number of a point of a list ends nothing.
        let numbered = self.is_list_number(&place);
        let begins = self.begins_list_point(&place);
        begins || !numbered && (place.ends_line() || place.ends_with_point() || place.ends_with_emoji())
    }

    /// Whether a number follows that may count the points of a list within a line: «1. Нет воды 2. Нет света».
    fn may_be_numbered(&self, text: &str, next: &Range<usize>) -> bool {
        self.list.is_some() && text[next.start..].starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether the next word is the number of the next point of a list.
    fn begins_list_point(&mut self, place: &Place) -> bool {
        let Some(number) = place.next_list_number() else { return false };
        let follows = self.list.is_some_and(|last| last + 1 == number) && !place.names_number();
        if follows || place.may_begin_list() {
            self.list = Some(number);
            return true;
        }
        false
    }

    /// Whether the word itself is the number of a point.
    fn is_list_number(&mut self, place: &Place) -> bool {
        let Some(number) = place.list_number() else { return false };
        let begins = place.begins_line();
        if begins {
            self.list = Some(number);
        }
        begins || self.list == Some(number)
    }
}

impl Place<'_> {
    /// Whether the next word begins with a capital letter.
    fn capital_follows(&self) -> bool {
        self.next.starts_with(char::is_uppercase)
    }

    fn small_follows(&self) -> bool {
        self.next.starts_with(char::is_lowercase)
    }

    /// Whether both words are written in capitals, so that a capital means nothing.
    fn is_shouted(&self) -> bool {
        let shouted = |word: &str| word.chars().nth(1).is_some() && !word.chars().any(char::is_lowercase);
        shouted(self.word) && shouted(self.next)
    }

    /// «Света нет 😡 Воды тоже»; an emoji before a small letter is in the middle of its sentence.
    fn ends_with_emoji(&self) -> bool {
        const MARKS: [char; 4] = ['❗', '❕', '❓', '❔'];
        let last = self.word.starts_with(is_emoji) && !self.next.starts_with(is_emoji) && !self.begins_line();
        last && (self.capital_follows() || self.word.starts_with(MARKS))
    }

    /// Whether the word is the first of its line.
    fn begins_line(&self) -> bool {
        self.before.is_empty() || self.lead.contains('\n')
    }

    fn folded(&self) -> String {
        fold(self.word)
    }
}

#[cfg(test)]
mod tests;
