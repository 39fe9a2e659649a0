//! From a post to terms at positions, inside tantivy's indexing threads.
//!
//! A tantivy tokenizer turns one string into tokens, but a post has several fields with gaps between them. So the fields travel
//! as one string with their lengths in front, and the tokenizer analyses them as `text` does everywhere.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use model::Post;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use text::Analyzer;

/// Name under which the tokenizer is registered.
pub(in crate::search) const TOKENIZER: &str = "words";

/// The fields of a post that are searched, as one string: the length of each, a line break, the fields.
pub(super) fn encode(post: &Post) -> String {
    let poll = post.poll.iter().flat_map(|poll| std::iter::once(&poll.question).chain(&poll.options));
    let fields =
        || [post.title.as_deref().unwrap_or_default(), &post.text].into_iter().chain(poll.clone().map(|s| &**s));
    let mut encoded = String::with_capacity(fields().map(|field| field.len() + 8).sum());
    for field in fields() {
        // Writing to a string cannot fail.
        let _ = write!(encoded, "{} ", field.len());
    }
    encoded.push('\n');
    fields().for_each(|field| encoded.push_str(field));
    encoded
}

/// The fields that [`encode`] put together.
fn decode(encoded: &str) -> impl Iterator<Item = &str> {
    let (lengths, mut rest) = encoded.split_once('\n').unwrap_or_default();
    lengths.split_ascii_whitespace().map_while(move |length| {
        let (field, after) = rest.split_at_checked(length.parse().ok()?)?;
        rest = after;
        Some(field)
    })
}

/// Analyses what [`encode`] wrote. tantivy clones it for every segment and ends its threads with every commit; the analyzers, whose
/// word caches take long to fill, are shared and outlive both, since a commit with empty caches costs more than the indexing.
#[derive(Clone, Default)]
pub(in crate::search) struct WordsTokenizer {
    analyzers: Arc<Mutex<Vec<Analyzer>>>,
    token: Token,
}

impl Tokenizer for WordsTokenizer {
    type TokenStream<'a> = WordsStream<'a>;

    fn token_stream<'a>(&'a mut self, encoded: &'a str) -> WordsStream<'a> {
        let idle = || self.analyzers.lock().unwrap_or_else(PoisonError::into_inner);
        let analyzer = idle().pop();
        let mut analyzer = analyzer.unwrap_or_default();
        let mut fields = decode(encoded);
        let title = fields.next();
        let document = analyzer.fields_document(title, fields.next().unwrap_or_default(), fields);
        idle().push(analyzer);
        self.token.reset();
        WordsStream { tokens: document.tokens, next_token: 0, next_term: 0, token: &mut self.token }
    }
}

/// The terms of a document: at each token's position its lemmas, its form marked so that no lemma equals it, and after the last token
/// of a sentence the mark of its end.
pub(in crate::search) struct WordsStream<'a> {
    tokens: Vec<text::Token>,
    next_token: usize,
    next_term: usize,
    token: &'a mut Token,
}

impl TokenStream for WordsStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(token) = self.tokens.get(self.next_token) else {
            return false;
        };
        self.token.position = token.position as usize;
        self.token.text.clear();
        let lemmas = token.lemmas.len();
        match token.lemmas.get(self.next_term) {
            Some(lemma) => self.token.text.push_str(lemma),
            None if self.next_term == lemmas => {
                self.token.text.push(super::terms::FORM_MARK);
                self.token.text.push_str(&token.form);
            }
            None => self.token.text.push_str(super::terms::SENTENCE_END),
        }
        let next = self.tokens.get(self.next_token + 1);
        let ends_sentence = next.is_none_or(|next| next.sentence != token.sentence);
        if self.next_term < lemmas + usize::from(ends_sentence) {
            self.next_term += 1;
        } else {
            self.next_token += 1;
            self.next_term = 0;
        }
        true
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
    use model::Poll;

    fn post() -> Post {
        let json = r#"{"id":"vk:-1_2","platform":"vk","source":"city","published_at":"2026-11-01T10:00:00Z","text":"Стали\n3 4"}"#;
        model::wire::read_post(json.as_bytes(), None).unwrap()
    }

    #[track_caller]
    fn check_fields(post: &Post, expect: &[&str]) {
        let encoded = encode(post);
        assert_eq!(decode(&encoded).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn fields_come_back_as_they_were() {
        check_fields(&post(), &["", "Стали\n3 4"]);
        let poll = Some(Poll { question: "Да?\n".into(), options: vec![String::new(), "2 нет".into()] });
        check_fields(
            &Post { title: Some("7 дней".into()), poll, ..post() },
            &["7 дней", "Стали\n3 4", "Да?\n", "", "2 нет"],
        );
        assert_eq!(decode("").count(), 0);
        assert_eq!(decode("9 3 \nabc").count(), 0);
    }

    #[test]
    fn terms_stand_at_the_positions_of_the_analysis() {
        let post = Post { title: Some("Вода".into()), ..post() };
        let mut expect = Vec::new();
        for token in Analyzer::new().post_document(&post).tokens {
            let lemmas = token.lemmas.iter().map(|lemma| lemma.to_string());
            let end = (![101, 102].contains(&token.position)).then(|| ".".to_owned());
            let terms = lemmas.chain([super::super::terms::form_term(&token.form)]).chain(end);
            expect.extend(terms.map(|term| (token.position as usize, term)));
        }
        let (mut tokenizer, encoded) = (WordsTokenizer::default(), encode(&post));
        let mut stream = tokenizer.token_stream(&encoded);
        let mut terms = Vec::new();
        while stream.advance() {
            terms.push((stream.token().position, stream.token().text.clone()));
        }
        assert_eq!(terms, expect);
        assert!(terms.contains(&(101, "сталь".into())) && terms.contains(&(101, "=стали".into())), "{terms:?}");
    }
}
