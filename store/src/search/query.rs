//! From the query language and a request's filters to a tantivy query.

use std::fmt::Debug;
use std::ops::{Bound, RangeInclusive};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::{Level, Time};
use tantivy::columnar::Column;
use tantivy::fastfield::FastFieldReaders;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader, Term};
use text::{Comparison, FieldTest, Word};

use super::position::{PositionQuery, Shape, Terms};
use super::request::SearchRequest;
use super::schema::{Fields, LEVEL, PUBLISHED_AT, VIEWS, level_number, millis};
use super::words::form_term;

/// Makes tantivy queries for an index.
pub(super) struct Compiler<'a> {
    pub fields: &'a Fields,
    pub timezone: &'a TimeZone,
}

impl Compiler<'_> {
    /// What finds the living posts that meet a query and pass the request's filters.
    pub fn request(&self, query: Option<&text::Query>, request: &SearchRequest) -> Box<dyn Query> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = self.filters(request).into_iter().map(must).collect();
        clauses.push(must(query.map_or_else(all, |query| self.query(query))));
        clauses.push((Occur::MustNot, self.term(Term::from_field_bool(self.fields.deleted, true))));
        Box::new(BooleanQuery::new(clauses))
    }

    /// The same posts as `text::matches`.
    pub fn query(&self, query: &text::Query) -> Box<dyn Query> {
        match query {
            text::Query::Word(word) => self.word(word),
            text::Query::Phrase(words) => self.positions(words, Shape::Phrase),
            text::Query::Near { words, gap } => self.positions(words, Shape::Near(*gap)),
            text::Query::And(parts) => self.and(parts),
            text::Query::Or(parts) => {
                Box::new(BooleanQuery::union(parts.iter().map(|part| self.query(part)).collect()))
            }
            text::Query::Not(_) => self.and(std::slice::from_ref(query)),
            text::Query::Field(test) => self.field(test),
        }
    }

    fn and(&self, parts: &[text::Query]) -> Box<dyn Query> {
        let mut clauses = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            clauses.push(match part {
                text::Query::Not(part) => (Occur::MustNot, self.query(part)),
                part => must(self.query(part)),
            });
        }
        // Negations alone take from all posts: tantivy would find nothing.
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push(must(all()));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// A word with several lemmas scores like the best of them.
    fn word(&self, word: &Word) -> Box<dyn Query> {
        let Terms { single, ranges } = self.terms(word);
        let scored = |term| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>;
        let between = |(first, last)| {
            Box::new(InvertedIndexRangeQuery::new(Bound::Included(first), Bound::Included(last))) as Box<dyn Query>
        };
        let mut queries: Vec<Box<dyn Query>> =
            single.into_iter().map(scored).chain(ranges.into_iter().map(between)).collect();
        match queries.pop() {
            Some(only) if queries.is_empty() => only,
            Some(last) => {
                queries.push(last);
                Box::new(DisjunctionMaxQuery::new(queries))
            }
            None => Box::new(EmptyQuery),
        }
    }

    fn positions(&self, words: &[Word], shape: Shape) -> Box<dyn Query> {
        let words = words.iter().map(|word| self.terms(word)).collect();
        Box::new(PositionQuery { field: self.fields.words, words, shape })
    }

    fn terms(&self, word: &Word) -> Terms {
        let indexed = |text: &str| Term::from_field_text(self.fields.words, text);
        let mut terms = Terms::default();
        for term in &word.terms {
            match term {
                text::Term::Lemma(lemma) => terms.single.push(indexed(lemma)),
                text::Term::Form(form) => terms.single.push(indexed(&form_term(form))),
                // Up to the last code point of Unicode, which is no character: no form goes on with it.
                text::Term::Prefix(prefix) => {
                    let first = form_term(prefix);
                    terms.ranges.push((indexed(&first), indexed(&format!("{first}{}", char::MAX))));
                }
            }
        }
        terms
    }

    fn field(&self, test: &FieldTest) -> Box<dyn Query> {
        let fields = self.fields;
        match test {
            FieldTest::Sector(sector) => self.raw(fields.sector, sector.as_str()),
            FieldTest::Topic(topic) => self.raw(fields.topic, topic),
            FieldTest::RiskKind(kind) => self.raw(fields.risk, kind),
            FieldTest::RiskLevel(level) => at_least(*level),
            FieldTest::Source(source) => self.raw(fields.source, source),
            FieldTest::Platform(platform) => self.raw(fields.platform, platform.as_str()),
            FieldTest::Place(place) => self.raw(fields.place, place),
            FieldTest::Published { from, to } => {
                let from = from.map(|day| self.start_of(day));
                let to = to.map(|day| day.tomorrow().map_or(Time::MAX, |day| self.start_of(day)));
                published(from, to)
            }
            FieldTest::Reach { op, views } => {
                let bounds = match op {
                    Comparison::Less => views.checked_sub(1).map(|last| (0, last)),
                    Comparison::LessOrEqual => Some((0, *views)),
                    Comparison::Equal => Some((*views, *views)),
                    Comparison::GreaterOrEqual => Some((*views, u64::MAX)),
                    Comparison::Greater => views.checked_add(1).map(|first| (first, u64::MAX)),
                };
                match bounds {
                    Some((first, last)) => within(FastFieldReaders::column_opt, VIEWS, first..=last),
                    None => Box::new(EmptyQuery),
                }
            }
        }
    }

    fn filters(&self, request: &SearchRequest) -> Vec<Box<dyn Query>> {
        let fields = self.fields;
        let raw = |field, value: &Option<String>| value.as_ref().map(|value| self.raw(field, value));
        let dates = || published(request.from, request.to);
        let filters = [
            (request.from.is_some() || request.to.is_some()).then(dates),
            request.sector.map(|sector| self.raw(fields.sector, sector.as_str())),
            raw(fields.topic, &request.topic),
            raw(fields.risk, &request.risk),
            request.level.map(at_least),
            raw(fields.place, &request.place),
            raw(fields.source, &request.source),
            request.platform.map(|platform| self.raw(fields.platform, platform.as_str())),
        ];
        filters.into_iter().flatten().collect()
    }

    fn raw(&self, field: Field, value: &str) -> Box<dyn Query> {
        self.term(Term::from_field_text(field, value))
    }

    fn term(&self, term: Term) -> Box<dyn Query> {
        unscored(TermQuery::new(term, IndexRecordOption::Basic))
    }

    /// The first moment of a day; of a day beyond what a moment can be, the nearest moment.
    fn start_of(&self, day: Date) -> Time {
        let start = day.to_zoned_datetime(self.timezone.clone()).and_then(|midnight| midnight.start_of_day());
        start.map_or(if day.year() > 0 { Time::MAX } else { Time::MIN }, |start| start.timestamp())
    }
}

