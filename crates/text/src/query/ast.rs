//! A query as a tree.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;
use model::{Level, Platform, Sector};

use super::events::EventTest;

/// A parsed query. Its root is never made of negations only. A [`Percolator`](crate::Percolator) has numbers in the place of [`Word`].
#[derive(Debug, Clone, PartialEq)]
pub enum Query<W = Word> {
    /// A word anywhere.
    Word(W),
    /// Words side by side, in this order.
    Phrase {
        /// At least two.
        words: Vec<W>,
        /// Whether they may stand in different sentences.
        across: bool,
    },
    /// Words near each other, in any order, each matching a different token. At least two.
    Near {
        /// The words.
        words: Vec<W>,
        /// At most this many other tokens between the first and the last.
        gap: u32,
        /// Whether they may stand in different sentences.
        across: bool,
    },
    /// All of these.
    And(Vec<Query<W>>),
    /// Any of these.
    Or(Vec<Query<W>>),
    /// Not this.
    Not(Box<Query<W>>),
    /// A test of the post or its tags.
    Field(FieldTest),
}

/// A word of a query, or the alternatives at one position of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it is written in the query, in bytes.
    pub span: Range<usize>,
    /// It matches a token that any of these matches: each likely lemma of a word, each of several alternatives. At least one,
    /// none twice.
    pub terms: Vec<Term>,
}

/// Which tokens a word of a query matches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// Tokens with this lemma.
    Lemma(Arc<str>),
    /// Tokens of this folded form.
    Form(Arc<str>),
    /// Tokens whose folded form begins so.
    Prefix(Arc<str>),
}

/// A test of a post or its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldTest {
    /// `сектор:`, among all its sectors.
    Sector(Sector),
    /// `тема:`, an id of the taxonomy.
    Topic(String),
    /// `риск:`, an id of a kind of risk.
    RiskKind(String),
    /// `риск:` with a level: a risk of this level or above.
    RiskLevel(Level),
    /// `источник:`, an id of a source.
    Source(String),
    /// `платформа:`.
    Platform(Platform),
    /// `место:`, an id of a place.
    Place(String),
    /// `дата:`, days in the configured time zone, both included.
    Published {
        /// First day.
        from: Option<Date>,
        /// Last day.
        to: Option<Date>,
    },
    /// `событие:`, or one slot of an event: the post has an event that is such.
    Event(EventTest),
    /// `охват:`, views of the post. False where they are not known.
    Reach {
        /// How the views compare.
        op: Comparison,
        /// To what.
        views: u64,
    },
}

/// A comparison of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Query {
    /// Every field test in it, negated ones included, in the order written.
    pub fn fields(&self) -> Vec<&FieldTest> {
        let mut fields = Vec::new();
        self.collect_fields(&mut fields);
        fields
    }

    /// Calls `visit` with every word, negated ones included.
    pub(crate) fn each_word<'q>(&'q self, visit: &mut dyn FnMut(&'q Word)) {
        match self {
            Query::Word(word) => visit(word),
            Query::Phrase { words, .. } | Query::Near { words, .. } => words.iter().for_each(visit),
            Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| part.each_word(visit)),
            Query::Not(part) => part.each_word(visit),
            Query::Field(_) => {}
        }
    }

    /// The same query with other words.
    pub(crate) fn map_words<V>(&self, map: &mut dyn FnMut(&Word) -> V) -> Query<V> {
        match self {
            Query::Word(word) => Query::Word(map(word)),
            Query::Phrase { words, across } => {
                Query::Phrase { words: words.iter().map(map).collect(), across: *across }
            }
            Query::Near { words, gap, across } => {
                Query::Near { words: words.iter().map(map).collect(), gap: *gap, across: *across }
            }
            Query::And(parts) => Query::And(parts.iter().map(|part| part.map_words(map)).collect()),
            Query::Or(parts) => Query::Or(parts.iter().map(|part| part.map_words(map)).collect()),
            Query::Not(part) => Query::Not(Box::new(part.map_words(map))),
            Query::Field(test) => Query::Field(test.clone()),
        }
    }

    fn collect_fields<'a>(&'a self, fields: &mut Vec<&'a FieldTest>) {
        match self {
            Query::Word(_) | Query::Phrase { .. } | Query::Near { .. } => {}
            Query::And(parts) | Query::Or(parts) => parts.iter().for_each(|part| part.collect_fields(fields)),
            Query::Not(part) => part.collect_fields(fields),
            Query::Field(test) => fields.push(test),
        }
    }
}

impl Comparison {
    /// Whether the comparison holds between two numbers.
    pub fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Equal => left == right,
            Comparison::GreaterOrEqual => left >= right,
            Comparison::Greater => left > right,
        }
    }
}
