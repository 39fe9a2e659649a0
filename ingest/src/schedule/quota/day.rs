//! What is counted of the calls of a day, and what of it is saved.

use std::collections::VecDeque;

use model::Time;

/// Calls of a day are counted in spans of this many seconds. A call counts for up to one span longer than a day, whether VK's
/// day is a calendar's or the last 24 hours.
const SPAN_S: i64 = 600;

/// Spans that count.
const SPANS: i64 = 24 * 3600 / SPAN_S + 1;

/// A day's count is saved ahead of the calls in steps of this: a crash forgets no call, and each call is no write.
pub(super) const SAVED_AHEAD: u32 = 10;

/// Calls of a method by a token in one span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Name of the token, not its value.
    pub token: String,
    pub method: String,
    /// Number of the span since 1970.
    pub span: i64,
    pub calls: u32,
    /// Those of them that were spare.
    pub spare: u32,
}

/// Calls of one method within a day.
#[derive(Debug, Default)]
pub(super) struct Day {
    pub(super) spans: VecDeque<Span>,
}

impl Day {
    /// Calls that still count, and those of them that were spare.
    pub(super) fn used(&mut self, now: Time) -> (u32, u32) {
        while self.spans.front().is_some_and(|first| first.number <= span(now) - SPANS) {
            self.spans.pop_front();
        }
        self.spans.iter().fold((0, 0), |(calls, spare), span| (calls + span.calls, spare + span.spare))
    }
}

#[derive(Debug)]
pub(super) struct Span {
    pub(super) number: i64,
    pub(super) calls: u32,
    pub(super) spare: u32,
    /// Calls and spare calls as the file has them, or is about to.
    pub(super) saved: (u32, u32),
}

pub(super) fn span(time: Time) -> i64 {
    time.as_second().div_euclid(SPAN_S)
}

/// When calls of a span no longer count.
pub(super) fn end_of(span: i64) -> Time {
    Time::from_second((span + SPANS) * SPAN_S).unwrap_or(Time::MAX)
}

/// Spans older than this are of no use to anybody.
pub(crate) fn oldest_span(now: Time) -> i64 {
    span(now) - SPANS
}