fn must(query: Box<dyn Query>) -> (Occur, Box<dyn Query>) {
    (Occur::Must, query)
}

/// A risk of this level or above.
fn at_least(level: Level) -> Box<dyn Query> {
    within(FastFieldReaders::column_opt, LEVEL, level_number(level)..=u64::MAX)
}

/// Published at `from` or after, and before `to`.
fn published(from: Option<Time>, to: Option<Time>) -> Box<dyn Query> {
    let from = from.map_or(i64::MIN, millis);
    let last = to.map_or(i64::MAX, |to| millis(to) - 1);
    within(FastFieldReaders::column_opt, PUBLISHED_AT, from..=last)
}

/// Posts whose number is in a range; those without the number are not.
///
/// Not tantivy's `RangeQuery`: within an excluded conjunction its scorer is asked for documents it has already passed, and
/// subtracts below zero.
fn within<T: Copy + PartialOrd + Debug + Send + Sync + 'static>(
    open: fn(&FastFieldReaders, &str) -> tantivy::Result<Option<Column<T>>>,
    field: &'static str,
    range: RangeInclusive<T>,
) -> Box<dyn Query> {
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let column = open(segment.fast_fields(), field)?;
        let range = range.clone();
        let number = move |doc: DocId| column.as_ref().and_then(|column| column.first(doc));
        Ok(move |doc: DocId| number(doc).is_some_and(|number| range.contains(&number)))
    });
    unscored(DocPredicateQuery::from(predicate))
}

fn all() -> Box<dyn Query> {
    unscored(AllQuery)
}

/// Filters do not make a post a better match.
fn unscored(query: impl Query) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}
