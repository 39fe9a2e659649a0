//! A rule tried on posts of the past before anyone switches it on: what it would have matched, and which alerts it would have raised.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use alerts::{AlertView, Alerts, Filter};
use anyhow::{Context, Result};
use classify::Classifier;
use config::Config;
use journal::{Entry, Sink};
use model::{Level, PostId, Risk, TaggedPost, Time, wire};
use serde::Serialize;
use text::{Analyzer, Fields, IndexedDocument, Query};

/// Samples kept: enough to judge by, few enough to read.
const SAMPLES: usize = 20;

/// A sample shows this much of its text.
const SAMPLE_CHARS: usize = 280;

/// Kind of the risk that a bare query stands for.
const REHEARSED: &str = "rehearsed";

/// What is rehearsed.
pub enum Rule {
    /// A query, as if it were the one pattern of a risk of this level.
    Query { query: Query, level: Level },
    /// Kinds of risk and topics, as this classifier tells them.
    Tags { kinds: Vec<String>, topics: Vec<String>, classifier: Box<Classifier> },
    /// Rules of alerts, over the posts as they are tagged.
    Alerts { config: Arc<Config> },
}

/// A rehearsal under way: takes the posts one by one.
pub struct Rehearsal {
    rule: Rule,
    config: Arc<Config>,
    analyzer: Analyzer,
    seen: u64,
    hits: Vec<TaggedPost>,
    overlap: BTreeMap<String, u64>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// Posts of the archive that the rule was tried on.
    pub posts: u64,
    /// Posts that it matched.
    pub hits: u64,
    /// Hits by day, days without one included.
    pub by_day: Vec<Day>,
    /// The newest hits.
    pub samples: Vec<Sample>,
    /// What else the hits are: kinds of risk and topics in force, the most frequent first.
    pub overlap: Vec<Overlap>,
    /// The alerts that it would have raised, oldest first.
    pub alerts: Vec<Raised>,
}

/// One day of [`Outcome::by_day`].
#[derive(Debug, Serialize)]
pub struct Day {
    pub day: jiff::civil::Date,
    pub hits: u64,
}

/// A hit as it is shown.
#[derive(Debug, Serialize)]
pub struct Sample {
    pub id: String,
    pub published_at: Time,
    pub source: String,
    pub text: String,
    /// Why it was matched, where the rule says so.
    pub why: Vec<String>,
}

/// How many hits carry another tag.
#[derive(Debug, Serialize)]
pub struct Overlap {
    pub rule: String,
    pub posts: u64,
}

/// An alert that would have been raised.
#[derive(Debug, Serialize)]
pub struct Raised {
    pub at: Time,
    pub headline: String,
    pub level: Level,
    pub posts: u64,
}

impl Rehearsal {
    /// A rehearsal beside the configuration in force.
    pub fn new(rule: Rule, config: Arc<Config>) -> Rehearsal {
        Rehearsal { rule, config, analyzer: Analyzer::new(), seen: 0, hits: Vec::new(), overlap: BTreeMap::new() }
    }

    /// Tries the rule on a post of the archive.
    pub fn take(&mut self, tagged: TaggedPost) {
        self.seen += 1;
        let Some(hit) = self.matched(&tagged) else { return };
        if !matches!(self.rule, Rule::Alerts { .. }) {
            self.overlaps(&tagged);
        }
        self.hits.push(hit);
    }

    fn overlaps(&mut self, tagged: &TaggedPost) {
        let tags = &tagged.tags;
        for known in tags.risks.iter().map(|risk| &risk.kind).chain(&tags.topics) {
            *self.overlap.entry(known.clone()).or_default() += 1;
        }
    }

    /// The post with the risks of the rule alone, if it matches.
    fn matched(&mut self, tagged: &TaggedPost) -> Option<TaggedPost> {
        match &mut self.rule {
            Rule::Query { query, level } => {
                let document = self.analyzer.post_document(&tagged.post);
                let fields = Fields { post: &tagged.post, tags: &tagged.tags, timezone: self.config.timezone() };
                text::matches(query, &IndexedDocument::new(&document), Some(&fields))?;
                let mut hit = tagged.clone();
                hit.tags.risks = vec![Risk { kind: REHEARSED.to_owned(), level: *level, why: Vec::new() }];
                Some(hit)
            }
            Rule::Tags { kinds, topics, classifier } => {
                let mut hit = classifier.classify(tagged.post.clone());
                hit.tags.risks.retain(|risk| kinds.contains(&risk.kind));
                let told = !hit.tags.risks.is_empty() || hit.tags.topics.iter().any(|topic| topics.contains(topic));
                told.then_some(hit)
            }
            // Which posts they are about shows when all are there.
            Rule::Alerts { .. } => Some(tagged.clone()),
        }
    }

