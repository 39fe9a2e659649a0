//! The ledger: what the polls of a stretch of time saw of each source, and what they could not see.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::time::Time;

/// A gap shorter than this is the time between two reads of the clock, not a time when nobody looked.
const TOLERANCE_MS: i64 = 1_000;

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Begin.
    pub from: Time,
    /// End.
    pub to: Time,
}

impl Span {
    /// Milliseconds from begin to end.
    pub fn millis(&self) -> i64 {
        self.to.as_millisecond() - self.from.as_millisecond()
    }
}

/// What the polls saw of one source within a span.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageSummary {
    /// Polls that ended in it.
    pub polls: u32,
    /// Pages fetched.
    pub pages: u64,
    /// Posts on them, each as often as it was on a page.
    pub posts: u64,
    /// Of these, never seen before.
    pub new: u64,
    /// Of these, changed.
    pub edited: u64,
    /// Found deleted at the source.
    pub deleted: u64,
    /// Dropped on purpose, see [`Coverage::dropped`].
    pub dropped: u64,
    /// Blocks that looked like posts and could not be read.
    pub unparsed: u64,
    /// Numbers that nothing on the pages bore.
    pub id_gaps: u64,
    /// Polls that vouch for nothing, by outcome.
    pub refusals: BTreeMap<String, u32>,
    /// Seconds for which no poll vouches.
    pub blind_s: u64,
    /// Seconds of the longest such stretch.
    pub longest_blind_s: u64,
    /// Calls that the day's quota had left at the last poll; null: there is no quota.
    pub quota_left: Option<u32>,
    /// Outcome of the last poll.
    pub last_outcome: Option<String>,
    /// When it ended.
    pub last_at: Option<Time>,
}

/// What the polls of one source saw of a span; `polls` in the order of time. A poll vouches for the time from its `covers_from`
/// to when it ended, so a poll after the span can vouch for it. Without polls nothing was seen, which is not the same as no posts.
pub fn summarize<'a>(polls: impl Iterator<Item = &'a Coverage>, span: Span) -> CoverageSummary {
    let mut summary = CoverageSummary::default();
    let mut vouched = Vec::new();
    for poll in polls {
        vouched.extend(poll.covers_from.map(|from| Span { from, to: poll.at }));
        if poll.at < span.from || poll.at >= span.to {
            continue;
        }
        summary.polls += 1;
        summary.pages += u64::from(poll.pages);
        summary.posts += u64::from(poll.posts);
        summary.new += u64::from(poll.new);
        summary.edited += u64::from(poll.edited);
        summary.deleted += u64::from(poll.deleted);
        summary.dropped += u64::from(poll.dropped);
        summary.unparsed += u64::from(poll.unparsed);
        summary.id_gaps += u64::from(poll.id_gaps);
        if poll.covers_from.is_none() {
            *summary.refusals.entry(poll.outcome.clone()).or_default() += 1;
        }
        summary.quota_left = poll.quota_left.or(summary.quota_left);
        (summary.last_outcome, summary.last_at) = (Some(poll.outcome.clone()), Some(poll.at));
    }
    let seconds = |millis: i64| u64::try_from(millis / 1000).unwrap_or(0);
    let blind = gaps(vouched, span);
    summary.blind_s = seconds(blind.iter().map(Span::millis).sum());
    summary.longest_blind_s = seconds(blind.iter().map(Span::millis).max().unwrap_or(0));
    summary
}

/// The parts of a span that none of the others covers.
pub fn gaps(mut spans: Vec<Span>, whole: Span) -> Vec<Span> {
    spans.sort_by_key(|span| span.from);
    let mut gaps = Vec::new();
    let mut reached = whole.from;
    let mut gap = |from: Time, to: Time| {
        let gap = Span { from, to };
        if gap.millis() > TOLERANCE_MS {
            gaps.push(gap);
        }
    };
    for span in spans {
        if span.from >= whole.to {
            break;
        }
        gap(reached, span.from);
        reached = reached.max(span.to);
    }
    gap(reached, whole.to);
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Platform;

    fn at(hour: i64) -> Time {
        Time::from_second(1_790_000_000 + hour * 3600).unwrap()
    }

    fn day() -> Span {
        Span { from: at(0), to: at(24) }
    }

    #[track_caller]
    fn check(spans: &[(i64, i64)], expect: &[(i64, i64)]) {
        let span = |&(from, to): &(i64, i64)| Span { from: at(from), to: at(to) };
        assert_eq!(gaps(spans.iter().map(span).collect(), day()), expect.iter().map(span).collect::<Vec<_>>());
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

    fn poll(hour: i64, outcome: &str, covers_from: Option<i64>) -> Coverage {
        Coverage {
            covers_from: covers_from.map(at),
            pages: 2,
            posts: 20,
            new: 3,
            unparsed: 1,
            id_gaps: 4,
            quota_left: Some(100 - hour as u32),
            ..Coverage::new("city", Platform::Vk, at(hour), outcome)
        }
    }

    #[test]
    fn a_day_is_summed_and_later_polls_vouch_for_it_without_being_counted() {
        let polls =
            [poll(6, "ok", Some(0)), poll(8, "timeout", None), poll(12, "ok", Some(9)), poll(25, "ok", Some(12))];
        let summary = summarize(polls.iter(), day());
        assert_eq!(
            (summary.polls, summary.pages, summary.posts, summary.new, summary.unparsed, summary.id_gaps),
            (3, 6, 60, 9, 3, 12)
        );
        assert_eq!(summary.refusals, [("timeout".to_owned(), 1)].into());
        assert_eq!((summary.blind_s, summary.longest_blind_s), (3 * 3600, 3 * 3600));
        assert_eq!(
            (summary.quota_left, summary.last_at, summary.last_outcome.as_deref()),
            (Some(88), Some(at(12)), Some("ok"))
        );
    }

    #[test]
    fn no_posts_and_could_not_look_are_never_the_same() {
        let empty = Coverage { posts: 0, new: 0, ..poll(24, "empty", Some(0)) };
        let looked = summarize([&empty, &poll(23, "empty", Some(0))].into_iter(), day());
        let refused = summarize([&poll(23, "forbidden", None)].into_iter(), day());
        let nobody = summarize([].iter(), day());
        assert_eq!((looked.blind_s, refused.blind_s, nobody.blind_s), (0, 86_400, 86_400));
        assert_eq!((refused.refusals.len(), nobody.polls), (1, 0));
    }
}
