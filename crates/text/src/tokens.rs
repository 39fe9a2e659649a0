//! Where the words of a text are: the text cut into folded words with their places.
//!
//! - A word is a run of letters or a run of digits: «35дом» and «д.35» are two words each. The ending of an ordinal belongs
//!   to its number («5-я» is `5`).
//! - A hyphenated word is one word where it has a part of one or two letters and the dictionary knows it whole («кто-то»,
//!   «из-за», «пр-т»). Otherwise its parts are words of their own («школа-интернат»), and a query written with the hyphen is
//!   a phrase of them, so both spellings find each other.
//! - A hyphen at a line end is undone where that makes a word of the dictionary.
//! - «т. д.», «т. е.» and their like are one word.
//! - A hashtag is cut at case changes, digits and `_`. An emoji is a word. Addresses and mentions are none.

use crate::addresses::{address_len, is_name_byte, markup_len};
use crate::fold::{fold_into, is_invisible, is_letter};
use crate::morphology::is_known;

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

/// Calls `emit` with each folded word and the bytes it covers, until it returns false.
pub(crate) fn scan(text: &str, emit: &mut dyn FnMut(&str, usize, usize) -> bool) {
    let mut scanner = Scanner { text, word: String::new(), emit, go_on: true };
    let mut at = 0;
    while at < text.len() && scanner.go_on {
        at = scanner.step(at);
    }
}

