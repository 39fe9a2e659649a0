//! The words of a post as they stand in its text: what is written between them, and quotes for explanations.

use model::Post;
use text::{Document, Token};

/// An explanation is a line, not the post again.
const MAX_QUOTE_CHARS: usize = 120;

/// The words of a post with the text they were cut from.
pub struct PostWords<'a> {
    tokens: &'a [Token],
    /// Where the tokens of the title and of the text end; those of a poll follow.
    title_end: usize,
    text_end: usize,
    title: &'a str,
    text: &'a str,
}

impl<'a> PostWords<'a> {
    pub fn new(document: &'a Document, post: &'a Post) -> PostWords<'a> {
        PostWords {
            tokens: &document.tokens,
            title_end: document.title_tokens,
            text_end: document.title_tokens + document.text_tokens,
            title: post.title.as_deref().unwrap_or(""),
            text: &post.text,
        }
    }

    pub fn tokens(&self) -> &'a [Token] {
        self.tokens
    }

    /// The number of the token at a position.
    pub fn at(&self, position: u32) -> Option<usize> {
        self.tokens.binary_search_by_key(&position, |token| token.position).ok()
    }

    /// What stands between a token and the next one of its field, or the field's end; nothing in a poll, whose tokens carry no
    /// place in the text.
    pub fn after(&self, token: usize) -> Option<&'a str> {
        let (field, end) = self.field(token)?;
        let from = self.tokens[token].end as usize;
        if token + 1 == end { field.get(from..) } else { field.get(from..self.tokens[token + 1].start as usize) }
    }

    /// Whether a token is the last of its field.
    pub fn ends_field(&self, token: usize) -> bool {
        self.tokens.get(token + 1).is_none_or(|next| next.position != self.tokens[token].position + 1)
    }

    /// Words as written in «»; those next to each other with what stands between them, `…` for a gap.
    pub fn quote(&self, positions: &[u32]) -> String {
        let mut quote = String::from("«");
        let mut last: Option<usize> = None;
        for token in positions.iter().filter_map(|position| self.at(*position)) {
            if quote.chars().count() > MAX_QUOTE_CHARS {
                quote.push('…');
                break;
            }
            match last {
                None => {}
                Some(last) if last == token => continue,
                Some(last) if self.tokens[last].position + 1 == self.tokens[token].position => {
                    let between = self.after(last).filter(|between| between.len() <= 4 && !between.contains('\n'));
                    quote.push_str(between.unwrap_or(" "));
                }
                Some(_) => quote.push_str(" … "),
            }
            quote.extend(self.written(token).chars().take(MAX_QUOTE_CHARS));
            last = Some(token);
        }
        quote.push('»');
        quote
    }

    /// A word as written.
    pub fn written(&self, token: usize) -> &'a str {
        let word = &self.tokens[token];
        let field = self.field(token).and_then(|(field, _)| field.get(word.start as usize..word.end as usize));
        field.unwrap_or(&word.form)
    }

    /// The field a token is in, and the number after its last token.
    fn field(&self, token: usize) -> Option<(&'a str, usize)> {
        match token {
            _ if token < self.title_end => Some((self.title, self.title_end)),
            _ if token < self.text_end => Some((self.text, self.text_end)),
            _ => None,
        }
    }
}
