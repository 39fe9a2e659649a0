//! What a query means.
//!
//! A word meets a token if they share a lemma (`=`: the folded form, `prefix*`: the beginning of the form); alternatives at one
//! position meet it if one of them does. A phrase is words side by side in order. `"…"~N` is each word at a token of its own, in
//! any order, with at most N other tokens between the first and the last. A comparison on an absent value is false.

mod anchors;
mod indexed;
mod met;
mod positions;
mod rules;
mod vocabulary;

use jiff::tz::TimeZone;
use model::{Post, Tags};

pub use indexed::Indexed;
pub use positions::{positions_match_near, positions_match_phrase};
pub use rules::{Awake, RuleSet};
pub use vocabulary::Vocabulary;

use crate::query::{FieldTest, Query};

/// The post and the tags that field tests read, and the time zone its day is told in.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    /// The post.
    pub post: &'a Post,
    /// What is known of it so far.
    pub tags: &'a Tags,
    /// The configured time zone.
    pub timezone: &'a TimeZone,
}

/// Where the words of a query are in a document: looked up by their spelling, or by numbers where many queries are asked.
trait Places<W> {
    /// Whether any token meets a word.
    fn has(&self, word: &W) -> bool;

    /// Appends the positions of the tokens that meet a word.
    fn append(&self, word: &W, positions: &mut Vec<u32>);

    /// Whether the positions of a word come sorted and each once.
    fn sorted(&self, word: &W) -> bool;
}

/// The positions of the words that made a query match, sorted; none where it does not match.
///
/// Empty where only fields and negations decided. Without `fields` every field test is false.
pub fn matches(query: &Query, document: &Indexed, fields: Option<&Fields>) -> Option<Vec<u32>> {
    if !has_words(query, document) {
        return None;
    }
    let mut found = Vec::new();
    let matched = eval(query, document, fields, &mut found);
    found.sort_unstable();
    found.dedup();
    matched.then_some(found)
}

/// Whether the words are there that a query cannot match without: settles most queries before any list of positions is made.
fn has_words<W>(query: &Query<W>, places: &impl Places<W>) -> bool {
    match query {
        Query::Word(word) => places.has(word),
        Query::Phrase(words) | Query::Near { words, .. } => words.iter().all(|word| places.has(word)),
        Query::And(parts) => parts.iter().all(|part| has_words(part, places)),
        Query::Or(parts) => parts.iter().any(|part| has_words(part, places)),
        Query::Not(_) | Query::Field(_) => true,
    }
}

/// Whether a query matches; what met is appended to `found`.
fn eval<W>(query: &Query<W>, places: &impl Places<W>, fields: Option<&Fields>, found: &mut Vec<u32>) -> bool {
    match query {
        Query::Word(word) => {
            let before = found.len();
            places.append(word, found);
            found.len() > before
        }
        Query::Phrase(words) => {
            with_lists(words, places, |lists| positions::phrase(lists, &mut |position| found.push(position)))
        }
        Query::Near { words, gap } => {
            with_lists(words, places, |lists| positions::near(lists, *gap, &mut |position| found.push(position)))
        }
        Query::And(parts) => {
            let before = found.len();
            let all = parts.iter().all(|part| eval(part, places, fields, found));
            if !all {
                found.truncate(before);
            }
            all
        }
        // Every branch is asked, so that each word that speaks for the match is shown.
        Query::Or(parts) => parts.iter().fold(false, |any, part| eval(part, places, fields, found) | any),
        Query::Not(part) => {
            let before = found.len();
            let inner = eval(part, places, fields, found);
            found.truncate(before);
            !inner
        }
        Query::Field(test) => fields.is_some_and(|fields| fields.meet(test)),
    }
}

/// Looks up where each word is and asks about the lists; false where a word is nowhere.
fn with_lists<W>(words: &[W], places: &impl Places<W>, check: impl FnOnce(&[&[u32]]) -> bool) -> bool {
    if !words.iter().all(|word| places.has(word)) {
        return false;
    }
    let list = |word: &W| {
        let mut positions = Vec::new();
        places.append(word, &mut positions);
        if !places.sorted(word) {
            positions.sort_unstable();
            positions.dedup();
        }
        positions
    };
    let lists: Vec<Vec<u32>> = words.iter().map(list).collect();
    let lists: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
    check(&lists)
}

impl Fields<'_> {
    /// Whether the post and its tags meet a test.
    pub fn meet(&self, test: &FieldTest) -> bool {
        let Fields { post, tags, timezone } = self;
        match test {
            FieldTest::Sector(sector) => tags.sector == *sector || tags.sectors.contains(sector),
            FieldTest::Topic(topic) => tags.topics.contains(topic),
            FieldTest::RiskKind(kind) => tags.risks.iter().any(|risk| risk.kind == *kind),
            FieldTest::RiskLevel(level) => tags.risks.iter().any(|risk| risk.level >= *level),
            FieldTest::Source(source) => post.source == *source,
            FieldTest::Platform(platform) => post.platform == *platform,
            FieldTest::Place(place) => tags.places.contains(place),
            FieldTest::Published { from, to } => {
                let day = timezone.to_datetime(post.published_at).date();
                from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
            }
            FieldTest::Reach { op, views } => post.views.is_some_and(|seen| op.holds(seen, *views)),
        }
    }
}

#[cfg(test)]
mod tests;
