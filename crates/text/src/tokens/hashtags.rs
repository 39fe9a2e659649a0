//! Hashtags, cut at case changes, digits and `_`.

use super::scanner::Scanner;
use crate::words::{fold_into, is_invisible};

impl Scanner<'_> {
    /// Emits the words of a hashtag whose body begins at a byte.
    pub(super) fn hashtag(&mut self, at: usize) -> usize {
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
}
