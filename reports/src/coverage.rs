//! From polls to what was seen of a day: silence is never mistaken for calm.

use std::collections::BTreeMap;

use config::Source;
use model::{Coverage, Time};
use serde::{Deserialize, Serialize};

/// A gap shorter than this is the time between two reads of the clock, not a time when nobody looked.
const TOLERANCE_MS: i64 = 1_000;

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
        self.unseen.iter().map(|span| span.to.as_millisecond() - span.from.as_millisecond()).sum()
    }
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Begin.
    pub from: Time,
    /// End.
    pub to: Time,
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
            line.unseen = gaps(vouched, day);
            line
        })
        .collect();
    seen.sort_by(|a, b| b.unseen_ms().cmp(&a.unseen_ms()).then_with(|| a.source.cmp(&b.source)));
    seen
}

/// The parts of a day that no span covers.
fn gaps(mut spans: Vec<Span>, day: Span) -> Vec<Span> {
    spans.sort_by_key(|span| span.from);
    let mut gaps = Vec::new();
    let mut reached = day.from;
    let mut gap = |from: Time, to: Time| {
        if to.as_millisecond() - from.as_millisecond() > TOLERANCE_MS {
            gaps.push(Span { from, to });
        }
    };
    for span in spans {
        if span.from >= day.to {
            break;
        }
        gap(reached, span.from);
        reached = reached.max(span.to);
    }
    gap(reached, day.to);
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Time {
        Time::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    #[track_caller]
    fn check(spans: &[(i64, i64)], expect: &[(i64, i64)]) {
        let span = |&(from, to): &(i64, i64)| Span { from: at(from), to: at(to) };
        let got = gaps(spans.iter().map(span).collect(), Span { from: at(0), to: at(24) });
        assert_eq!(got, expect.iter().map(span).collect::<Vec<_>>());
    }

    #[test]
    fn gaps_are_what_no_poll_vouches_for() {
        check(&[], &[(0, 24)]);
        check(&[(-5, 30)], &[]);
        check(&[(0, 6), (6, 24)], &[]);
        check(&[(-1, 6), (9, 25)], &[(6, 9)]);
        check(&[(9, 12), (2, 5), (3, 4)], &[(0, 2), (5, 9), (12, 24)]);
        check(&[(25, 30)], &[(0, 24)]);
        check(&[(-9, -3)], &[(0, 24)]);
    }
}