    /// What came of it between two times.
    pub fn finish(mut self, from: Time, to: Time) -> Result<Outcome> {
        self.hits.sort_by(|a, b| (a.post.published_at, &a.post.id).cmp(&(b.post.published_at, &b.post.id)));
        let alerts = match &self.rule {
            Rule::Alerts { config } => {
                let alerts = raised(config, &self.hits, to)?;
                let about: BTreeSet<&PostId> = alerts.iter().flat_map(|alert| &alert.post_ids).collect();
                let mut hits = std::mem::take(&mut self.hits);
                hits.retain(|hit| about.contains(&hit.post.id));
                for hit in &hits {
                    self.overlaps(hit);
                }
                self.hits = hits;
                alerts
            }
            Rule::Query { .. } | Rule::Tags { .. } => raised(&self.config, &self.hits, to)?,
        };
        let config = Arc::clone(&self.config);
        let zone = config.timezone();
        let mut days: BTreeMap<jiff::civil::Date, u64> = BTreeMap::new();
        let last = zone.to_datetime(to).date();
        let mut day = zone.to_datetime(from).date();
        while day <= last {
            days.insert(day, 0);
            day = day.tomorrow().context("the calendar ends")?;
        }
        for hit in &self.hits {
            *days.entry(zone.to_datetime(hit.post.published_at).date()).or_default() += 1;
        }
        let mut overlap: Vec<Overlap> = self.overlap.into_iter().map(|(rule, posts)| Overlap { rule, posts }).collect();
        // Stable: equal ones stay in the order of their ids.
        overlap.sort_by_key(|overlap| std::cmp::Reverse(overlap.posts));
        Ok(Outcome {
            posts: self.seen,
            hits: self.hits.len() as u64,
            by_day: days.into_iter().map(|(day, hits)| Day { day, hits }).collect(),
            samples: self.hits.iter().rev().take(SAMPLES).map(sample).collect(),
            overlap,
            alerts: alerts.into_iter().map(line).collect(),
        })
    }
}

fn sample(hit: &TaggedPost) -> Sample {
    let words = hit.post.title.iter().chain([&hit.post.text]).flat_map(|part| part.split_whitespace());
    Sample {
        id: hit.post.id.to_string(),
        published_at: hit.post.published_at,
        source: hit.post.source.clone(),
        text: words.collect::<Vec<_>>().join(" ").chars().take(SAMPLE_CHARS).collect(),
        why: hit.tags.risks.iter().flat_map(|risk| &risk.why).cloned().collect(),
    }
}

/// The alerts that these posts raise in an empty book, by the code that raises them in earnest.
fn raised(config: &Arc<Config>, hits: &[TaggedPost], now: Time) -> Result<Vec<AlertView>> {
    // The book's time goes with the posts: an alert is of the moment when it would have been raised.
    let millis = Arc::new(AtomicI64::new(0));
    let clock = {
        let millis = Arc::clone(&millis);
        Arc::new(move || Time::from_millisecond(millis.load(Ordering::Relaxed)).unwrap_or(now))
    };
    let book = Alerts::open(Path::new(":memory:"), Arc::clone(config), clock, Vec::new())?;
    let mut sink = book.sink();
    for (hit, offset) in hits.iter().zip(1..) {
        millis.fetch_max(hit.post.published_at.as_millisecond(), Ordering::Relaxed);
        let entry = Entry { partition: 0, offset, key: hit.post.id.to_string(), payload: wire::write_tagged(hit) };
        sink.apply(&[entry]).map_err(|error| anyhow::anyhow!("cannot group the alerts: {error}"))?;
    }
    millis.fetch_max(now.as_millisecond(), Ordering::Relaxed);
    let mut alerts: Vec<AlertView> = book.list(Filter::default())?;
    alerts.reverse();
    Ok(alerts)
}

fn line(alert: AlertView) -> Raised {
    Raised { at: alert.opened_at, headline: alert.headline, level: alert.level, posts: alert.posts }
}