struct Scanner<'a> {
    text: &'a str,
    /// Reused for every word.
    word: String,
    emit: &'a mut dyn FnMut(&str, usize, usize) -> bool,
    go_on: bool,
}

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
    /// Reads whatever begins at a byte and returns where it ends.
    fn step(&mut self, at: usize) -> usize {
        self.plain_word(at).unwrap_or_else(|| self.any(at))
    }

    /// As [`Scanner::step`], for all that is no plain word, and for those too.
    fn any(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let Some(c) = rest.chars().next() else {
            return self.text.len();
        };
        if is_letter(c) || c.is_numeric() {
            if let Some(len) = address_len(rest) {
                return at + len;
            }
            return match particle_len(rest) {
                Some(len) => self.particle(at, at + len),
                None => self.words(at),
            };
        }
        match c {
            '#' => self.hashtag(at + 1),
            '@' => at + 1 + rest[1..].bytes().take_while(|&b| is_name_byte(b)).count(),
            '[' => at + markup_len(rest),
            _ if c.is_ascii() => at + 1,
            _ if is_emoji(c) => self.emoji(at),
            _ => at + c.len_utf8(),
        }
    }

    /// Emits the Cyrillic word that begins at a byte, if nothing joins it to what follows: so are nearly all. Returns where it ends.
    fn plain_word(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut end = at;
        // First bytes of U+0400 to U+047F, all of them letters.
        while matches!(bytes.get(end), Some(0xd0 | 0xd1)) {
            end += 2;
        }
        let apart = |after: &u8| after.is_ascii() && !after.is_ascii_alphanumeric() && !matches!(after, b'-' | b'\'');
        // One letter before a point can be that of «т. д.».
        let particle = end == at + 2 && bytes.get(end) == Some(&b'.');
        if end == at || particle || !bytes.get(end).is_none_or(apart) {
            return None;
        }
        self.word.clear();
        fold_into(&self.text[at..end], &mut self.word);
        self.emit_word(at, end);
        Some(end)
    }

    /// Emits «т. д.» and its like as one word, spelled `т.д`.
    fn particle(&mut self, at: usize, end: usize) -> usize {
        self.word.clear();
        fold_into(&self.text[at..end], &mut self.word);
        self.word.retain(|c| c != ' ');
        self.emit_word(at, end);
        end
    }

    /// Reads a chain of parts and emits its words.
    fn words(&mut self, at: usize) -> usize {
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

    /// Emits the words of a hashtag whose body begins at a byte.
    fn hashtag(&mut self, at: usize) -> usize {
        let body = &self.text[at..];
        let end = body
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || is_invisible(c)))
            .map_or(self.text.len(), |i| at + i);
        let mut start = at;
        let mut previous = '_';
        let mut chars = self.text[at..end].char_indices().peekable();
        while let Some((i, c)) = chars.next() {
            let next_is_lower = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
            let cut = (c == '_') != (previous == '_')
                || c.is_numeric() != previous.is_numeric()
                || (c.is_uppercase() && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower)));
            if cut {
                self.emit_piece(start, at + i);
                start = at + i;
            }
            if !is_invisible(c) {
                previous = c;
            }
        }
        self.emit_piece(start, end);
        end
    }

    fn emit_piece(&mut self, start: usize, end: usize) {
        let piece = &self.text[start..end];
        if !piece.starts_with('_') {
            self.word.clear();
            fold_into(piece, &mut self.word);
            self.emit_word(start, end);
        }
    }

    /// Emits one emoji with what modifies it: skin, joined figures, the second half of a flag.
    fn emoji(&mut self, at: usize) -> usize {
        self.word.clear();
        let mut end = at;
        let (mut joined, mut flag) = (true, false);
        for c in self.text[at..].chars() {
            let second_flag_half = flag && is_flag(c);
            match c {
                '\u{200d}' => joined = true,
                '\u{1f3fb}'..='\u{1f3ff}' if end > at => {}
                _ if is_invisible(c) => {}
                _ if is_emoji(c) && (joined || second_flag_half) => {
                    self.word.push(c);
                    flag = is_flag(c) && !second_flag_half;
                    joined = false;
                }
                _ => break,
            }
            end += c.len_utf8();
        }
        self.emit_word(at, end);
        end
    }

    fn emit_word(&mut self, start: usize, end: usize) {
        if self.go_on && !self.word.is_empty() {
            self.go_on = (self.emit)(&self.word, start, end);
        }
    }
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1f2ff}' | '\u{231a}' | '\u{231b}'
        | '\u{23e9}'..='\u{23fa}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}')
}

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Length of the «т. д.», «т. п.», «т. е.», «т. к.» or «т. н.» that a text begins with. Cut into letters, its «д» would be a house.
fn particle_len(rest: &str) -> Option<usize> {
    let tail = rest.strip_prefix(['т', 'Т'])?.strip_prefix('.')?;
    let tail = tail.strip_prefix(' ').unwrap_or(tail);
    let tail = tail.strip_prefix(['д', 'п', 'е', 'к', 'н'])?;
    (!tail.starts_with(char::is_alphanumeric)).then(|| rest.len() - tail.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let mut words = Vec::new();
        scan(text, &mut |word, start, end| {
            assert!(text.get(start..end).is_some_and(|covered| !covered.is_empty()), "{start}..{end}");
            words.push(word.to_owned());
            true
        });
        assert_eq!(words.join(" "), expect, "{text:?}");
    }

    #[test]
    fn words_and_numbers_are_apart() {
        check("Нет ВОДЫ, третий день!", "нет воды третий день");
        check("д.35, 35дом, 2 часа", "д 35 35 дом 2 часа");
        check("5-я школа, 10го ноября, 5м", "5 школа 10 ноября 5 м");
        check("12-этажный", "12 этажный");
        check("дом, двор и т. д., т.е. всё", "дом двор и т.д т.е все");
        check("12.11.2026 в 10:30", "12 11 2026 в 10 30");
        check("", "");
        check("...—!", "");
    }

    #[test]
    fn hyphens_join_what_the_dictionary_joins() {
        check("кто-то из-за пр-т", "кто-то из-за пр-т");
        check("пятой-школы школа-интернат", "пятой школы школа интернат");
        check("водо-\n  снабжение", "водоснабжение");
        check("диван-\nкровать", "диван кровать");
        check("Список:\n- вода\n- свет", "список вода свет");
        check("а-б-в-г-д-е", "а б в г д е");
    }

    #[test]
    fn hashtags_are_cut() {
        check("#НетВоды", "нет воды");
        check("#нет_воды2026", "нет воды 2026");
        check("#ГБУЖилищник#Курск", "гбу жилищник курск");
        check("# #_", "");
    }

    #[test]
    fn emoji_are_words() {
        check("вода🔥🔥!", "вода 🔥 🔥");
        check("👍🏽 ❤️", "👍 ❤");
        check("👨\u{200d}👩\u{200d}👧", "👨👩👧");
        check("🇷🇺🇧🇾", "🇷🇺 🇧🇾");
        check("1\u{fe0f}\u{20e3}", "1");
    }

    proptest! {
        #[test]
        fn words_lie_in_order_between_characters_of_any_text(text in "([а-яА-ЯёЁa-zA-Z0-9 .\\-#@_'\n\\[|:/🔥👍🇷🏽\u{200b}\u{200d}\u{301}\u{ad}]|.){0,80}") {
            let mut last = 0;
            scan(&text, &mut |word, start, end| {
                assert!(last <= start && start < end && text.get(start..end).is_some() && !word.is_empty());
                last = end;
                true
            });
        }
    }

    proptest! {
        #[test]
        fn a_plain_word_is_what_any_word_is(text in "([а-яА-ЯёЁ]{0,5}([ \\-.,'!т\n«»—_дa1\u{301}ѐ\u{483}]|т\\. ?д)){0,12}") {
            let (mut short, mut long) = (Vec::new(), Vec::new());
            scan(&text, &mut |word, start, end| {
                short.push((word.to_owned(), start, end));
                true
            });
            let mut push = |word: &str, start, end| {
                long.push((word.to_owned(), start, end));
                true
            };
            let mut scanner = Scanner { text: &text, word: String::new(), emit: &mut push, go_on: true };
            let mut at = 0;
            while at < text.len() {
                at = scanner.any(at);
            }
            prop_assert_eq!(short, long);
        }
    }

    #[test]
    fn the_reader_can_stop() {
        let mut count = 0;
        scan("а б в г", &mut |_, _, _| {
            count += 1;
            count < 2
        });
        assert_eq!(count, 2);
    }
}
