//! Emoji, each a word.

use super::scanner::Scanner;
use crate::words::is_invisible;

impl Scanner<'_> {
    /// Emits one emoji with what modifies it: skin, joined figures, the second half of a flag.
    pub(super) fn emoji(&mut self, at: usize) -> usize {
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
}

pub(super) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f300}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1f2ff}' | '\u{231a}' | '\u{231b}'
        | '\u{23e9}'..='\u{23fa}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}')
}

fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}
