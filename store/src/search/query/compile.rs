//! From the query language and a request's filters to a tantivy query.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::Time;
use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, DisjunctionMaxQuery, EmptyQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use text::{Comparison, EventTest, FieldTest, Word};

use super::numbers::{at_least, published, unscored, viewed};
use super::proximity::{ProximityQuery, Shape, Terms};
use super::ranges::{RangeQuery, beginning_with};
use super::request::SearchRequest;
use super::watched::watched;
use crate::search::budget::Budget;
use crate::search::schema::{Fields, SENTENCE_END, form_term};

/// Makes tantivy queries for an index.
pub(in crate::search) struct Compiler<'a> {
    pub fields: &'a Fields,
    pub timezone: &'a TimeZone,
    /// Of the search that the query is for.
    pub budget: &'a Budget,
}

impl Compiler<'_> {
    /// Finds the posts, not deleted, that match a query and pass the request's filters.
    pub fn request(&self, query: Option<&text::Query>, request: &SearchRequest) -> Box<dyn Query> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = self.filters(request).into_iter().map(must).collect();
        clauses.push(must(query.map_or_else(all, |query| self.query(query))));
        clauses.push((Occur::MustNot, self.term(Term::from_field_bool(self.fields.deleted, true))));
        watched(Box::new(BooleanQuery::new(clauses)), self.budget)
    }

    /// Finds the same posts as `text::matches`.
    pub fn query(&self, query: &text::Query) -> Box<dyn Query> {
        match query {
            text::Query::Word(word) => self.word(word),
            text::Query::Phrase { words, across } => self.proximity(words, Shape::Phrase, *across),
            text::Query::Near { words, gap, across } => self.proximity(words, Shape::Near(*gap), *across),
            text::Query::And(parts) => self.and(parts),
            text::Query::Or(parts) => {
                let any = BooleanQuery::union(parts.iter().map(|part| self.query(part)).collect());
                watched(Box::new(any), self.budget)
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
        // Negations alone are taken from all posts; without a positive clause tantivy would find nothing.
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
            Box::new(RangeQuery { first, last, test: None, budget: self.budget.clone() }) as Box<dyn Query>
        };
        let mut queries: Vec<Box<dyn Query>> =
            single.into_iter().map(scored).chain(ranges.into_iter().map(between)).collect();
        match queries.pop() {
            Some(only) if queries.is_empty() => only,
            Some(last) => {
                queries.push(last);
                watched(Box::new(DisjunctionMaxQuery::new(queries)), self.budget)
            }
            None => Box::new(EmptyQuery),
        }
    }

    fn proximity(&self, words: &[Word], shape: Shape, across: bool) -> Box<dyn Query> {
        let words = words.iter().map(|word| self.terms(word)).collect();
        let sentence_end = (!across).then(|| Term::from_field_text(self.fields.words, SENTENCE_END));
        Box::new(ProximityQuery { field: self.fields.words, words, shape, sentence_end, budget: self.budget.clone() })
    }

    fn terms(&self, word: &Word) -> Terms {
        let indexed = |text: &str| Term::from_field_text(self.fields.words, text);
        let mut terms = Terms::default();
        for term in &word.terms {
            match term {
                text::Term::Lemma(lemma) => terms.single.push(indexed(lemma)),
                text::Term::Form(form) => terms.single.push(indexed(&form_term(form))),
                text::Term::Prefix(prefix) => terms.ranges.push(beginning_with(self.fields.words, &form_term(prefix))),
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
            FieldTest::Event(test) => self.event(test),
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
                    Some((first, last)) => viewed(first..=last),
                    None => Box::new(EmptyQuery),
                }
            }
        }
    }

    /// Of the object or of the state alone there is a term.
    fn event(&self, test: &EventTest) -> Box<dyn Query> {
        let fields = self.fields;
        let alone = |test: &EventTest| EventTest { object: None, state: None, ..test.clone() } == EventTest::default();
        match (&test.object, &test.state) {
            (Some(object), None) if alone(test) => self.raw(fields.object, object),
            (None, Some(state)) if alone(test) => self.raw(fields.state, state),
            _ => unscored(RangeQuery::of_events(fields.event, test.clone(), self.budget.clone())),
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
            (request.object.is_some() || request.state.is_some()).then(|| {
                let (object, state) = (request.object.clone(), request.state.clone());
                self.event(&EventTest { object, state, ..EventTest::default() })
            }),
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

    /// The first moment of a day, or the nearest moment that a time can hold.
    fn start_of(&self, day: Date) -> Time {
        let start = day.to_zoned_datetime(self.timezone.clone()).and_then(|midnight| midnight.start_of_day());
        start.map_or(if day.year() > 0 { Time::MAX } else { Time::MIN }, |start| start.timestamp())
    }
}

fn must(query: Box<dyn Query>) -> (Occur, Box<dyn Query>) {
    (Occur::Must, query)
}

fn all() -> Box<dyn Query> {
    unscored(AllQuery)
}
