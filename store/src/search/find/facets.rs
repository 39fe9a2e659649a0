//! Counting what a search finds by sector, topic, risk, source and day.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use model::Time;
use serde::{Deserialize, Serialize};

use super::counting::{Counted, Counting, QUARTER_MS, quarter_of};
use crate::search::budget::Budget;
use crate::search::index::{SearchError, SearchIndex};
use crate::search::query::SearchRequest;
use crate::search::schema;

/// A facet gives this many values at most, the most frequent ones: a page shows no more.
const MAX_VALUES: usize = 100;

/// How many of the posts found have each value. A post counts once for each of its sectors, topics, risks, and objects
/// and states of events.
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
    /// By object of an event.
    #[serde(default)]
    pub objects: Vec<FacetCount>,
    /// By state of an event.
    #[serde(default)]
    pub states: Vec<FacetCount>,
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
    /// Counts what a search finds; `limit`, `offset` and `sort` of the request are ignored.
    pub fn facets(&self, request: &SearchRequest, budget: &Budget) -> Result<Facets, SearchError> {
        let searcher = self.reader.searcher();
        let query = self.compile(request, &searcher, budget)?;
        let Counted { total, values, quarters } = searcher.search(&*query, &Counting)??;
        budget.ensure()?;
        let [sectors, topics, risks, sources, objects, states] = values.map(most_frequent);
        let days = self.days(quarters).map_err(|error| SearchError::Damaged(error.to_string()))?;
        Ok(Facets { total, sectors, topics, risks, sources, objects, states, days })
    }

    /// Adds quarters of an hour up to days. Those of a day mostly come together, so that the calendar is asked once a day.
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

fn most_frequent(values: HashMap<String, u64>) -> Vec<FacetCount> {
    let mut counts: Vec<_> = values.into_iter().map(|(key, posts)| FacetCount { key, posts }).collect();
    counts.sort_unstable_by(|a, b| b.posts.cmp(&a.posts).then_with(|| a.key.cmp(&b.key)));
    counts.truncate(MAX_VALUES);
    counts
}
