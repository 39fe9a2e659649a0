//! A text cut into words, numbers and sentences, as the reading of times needs them.

use super::lexicon::{NUMBERS, known_beginning};

/// Words and numbers of a text in small letters, ё as е, with what stands after each.
pub(super) struct Pieces {
    pub(super) text: String,
    /// First byte, one past the last.
    pub(super) words: Vec<(usize, usize)>,
}

/// What a character makes of the word it stands in.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letter,
    Digit,
    Other,
}

/// A place among the pieces of one sentence.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pieces: &'a Pieces,
    at: usize,
    end: usize,
}

impl Pieces {
    /// The pieces of the first bytes of a text.
    pub(super) fn new(text: &str, max_bytes: usize) -> Pieces {
        let end = text.floor_char_boundary(max_bytes);
        let mut pieces = Pieces { text: String::with_capacity(end), words: Vec::with_capacity(end / 8) };
        let mut last = Kind::Other;
        for c in text[..end].chars() {
            // Nearly all letters are these, and need no table.
            match c {
                'а'..='я' => pieces.push(c, Kind::Letter, &mut last),
                'А'..='Я' => {
                    let small = char::from_u32(c as u32 + ('а' as u32 - 'А' as u32)).unwrap_or(c);
                    pieces.push(small, Kind::Letter, &mut last);
                }
                'ё' | 'Ё' => pieces.push('е', Kind::Letter, &mut last),
                '0'..='9' => pieces.push(c, Kind::Digit, &mut last),
                _ if c.is_ascii() => {
                    let kind = if c.is_ascii_alphabetic() { Kind::Letter } else { Kind::Other };
                    pieces.push(c.to_ascii_lowercase(), kind, &mut last);
                }
                _ => c.to_lowercase().for_each(|c| {
                    let kind = if c.is_alphanumeric() { Kind::Letter } else { Kind::Other };
                    pieces.push(c, kind, &mut last);
                }),
            }
        }
        pieces
    }

    fn push(&mut self, c: char, kind: Kind, last: &mut Kind) {
        let at = self.text.len();
        self.text.push(c);
        if kind != Kind::Other {
            match self.words.last_mut() {
                Some(word) if *last == kind => word.1 = self.text.len(),
                _ => self.words.push((at, self.text.len())),
            }
        }
        *last = kind;
    }

    /// The sentences. A point between numbers or after a short word ends none.
    pub(super) fn sentences(&self) -> impl Iterator<Item = Cursor<'_>> {
        let mut at = 0;
        std::iter::from_fn(move || {
            if at >= self.words.len() {
                return None;
            }
            let start = at;
            while at < self.words.len() {
                at += 1;
                if self.ends_sentence(at - 1) {
                    break;
                }
            }
            Some(Cursor { pieces: self, at: start, end: at })
        })
    }

    fn ends_sentence(&self, word: usize) -> bool {
        let glue = self.glue(word);
        let long = self.words[word].1 - self.words[word].0 > 3 * 2;
        glue.contains(['!', '?', '…', '\n']) || (glue.contains('.') && long)
    }

    fn glue(&self, word: usize) -> &str {
        let next = self.words.get(word + 1).map_or(self.text.len(), |next| next.0);
        &self.text[self.words[word].1..next]
    }
}

impl<'a> Cursor<'a> {
    /// Its number among the pieces of the text.
    pub(super) fn at(self) -> usize {
        self.at
    }

    /// The word here; none at the end of the sentence.
    pub(super) fn word(self) -> Option<&'a str> {
        let (start, end) = *self.pieces.words.get(self.at).filter(|_| self.at < self.end)?;
        Some(&self.pieces.text[start..end])
    }

    /// Whether a moment or a length of time may begin here. Rules out most words at a glance.
    pub(super) fn may_tell(self) -> bool {
        self.word().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()) || known_beginning(word))
    }

    /// The word before; none at the beginning of the text.
    pub(super) fn before(self) -> Option<Cursor<'a>> {
        Some(Cursor { at: self.at.checked_sub(1)?, ..self })
    }

    /// So many words further.
    #[must_use]
    pub(super) fn skip(self, words: usize) -> Cursor<'a> {
        Cursor { at: self.at + words, ..self }
    }

    /// What stands after the word here.
    pub(super) fn glue(self) -> &'a str {
        self.word().map_or("", |_| self.pieces.glue(self.at))
    }

    /// A number in digits.
    pub(super) fn digits(self) -> Option<i64> {
        self.word().filter(|word| word.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
    }

    /// A number in digits or words.
    pub(super) fn number(self) -> Option<i64> {
        let word = self.word()?;
        self.digits().or_else(|| NUMBERS.iter().find(|known| known.0 == word).map(|known| known.1))
    }
}
