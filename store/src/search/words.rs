//! The one text field: lemmas and marked forms of the title and the text, at the positions `text` gave them.
//!
//! tantivy wants a tokenizer that turns a string into tokens. The tokens are known before, so they are written into a
//! string that the tokenizer only cuts up again: records of a position and the terms at it.

use std::fmt::Write;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use text::Document;

/// Name under which the tokenizer is registered.
pub(super) const TOKENIZER: &str = "words";

/// Ends a term. `text` cuts tokens at control characters, so no term holds one.
const UNIT: char = '\u{1f}';

/// Ends the terms of a position.
const RECORD: char = '\u{1e}';

/// The term of a form exactly as written (folded), marked so that no lemma equals it.
pub(super) fn form_term(form: &str) -> String {
    format!("={form}")
}

/// Writes the terms of a document: at each token's position its lemmas and its marked form.
pub(super) fn encode(document: &Document) -> String {
    let mut words = String::with_capacity(document.tokens.len() * 32);
    for token in &document.tokens {
        // Writing to a string cannot fail.
        let _ = write!(words, "{}", token.position);
        for lemma in token.lemmas.iter() {
            words.push(UNIT);
            words.push_str(lemma);
        }
        words.push(UNIT);
        words.push('=');
        words.push_str(&token.form);
        words.push(RECORD);
    }
    words
}

/// Reads what [`encode`] wrote.
#[derive(Clone, Default)]
pub(super) struct WordsTokenizer {
    token: Token,
}

impl Tokenizer for WordsTokenizer {
    type TokenStream<'a> = WordsStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordsStream<'a> {
        self.token.reset();
        WordsStream { records: text.split(RECORD), units: None, token: &mut self.token }
    }
}

/// See [`WordsTokenizer`].
pub(super) struct WordsStream<'a> {
    records: std::str::Split<'a, char>,
    units: Option<std::str::Split<'a, char>>,
    token: &'a mut Token,
}

impl TokenStream for WordsStream<'_> {
    fn advance(&mut self) -> bool {
        loop {
            if let Some(term) = self.units.as_mut().and_then(Iterator::next) {
                self.token.text.clear();
                self.token.text.push_str(term);
                return true;
            }
            let Some(record) = self.records.next() else {
                return false;
            };
            let mut units = record.split(UNIT);
            // The empty record after the last separator has no position.
            let Some(position) = units.next().and_then(|position| position.parse().ok()) else {
                return false;
            };
            self.token.position = position;
            self.units = Some(units);
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_back_at_their_positions() {
        let document = text::Analyzer::new().document(Some("Стали"), "воды");
        let encoded = encode(&document);
        let mut tokenizer = WordsTokenizer::default();
        let mut stream = tokenizer.token_stream(&encoded);
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push((stream.token().position, stream.token().text.clone()));
        }
        let expect = [(0, "стать"), (0, "сталь"), (0, "=стали"), (101, "вода"), (101, "=воды")];
        assert_eq!(terms, expect.map(|(position, term)| (position, term.to_owned())));
    }
}
