//! Sentences that end with a sign: a point, an ellipsis, an exclamation or a question.

use super::Place;
use super::abbreviations::{Kind, kind};
use crate::words::is_known;

/// May close what a sign stands in.
const CLOSING: [char; 8] = ['"', '»', '”', '“', '\'', ')', ']', '*'];

/// What a sentence may end with.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Point,
    Ellipsis,
    /// `!` or `?`
    Call,
}

impl Place<'_> {
    /// Whether a sentence ends with a sign between the word and the next one.
    pub(super) fn ends_with_point(&self) -> bool {
        let mut at = 0;
        while let Some(found) = self.between[at..].find(['.', '!', '?', '…', '‼', '⁉']) {
            let start = at + found;
            let rest = &self.between[start..];
            let len = rest.find(|c| !matches!(c, '.' | '!' | '?' | '…' | '‼' | '⁉')).unwrap_or(rest.len());
            at = start + len;
            let sign = match &rest[..len] {
                "." => Sign::Point,
                signs if signs.contains(['!', '?', '‼', '⁉']) => Sign::Call,
                _ => Sign::Ellipsis,
            };
            if self.ends_with(sign, start, &rest[len..]) {
                return true;
            }
        }
        false
    }

    fn ends_with(&self, sign: Sign, start: usize, after: &str) -> bool {
        let follows = after.trim_start_matches(CLOSING);
        // Within an address of the web, or before «,» as in «и т. д., …».
        if !(follows.is_empty()
            || follows.starts_with(char::is_whitespace)
            || follows.starts_with(['(', '«', '—', '–', '-', '/']))
        {
            return false;
        }
        let quoted = after.starts_with(CLOSING);
        match sign {
            // «дали воду (!) холодную», «„Нет!“ — сказали нам»
            Sign::Call => !(quoted && self.small_follows()),
            Sign::Ellipsis => self.capital_follows() && !self.is_shouted() || quoted && !self.small_follows(),
            Sign::Point if start > 0 => !(quoted && self.small_follows()),
            Sign::Point => self.point_ends(follows.is_empty()),
        }
    }

    /// Whether the point right after the word ends a sentence; `glued`: the next word follows at once.
    fn point_ends(&self, glued: bool) -> bool {
        let digits = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        if digits(self.word) {
            // «12.11.2026», «10.30», «2.5»
            return !(glued && digits(self.next));
        }
        let word = self.folded();
        match kind(&word) {
            Some(Kind::Before) => false,
            // «Яма на Садовом пер. Воды нет», but «пер. Садовый»
            Some(Kind::Either) => {
                self.capital_follows() && !self.lead.contains(['.', ',', ':', ';']) && is_street_name(self.before)
            }
            Some(Kind::AfterNumber) if !digits(self.before) => false,
            Some(Kind::Last | Kind::AfterNumber) => self.capital_follows(),
            None if is_initial(self.word) => digits(self.before) && self.capital_follows(),
            // «воен. городок»: only an abbreviation that the dictionary lacks goes on with a small letter.
            None => !(self.small_follows() && !glued && !is_known(&word)),
        }
    }
}

/// One capital letter: of a name, or of a house where a number stands before it.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

/// An adjective as streets are named by: «Садовом», «Московское».
fn is_street_name(word: &str) -> bool {
    const ENDINGS: [&str; 10] = ["ый", "ий", "ой", "ая", "яя", "ое", "ом", "ем", "ую", "ого"];
    word.starts_with(char::is_uppercase)
        && ENDINGS.iter().any(|ending| word.ends_with(ending))
        && word.chars().nth(3).is_some()
}
