//! How many words of the index the beginnings of a query (`вод*`) stand for: counted in its dictionary before anything is searched.

use tantivy::{Searcher, Term};
use text::{Query, QueryError, Word};

use super::ranges::beginning_with;
use crate::search::index::SearchError;
use crate::search::schema::{Fields, form_term};

/// Words of a segment that the beginnings in quotes may stand for together. Each is opened with its places, some two kilobytes, and all
/// of them at once.
const MAX_IN_QUOTES: usize = 10_000;

/// The same outside quotes, where they are read one after the other, and only for the posts: more is the whole dictionary.
const MAX_ALONE: usize = 100_000;

/// Refuses a query whose beginnings stand for too many words, at the one that stands for most. `written` is the query as written.
pub(in crate::search) fn refuse_wide(
    query: &Query,
    written: &str,
    fields: &Fields,
    searcher: &Searcher,
) -> Result<(), SearchError> {
    let mut beginnings = Vec::new();
    collect(query, &mut beginnings);
    for (quoted, limit) in [(true, MAX_IN_QUOTES), (false, MAX_ALONE)] {
        let beginnings: Vec<_> = beginnings.iter().filter(|beginning| beginning.quoted == quoted).collect();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(fields.words)?;
            let (mut all, mut widest) = (0, None);
            for beginning in &beginnings {
                let (first, last) = beginning_with(fields.words, &form_term(beginning.text));
                let bytes = Term::serialized_value_bytes;
                let mut words = inverted.terms().range().ge(bytes(&first)).le(bytes(&last)).into_stream()?;
                let before = all;
                while all <= limit && words.advance() {
                    all += 1;
                }
                widest = widest.max(Some((all - before, *beginning)));
            }
            if let Some((_, widest)) = widest.filter(|_| all > limit) {
                return Err(widest.too_wide(limit, written).into());
            }
        }
    }
    Ok(())
}

/// A word with a star.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Beginning<'q> {
    text: &'q str,
    at: (usize, usize),
    quoted: bool,
}

impl Beginning<'_> {
    fn too_wide(&self, limit: usize, written: &str) -> QueryError {
        let (text, place) = (self.text, if self.quoted { "в кавычках " } else { "" });
        let message = format!(
            "Слова со звёздочкой {place}значат здесь больше {limit} разных слов, и больше всех — «{text}*». Допишите в нём ещё несколько букв."
        );
        QueryError { at: self.at.0..self.at.1, message, query: written.to_owned() }
    }
}

fn collect<'q>(query: &'q Query, beginnings: &mut Vec<Beginning<'q>>) {
    let mut add = |word: &'q Word, quoted| {
        for term in &word.terms {
            if let text::Term::Prefix(text) = term {
                beginnings.push(Beginning { text, at: (word.span.start, word.span.end), quoted });
            }
        }
    };
    match query {
        Query::Word(word) => add(word, false),
        Query::Phrase { words, .. } | Query::Near { words, .. } => words.iter().for_each(|word| add(word, true)),
        Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| collect(part, beginnings)),
        Query::Not(part) => collect(part, beginnings),
        Query::Field(_) => {}
    }
}
