//! The scanner: what begins at each byte of a text.

use super::addresses::{address_len, is_name_byte, markup_len};
use super::context::Before;
use super::emoji::is_emoji;
use crate::words::{Context, fold_into, is_cyrillic, is_letter};

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned<'w> {
    /// Folded.
    pub(crate) word: &'w str,
    /// Its first byte.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// Where it stands, if its meaning depends on that.
    pub(crate) context: Context,
}

/// Calls `emit` with each word, until it returns false.
pub(crate) fn scan(text: &str, emit: &mut dyn FnMut(Scanned<'_>) -> bool) {
    let mut scanner = Scanner { text, word: String::new(), emit, go_on: true, before: Before::default() };
    let mut at = 0;
    while at < text.len() && scanner.go_on {
        at = scanner.step(at);
    }
}

/// Reads a text. Each kind of thing that begins with more than a letter has a file beside this one.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    /// The current word, folded; its memory is reused.
    pub(super) word: String,
    pub(super) emit: &'a mut dyn FnMut(Scanned<'_>) -> bool,
    /// Until `emit` returns false.
    pub(super) go_on: bool,
    /// The word that was emitted last.
    pub(super) before: Before,
}

impl Scanner<'_> {
    /// Reads whatever begins at a byte and returns where it ends.
    fn step(&mut self, at: usize) -> usize {
        self.plain_word(at).unwrap_or_else(|| self.any(at))
    }

    /// As [`Scanner::step`], without the short cut for plain words.
    pub(super) fn any(&mut self, at: usize) -> usize {
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

    /// Emits the Cyrillic word that begins at a byte, if nothing joins it to what follows, as with nearly all words. Returns where it ends.
    fn plain_word(&mut self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut end = at;
        // First bytes of U+0400 to U+047F, all of them letters.
        while matches!(bytes.get(end), Some(0xd0 | 0xd1)) {
            end += 2;
        }
        let apart = |after: &u8| after.is_ascii() && !after.is_ascii_alphanumeric() && !matches!(after, b'-' | b'\'');
        // One letter before a point can be that of «т. д.», before a stroke that of «ж/д».
        let particle = end == at + 2 && matches!(bytes.get(end), Some(b'.' | b'/'));
        if end == at || particle || !bytes.get(end).is_none_or(apart) {
            return None;
        }
        self.word.clear();
        fold_into(&self.text[at..end], &mut self.word);
        self.emit_word(at, end);
        Some(end)
    }

    /// Emits «т. д.», «ж/д» and their like as one word, spelled `т.д`.
    fn particle(&mut self, at: usize, end: usize) -> usize {
        self.word.clear();
        fold_into(&self.text[at..end], &mut self.word);
        self.word.retain(|c| c != ' ');
        self.emit_word(at, end);
        end
    }

    /// Passes the current word on, unless it is empty.
    pub(super) fn emit_word(&mut self, start: usize, end: usize) {
        if self.go_on && !self.word.is_empty() {
            let matters = Context::matters(&self.word);
            let context = if matters { self.before.context(self.text, start, end) } else { Context::default() };
            self.go_on = (self.emit)(Scanned { word: &self.word, start, end, context });
            self.before = Before::of(&self.word, end);
        }
    }
}

/// Length of the «т. д.», «т. п.», «т. е.», «т. к.», «т. н.», or of the «ж/д», «а/м» and their like that a text begins with. Cut into
/// letters, their «д» would be a house.
fn particle_len(rest: &str) -> Option<usize> {
    let mut letters = rest.chars();
    if let (Some(first), Some('/'), Some(second)) = (letters.next(), letters.next(), letters.next())
        && is_cyrillic(first)
        && is_cyrillic(second)
        && !letters.as_str().starts_with(char::is_alphanumeric)
    {
        return Some(rest.len() - letters.as_str().len());
    }
    let tail = rest.strip_prefix(['т', 'Т'])?.strip_prefix('.')?;
    let tail = tail.strip_prefix(' ').unwrap_or(tail);
    let tail = tail.strip_prefix(['д', 'п', 'е', 'к', 'н'])?;
    (!tail.starts_with(char::is_alphanumeric)).then(|| rest.len() - tail.len())
}
