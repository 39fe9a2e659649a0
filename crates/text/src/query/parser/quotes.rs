//! What stands in quotes: phrases, words near each other, alternatives at one position.

use std::ops::Range;

use super::cursor::{Parser, Problem};
use super::width::{phrase, refuse_many_alternatives};
use crate::query::ast::{Query, Word};
use crate::query::limits::{MAX_GAP, MAX_NEAR_WORDS};
use crate::tokens::Sentences;

impl Parser<'_> {
    /// `"…"` or `"…"~N`.
    pub(super) fn quoted(&mut self) -> Result<Query, Problem> {
        let start = self.at;
        let body = self.quoted_body()?;
        let words = self.positions(body)?;
        let across = self.has_sentence_end(&words);
        if words.is_empty() {
            return Err((start..self.at, "В кавычках нет ни одного слова.".to_owned()));
        }
        if self.peek() != Some('~') {
            return phrase(words, across);
        }
        let tilde = self.at;
        let digits = self.text[tilde + 1..].bytes().take_while(u8::is_ascii_digit).count();
        self.at = tilde + 1 + digits;
        let place = tilde..self.at;
        let gap: Option<u32> = self.text[tilde + 1..self.at].parse().ok();
        match gap {
            None if digits == 0 => Err((place, "После «~» нужно число: \"слово слово\"~3.".to_owned())),
            Some(gap) if gap <= MAX_GAP => {
                if words.len() < 2 {
                    return Err((start..self.at, "Для «~» нужны хотя бы два слова в кавычках.".to_owned()));
                }
                if words.len() > MAX_NEAR_WORDS {
                    return Err((
                        start..self.at,
                        format!("Для «~» слов в кавычках может быть не больше {MAX_NEAR_WORDS}."),
                    ));
                }
                self.refuse_glued("«~» с числом")?;
                Ok(Query::Near { words, gap, across })
            }
            _ => Err((place, format!("Расстояние не больше {MAX_GAP} слов."))),
        }
    }

    /// Whether a sentence ends between two of the words as they are written: then it may in the text as well.
    fn has_sentence_end(&self, words: &[Word]) -> bool {
        let mut sentences = Sentences::default();
        words.windows(2).any(|pair| sentences.end_after(self.text, pair[0].span.clone(), pair[1].span.clone()))
    }

    /// The words between quotes: one for each position.
    fn positions(&mut self, body: Range<usize>) -> Result<Vec<Word>, Problem> {
        let mut words = Vec::new();
        let mut at = body.start;
        while at < body.end {
            let rest = &self.text[at..body.end];
            if let Some(inside) = alternatives_len(rest) {
                words.push(self.alternatives(at + 1..at + 1 + inside)?);
                at += inside + 2;
                continue;
            }
            // A parenthesis without alternatives is punctuation of the quoted text, like a comma.
            let skipped = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(').len();
            if skipped > 0 {
                // Alternatives may follow such a parenthesis, so only one character is skipped at a time.
                at += rest.chars().next().map_or(skipped, char::len_utf8);
                continue;
            }
            let end = rest.find(|c: char| c.is_whitespace() || c == '(').map_or(body.end, |len| at + len);
            if self.text[at..end].ends_with('=') && alternatives_len(&self.text[end..body.end]).is_some() {
                let message = "«=» ставится перед каждым словом в скобках: \"(=слово | =слово) слово\".".to_owned();
                return Err((end - 1..end, message));
            }
            self.words(at, &self.text[at..end], true, &mut words)?;
            at = end;
        }
        Ok(words)
    }

    /// The alternatives of one position, in a range between parentheses inside quotes.
    fn alternatives(&mut self, inside: Range<usize>) -> Result<Word, Problem> {
        let mut terms = Vec::new();
        let mut at = inside.start;
        for (number, written) in self.text[inside.clone()].split('|').enumerate() {
            let item = written.trim();
            let place = at + (written.len() - written.trim_start().len());
            at += written.len() + 1;
            refuse_many_alternatives(number + 1, &(place..place + item.len()))?;
            let mut words = Vec::new();
            self.words(place, item, true, &mut words)?;
            match words.as_mut_slice() {
                [word] => {
                    for term in word.terms.drain(..) {
                        if !terms.contains(&term) {
                            terms.push(term);
                        }
                    }
                }
                [] => {
                    let message = "Между скобками и чертами внутри кавычек должно стоять слово.".to_owned();
                    return Err((place.saturating_sub(1)..place + item.len(), message));
                }
                [_, _, ..] => {
                    let message = format!(
                        "«{item}» — несколько слов. Внутри кавычек в скобках через черту стоят отдельные слова: \"(слово | слово) слово\"."
                    );
                    return Err((place..place + item.len(), message));
                }
            }
        }
        Ok(Word { span: inside.start - 1..inside.end + 1, terms })
    }

    /// Reads `"…"` and returns the range inside.
    pub(super) fn quoted_body(&mut self) -> Result<Range<usize>, Problem> {
        let start = self.at;
        let open = self.peek().unwrap_or('"');
        let close = closing_quote(open).unwrap_or('"');
        let from = start + open.len_utf8();
        let Some(len) = self.text[from..].find(close) else {
            return Err((start..from, "Кавычка не закрыта.".to_owned()));
        };
        self.at = from + len + close.len_utf8();
        Ok(from..from + len)
    }
}

pub(super) fn closing_quote(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '«' => Some('»'),
        '“' => Some('”'),
        '„' => Some('“'),
        _ => None,
    }
}

/// Length of what is inside the alternatives `(… | …)` that a text begins with.
fn alternatives_len(text: &str) -> Option<usize> {
    let (inside, _) = text.strip_prefix('(')?.split_once(')')?;
    (inside.contains('|') && !inside.contains('(')).then_some(inside.len())
}
