//! Chains of letters and digits: ordinals, hyphenated words, words broken at a line end.

use super::scanner::Scanner;
use crate::words::{fold_into, is_invisible, is_known, is_letter};

/// Words glued together beyond this are cut apart anyway, so that a line of a million hyphens needs no memory.
const MAX_PARTS: usize = 16;

/// Compounds of more parts are in no dictionary.
const MAX_COMPOUND: usize = 4;

/// Endings written after the digits of an ordinal with a hyphen.
const ORDINAL: &[&str] = &[
    "й", "я", "е", "ю", "ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие", "ых", "их", "ую", "ом", "ем", "ым", "им",
    "го", "ого", "его", "му", "ому", "ему", "м", "х", "ми", "ти",
];

/// The ones that are also written without it and are no unit of measure.
const ORDINAL_GLUED: &[&str] = &["й", "я", "ый", "ий", "ой", "ая", "ое", "го", "му", "ую"];

/// A run of letters or digits and what joins it to the next.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    end: usize,
    digits: bool,
    joint: Joint,
}

#[derive(Clone, Copy, PartialEq)]
enum Joint {
    /// Nothing follows.
    End,
    /// The next part follows at once: «35дом».
    Glued,
    /// A hyphen between.
    Hyphen,
    /// A hyphen and a line break between.
    Break,
}

impl Scanner<'_> {
    /// Reads a chain of parts and emits its words.
    pub(super) fn words(&mut self, at: usize) -> usize {
        let mut parts: [Part; MAX_PARTS] = [Part { start: at, end: at, digits: false, joint: Joint::End }; MAX_PARTS];
        let (mut count, mut next) = (0, at);
        while count < MAX_PARTS {
            let (end, digits) = self.run_end(next);
            let (joint, after) = self.joint(end, digits);
            parts[count] = Part { start: next, end, digits, joint };
            count += 1;
            if joint == Joint::End {
                next = end;
                break;
            }
            next = after;
        }
        parts[count - 1].joint = Joint::End;
        self.chain(&parts[..count]);
        next.max(parts[count - 1].end)
    }

    /// Where the run of letters or digits that begins at a byte ends.
    fn run_end(&self, at: usize) -> (usize, bool) {
        let digits = self.text[at..].chars().next().is_some_and(char::is_numeric);
        let mut chars = self.text[at..].char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let inside = match c {
                _ if !digits && is_letter(c) => true,
                _ if is_invisible(c) => true,
                '\'' | '’' | 'ʼ' => !digits && i > 0 && chars.peek().is_some_and(|(_, next)| next.is_alphabetic()),
                _ => digits && c.is_numeric(),
            };
            if !inside {
                return (at + i, digits);
            }
        }
        (self.text.len(), digits)
    }

    /// What joins the part that ends at a byte to the next one, and where that begins.
    fn joint(&self, end: usize, digits: bool) -> (Joint, usize) {
        let rest = &self.text[end..];
        let mut chars = rest.chars();
        let Some(c) = chars.next() else {
            return (Joint::End, end);
        };
        if c == ' ' {
            return (Joint::End, end);
        }
        if c.is_alphanumeric() {
            return (Joint::Glued, end);
        }
        if !matches!(c, '-' | '\u{2010}' | '\u{2011}') {
            return (Joint::End, end);
        }
        let tail = chars.as_str();
        if tail.starts_with(char::is_alphanumeric) {
            return (Joint::Hyphen, end + c.len_utf8());
        }
        let line_end = tail.trim_start_matches([' ', '\t', '\r']);
        if !digits && let Some(line) = line_end.strip_prefix('\n') {
            let line = line.trim_start_matches([' ', '\t']);
            if line.starts_with(char::is_lowercase) {
                return (Joint::Break, self.text.len() - line.len());
            }
        }
        (Joint::End, end)
    }

    fn chain(&mut self, parts: &[Part]) {
        let mut i = 0;
        while i < parts.len() && self.go_on {
            i += if parts[i].digits { self.number(&parts[i..]) } else { self.compound(&parts[i..]) };
        }
    }

    /// Emits a number, with the ending of its ordinal if it has one. Returns how many parts that took.
    fn number(&mut self, parts: &[Part]) -> usize {
        let endings = match parts[0].joint {
            Joint::Hyphen => ORDINAL,
            Joint::Glued => ORDINAL_GLUED,
            Joint::Break | Joint::End => &[],
        };
        let ordinal = parts.get(1).is_some_and(|ending| {
            self.word.clear();
            fold_into(&self.text[ending.start..ending.end], &mut self.word);
            ending.joint == Joint::End && endings.contains(&self.word.as_str())
        });
        let taken = if ordinal { 2 } else { 1 };
        self.word.clear();
        fold_into(&self.text[parts[0].start..parts[0].end], &mut self.word);
        self.emit_word(parts[0].start, parts[taken - 1].end);
        taken
    }

    /// Emits a run of words joined by hyphens, as one or each. Returns how many parts that took.
    fn compound(&mut self, parts: &[Part]) -> usize {
        let joined = parts.iter().take_while(|part| matches!(part.joint, Joint::Hyphen | Joint::Break)).count() + 1;
        let letters = parts.iter().take(joined).take_while(|part| !part.digits).count();
        let parts = &parts[..letters];
        if letters > 1 && letters <= MAX_COMPOUND && self.compound_is_word(parts) {
            self.emit_word(parts[0].start, parts[letters - 1].end);
        } else {
            for part in parts {
                self.word.clear();
                fold_into(&self.text[part.start..part.end], &mut self.word);
                self.emit_word(part.start, part.end);
            }
        }
        letters
    }

    /// Whether the parts make one word, which is then in `self.word`.
    fn compound_is_word(&mut self, parts: &[Part]) -> bool {
        if parts.iter().any(|part| part.joint == Joint::Break) {
            self.spell(parts, |joint| joint == Joint::Hyphen);
            if is_known(&self.word) {
                return true;
            }
        }
        let has_short = parts.iter().any(|part| self.text[part.start..part.end].chars().nth(2).is_none());
        has_short && {
            self.spell(parts, |_| true);
            is_known(&self.word)
        }
    }

    fn spell(&mut self, parts: &[Part], hyphen: fn(Joint) -> bool) {
        self.word.clear();
        for (i, part) in parts.iter().enumerate() {
            fold_into(&self.text[part.start..part.end], &mut self.word);
            if i + 1 < parts.len() && hyphen(part.joint) {
                self.word.push('-');
            }
        }
    }
}
