//! Counting what a search finds by sector, topic, risk, source and day.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use model::Time;
use serde::{Deserialize, Serialize};
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use super::find::SearchError;
use super::index::SearchIndex;
use super::request::SearchRequest;
use super::schema;

/// Values of a facet at most, the most frequent ones: a page shows no more.
const MAX_VALUES: usize = 100;

/// What the posts are counted by, each a fast field of text.
const BY: [&str; 4] = [schema::SECTOR, schema::TOPIC, schema::RISK, schema::SOURCE];

/// Milliseconds in a quarter of an hour. Zones are whole quarters of an hour apart, and so are their changes.
const QUARTER_MS: i64 = 15 * 60 * 1000;

/// How many of the posts found have each value. A post counts once for each of its sectors, topics and risks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facets {
    /// Posts found, all of them.
    pub total: u64,
    /// By any of a post's sectors, most first.
    pub sectors: Vec<FacetCount>,
    /// By topic.
    pub topics: Vec<FacetCount>,
    /// By kind of risk.
    pub risks: Vec<FacetCount>,
    /// By source.
    pub sources: Vec<FacetCount>,
    /// By day of publication in the configured time zone, oldest first.
    pub days: Vec<DayCount>,
}

/// Posts with a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// Code of the sector, id of the topic, …
    pub key: String,
    /// Posts.
    pub posts: u64,
}

/// Posts of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// The day.
    pub date: Date,
    /// Posts.
    pub posts: u64,
}

impl SearchIndex {
    /// Counts what a search finds; `limit`, `offset` and `sort` of the request do not count.
    pub fn facets(&self, request: &SearchRequest) -> Result<Facets, SearchError> {
        let query = self.compile(request)?;
        let Counted { total, values, quarters } = self.reader.searcher().search(&*query, &Counting)??;
        let [sectors, topics, risks, sources] = values.map(most_frequent);
        let days = self.days(quarters).map_err(|error| SearchError::Damaged(error.to_string()))?;
        Ok(Facets { total, sectors, topics, risks, sources, days })
    }

    /// The days of quarters of an hour. Those of a day come together, so that the calendar is asked once a day.
    fn days(&self, quarters: Vec<(i64, u64)>) -> Result<Vec<DayCount>, jiff::Error> {
        let mut days: BTreeMap<Date, u64> = BTreeMap::new();
        let (mut day, mut date) = (0..0, Date::MIN);
        for (quarter, posts) in quarters {
            if !day.contains(&quarter) {
                let time = Time::from_millisecond(quarter * QUARTER_MS)?.to_zoned_datetime(self.timezone.clone());
                let end = time.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
                day = quarter..end.map_or(quarter + 1, |end| quarter_of(schema::millis(end.timestamp())));
                date = time.date();
            }
            *days.entry(date).or_default() += posts;
        }
        Ok(days.into_iter().map(|(date, posts)| DayCount { date, posts }).collect())
    }
}

fn quarter_of(millis: i64) -> i64 {
    millis.div_euclid(QUARTER_MS)
}

fn most_frequent(values: HashMap<String, u64>) -> Vec<FacetCount> {
    let mut counts: Vec<_> = values.into_iter().map(|(key, posts)| FacetCount { key, posts }).collect();
    counts.sort_unstable_by(|a, b| b.posts.cmp(&a.posts).then_with(|| a.key.cmp(&b.key)));
    counts.truncate(MAX_VALUES);
    counts
}

/// The collector.
struct Counting;

#[derive(Default)]
struct Counted {
    total: u64,
    values: [HashMap<String, u64>; BY.len()],
    /// By quarter of an hour since 1970; those of each segment in order.
    quarters: Vec<(i64, u64)>,
}

struct SegmentCounting {
    total: u64,
    /// Each column with a count for each of its ordinals. Missing where no post of the segment has a value.
    columns: [Option<(StrColumn, Vec<u64>)>; BY.len()],
    published_at: Option<Column<i64>>,
    /// Counts from the segment's first quarter on.
    first_quarter: i64,
    quarters: Vec<u64>,
    /// For times beyond the span that [`SegmentCounting::quarters`] can hold.
    others: BTreeMap<i64, u64>,
}

/// A segment's days are counted in an array where they span no more than this: eleven years.
const MAX_SPAN: i64 = 400_000;

impl Collector for Counting {
    type Fruit = Result<Counted, TantivyError>;
    type Child = SegmentCounting;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentCounting> {
        let fast = reader.fast_fields();
        let open = |name: &str| {
            let column = fast.str(name)?;
            Ok::<_, TantivyError>(column.map(|column| {
                let counts = vec![0; column.num_terms()];
                (column, counts)
            }))
        };
        let [sector, topic, risk, source] = BY;
        let columns = [open(sector)?, open(topic)?, open(risk)?, open(source)?];
        let published_at: Option<Column<i64>> = fast.column_opt(schema::PUBLISHED_AT)?;
        let span = published_at.as_ref().map(|column| (quarter_of(column.min_value()), quarter_of(column.max_value())));
        let (first_quarter, last) = span.unwrap_or_default();
        let quarters = vec![0; (last - first_quarter).clamp(0, MAX_SPAN) as usize + 1];
        Ok(SegmentCounting { total: 0, columns, published_at, first_quarter, quarters, others: BTreeMap::new() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Result<Counted, TantivyError>>) -> tantivy::Result<Self::Fruit> {
        let mut sum = Counted::default();
        for counted in segments {
            let counted = counted?;
            sum.total += counted.total;
            for (sum, values) in sum.values.iter_mut().zip(counted.values) {
                values.into_iter().for_each(|(key, posts)| *sum.entry(key).or_default() += posts);
            }
            sum.quarters.extend(counted.quarters);
        }
        Ok(Ok(sum))
    }
}

impl SegmentCollector for SegmentCounting {
    type Fruit = Result<Counted, TantivyError>;

    fn collect(&mut self, doc: DocId, _: Score) {
        self.total += 1;
        for (column, counts) in self.columns.iter_mut().flatten() {
            for ord in column.ords().values_for_doc(doc) {
                counts[ord as usize] += 1;
            }
        }
        if let Some(time) = self.published_at.as_ref().and_then(|column| column.first(doc)) {
            let quarter = quarter_of(time);
            match usize::try_from(quarter - self.first_quarter).ok().and_then(|n| self.quarters.get_mut(n)) {
                Some(count) => *count += 1,
                None => *self.others.entry(quarter).or_default() += 1,
            }
        }
    }

    fn harvest(self) -> Result<Counted, TantivyError> {
        let mut counted = Counted { total: self.total, ..Counted::default() };
        for (column, values) in self.columns.into_iter().zip(&mut counted.values) {
            let Some((column, counts)) = column else { continue };
            let (ords, posts): (Vec<u64>, Vec<u64>) = (0..).zip(counts).filter(|(_, posts)| *posts > 0).unzip();
            // All at once: read one by one, each would unpack its block of the dictionary again.
            let mut posts = posts.into_iter();
            column.dictionary().sorted_ords_to_term_cb(&ords, |key| {
                values.extend(posts.next().map(|posts| (String::from_utf8_lossy(key).into_owned(), posts)));
            })?;
        }
        let quarters = (self.first_quarter..).zip(self.quarters).chain(self.others);
        counted.quarters.extend(quarters.filter(|(_, posts)| *posts > 0));
        Ok(counted)
    }
}
