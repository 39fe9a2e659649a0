//! The meaning of each part of a query.

use super::fields::Fields;
use super::positions;
use crate::query::Query;

/// Where the words of a query stand in a document: looked up by their spelling, or by numbers where many queries are asked.
pub(super) trait WordPositions<W> {
    /// Whether any token matches a word.
    fn has(&self, word: &W) -> bool;

    /// Appends the positions of the tokens that match a word.
    fn append(&self, word: &W, positions: &mut Vec<u32>);

    /// Whether [`append`](WordPositions::append) gives the positions of a word sorted and each once.
    fn sorted(&self, word: &W) -> bool;

    /// The last position of each sentence, ascending.
    fn sentence_ends(&self) -> &[u32];
}

/// Whether the document has the words that the query cannot match without. Settles most queries before any list of positions is made.
pub(super) fn has_words<W>(query: &Query<W>, document: &impl WordPositions<W>) -> bool {
    match query {
        Query::Word(word) => document.has(word),
        Query::Phrase { words, .. } | Query::Near { words, .. } => words.iter().all(|word| document.has(word)),
        Query::And(parts) => parts.iter().all(|part| has_words(part, document)),
        Query::Or(parts) => parts.iter().any(|part| has_words(part, document)),
        Query::Not(_) | Query::Field(_) => true,
    }
}

/// Whether a query matches; the positions of the matched words are appended to `found`.
pub(super) fn evaluate<W>(
    query: &Query<W>,
    document: &impl WordPositions<W>,
    fields: Option<&Fields>,
    found: &mut Vec<u32>,
) -> bool {
    match query {
        Query::Word(word) => {
            let before = found.len();
            document.append(word, found);
            found.len() > before
        }
        Query::Phrase { words, across } => with_lists(words, document, |lists| {
            positions::phrase(lists, bounds(document, *across), &mut |position| found.push(position))
        }),
        Query::Near { words, gap, across } => with_lists(words, document, |lists| {
            positions::near(lists, *gap, bounds(document, *across), &mut |position| found.push(position))
        }),
        Query::And(parts) => {
            let before = found.len();
            let all = parts.iter().all(|part| evaluate(part, document, fields, found));
            if !all {
                found.truncate(before);
            }
            all
        }
        // Every branch is evaluated, so that each word that speaks for the match is shown.
        Query::Or(parts) => parts.iter().fold(false, |any, part| evaluate(part, document, fields, found) | any),
        Query::Not(part) => {
            let before = found.len();
            let inner = evaluate(part, document, fields, found);
            found.truncate(before);
            !inner
        }
        Query::Field(test) => fields.is_some_and(|fields| fields.pass(test)),
    }
}

/// What words that stand together may not cross: the ends of sentences, or nothing.
fn bounds<W>(document: &impl WordPositions<W>, across: bool) -> &[u32] {
    if across { &[] } else { document.sentence_ends() }
}

/// Looks up where each word is and asks about the lists; false where a word is nowhere.
fn with_lists<W>(words: &[W], document: &impl WordPositions<W>, check: impl FnOnce(&[&[u32]]) -> bool) -> bool {
    if !words.iter().all(|word| document.has(word)) {
        return false;
    }
    let list = |word: &W| {
        let mut positions = Vec::new();
        document.append(word, &mut positions);
        if !document.sorted(word) {
            positions.sort_unstable();
            positions.dedup();
        }
        positions
    };
    let lists: Vec<Vec<u32>> = words.iter().map(list).collect();
    let lists: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    check(&lists)
}
