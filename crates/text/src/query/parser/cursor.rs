//! Where the parser stands in the text of a query.

use std::ops::Range;

use super::width::Width;

/// What is wrong, in Russian, and its place.
pub(super) type Problem = (Range<usize>, String);

/// A query being parsed.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// Of what is read so far.
    pub(super) width: Width,
}

impl Parser<'_> {
    /// What ends without a space before the next word was perhaps meant otherwise.
    pub(super) fn refuse_glued(&self, what: &str) -> Result<(), Problem> {
        match self.peek() {
            None | Some('|' | ')') => Ok(()),
            Some(c) if c.is_whitespace() => Ok(()),
            Some(c) => Err((self.at..self.at + c.len_utf8(), format!("Между {what} и следующим словом нужен пробел."))),
        }
    }

    /// Where the item that begins at a byte ends.
    pub(super) fn item_end(&self, at: usize) -> usize {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|' | '"' | '«' | '»' | '“' | '”' | '„');
        self.text[at..].find(ends).map_or(self.text.len(), |len| at + len)
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Skips spaces and looks at what follows.
    pub(super) fn peek_term(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at = self.text.len() - rest.trim_start().len();
        self.peek()
    }
}
