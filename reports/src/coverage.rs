//! From polls to what was seen of a day: silence is never mistaken for calm.

use std::collections::BTreeMap;

use config::Source;
use model::Coverage;
pub use model::ledger::Span;
use serde::{Deserialize, Serialize};

/// What was seen of a source on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceSeen {
    /// Its id.
    pub source: String,
    /// The name people see.
    pub name: String,
    /// Its posts of the day.
    pub posts: u64,
    /// Polls that ended on the day.
    pub polls: u64,
    /// Failed polls by named outcome.
    pub failures: BTreeMap<String, u64>,
    /// Times of the day for which nothing vouches.
    pub unseen: Vec<Span>,
}

impl SourceSeen {
    /// Milliseconds not seen.
    pub fn unseen_ms(&self) -> i64 {
        self.unseen.iter().map(Span::millis).sum()
    }
}

/// What was seen of each source between two moments, the least seen first.
///
/// A poll vouches for the time from its `covers_from` to when it ended, so a poll after the day can vouch for it. A source
/// without any poll was not seen at all.
pub fn seen(sources: &[&Source], polls: &[Coverage], posts: &BTreeMap<String, u64>, day: Span) -> Vec<SourceSeen> {
    let mut seen: Vec<SourceSeen> = sources
        .iter()
        .map(|source| {
            let mut vouched = Vec::new();
            let mut line = SourceSeen {
                source: source.id.clone(),
                name: source.name.clone(),
                posts: posts.get(&source.id).copied().unwrap_or(0),
                polls: 0,
                failures: BTreeMap::new(),
                unseen: Vec::new(),
            };
            for poll in polls.iter().filter(|poll| poll.source == source.id) {
                vouched.extend(poll.covers_from.map(|from| Span { from, to: poll.at }));
                if poll.at >= day.from && poll.at < day.to {
                    line.polls += 1;
                    if poll.covers_from.is_none() {
                        *line.failures.entry(poll.outcome.clone()).or_default() += 1;
                    }
                }
            }
            line.unseen = model::ledger::gaps(vouched, day);
            line
        })
        .collect();
    seen.sort_by(|a, b| b.unseen_ms().cmp(&a.unseen_ms()).then_with(|| a.source.cmp(&b.source)));
    seen
}
