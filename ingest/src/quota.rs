//! Who may call which method of VK when: per second and per day, several tokens sharing the load. Pure: the clock is an
//! argument and the answer says how long to wait.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use config::{TokenKind, Vk};
use model::Time;

use crate::outcome::Outcome;
use crate::schedule::later;

/// Calls sent evenly arrive in bunches, so a second here is a little longer than VK's.
const SECOND: Duration = Duration::from_millis(1100);

/// Calls of a day are counted in spans of this many seconds. A call counts for up to one span longer than a day, whether VK's
/// day is a calendar's or the last 24 hours.
const SPAN_S: i64 = 600;

/// Spans that count.
const SPANS: i64 = 24 * 3600 / SPAN_S + 1;

/// A day's count is saved ahead of the calls in steps of this: a crash forgets no call, and each call is no write.
const SAVED_AHEAD: u32 = 10;

/// Pages beyond the newest one may use this part of a day, so that a backfill leaves the polls of other walls alone.
pub(crate) const SPARE: f64 = 0.2;

/// A call to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// The method that is counted.
    pub method: &'static str,
    /// It is bundled by `execute`, which a service token may not call (error 28).
    pub bundled: bool,
    /// It may use the spare part of a day only.
    pub spare: bool,
}

impl Call {
    pub(crate) fn of(method: &'static str) -> Call {
        Call { method, bundled: false, spare: false }
    }

    /// Whether it brings posts that nobody has seen.
    pub(crate) fn is_newest(self) -> bool {
        !self.spare && matches!(self.method, "wall.get" | "newsfeed.search")
    }

    /// What an error to it closes: the method, or the bundling alone.
    pub(crate) fn closes(self) -> &'static str {
        if self.bundled { "execute" } else { self.method }
    }
}

/// A token that may call, and which of its counts are to be saved before it does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub token: usize,
    pub save: Vec<Spent>,
}

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

/// Why nobody may call now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A token is free at this time, soon.
    Wait(Time),
    /// No token may before another day's calls or a pause that VK asked for.
    Closed(Outcome),
    /// No token of a kind that may call this method.
    NoToken,
}

/// The tokens and what each has spent.
pub(crate) struct Quota {
    tokens: Vec<Token>,
}

struct Token {
    name: String,
    kind: TokenKind,
    per_second: usize,
    per_day: BTreeMap<&'static str, u32>,
    recent: VecDeque<Time>,
    resting_until: Time,
    days: BTreeMap<&'static str, Day>,
    closed: BTreeMap<&'static str, (Time, Outcome)>,
}

/// Calls of one method within a day.
#[derive(Debug, Default)]
struct Day {
    spans: VecDeque<Span>,
}

impl Day {
    /// Calls that still count, and those of them that were spare.
    fn used(&mut self, now: Time) -> (u32, u32) {
        while self.spans.front().is_some_and(|first| first.number <= span(now) - SPANS) {
            self.spans.pop_front();
        }
        self.spans.iter().fold((0, 0), |(calls, spare), span| (calls + span.calls, spare + span.spare))
    }
}

#[derive(Debug)]
struct Span {
    number: i64,
    calls: u32,
    spare: u32,
    /// Calls and spare calls as the file has them, or is about to.
    saved: (u32, u32),
}

/// Stands in `closed` for every method.
const ALL: &str = "";

impl Quota {
    /// Nothing spent yet.
    pub(crate) fn new(settings: &Vk) -> Quota {
        let limits = &settings.limits;
        let token = |token: &config::VkToken| Token {
            name: format!("{:?}", token.secret),
            kind: token.kind,
            per_second: match token.kind {
                TokenKind::Service => limits.service_per_second,
                TokenKind::User => limits.user_per_second,
                TokenKind::Community => limits.community_per_second,
            } as usize,
            per_day: BTreeMap::from([
                ("wall.get", limits.wall_get_per_day),
                ("wall.search", limits.wall_search_per_day),
                ("newsfeed.search", limits.newsfeed_search_per_day),
            ]),
            recent: VecDeque::new(),
            resting_until: Time::MIN,
            days: BTreeMap::new(),
            closed: BTreeMap::new(),
        };
        Quota { tokens: settings.tokens.iter().map(token).collect() }
    }

    /// Takes what was spent before a restart.
    pub(crate) fn restore(&mut self, spent: Vec<Spent>) {
        for spent in spent {
            let Some(token) = self.tokens.iter_mut().find(|token| token.name == spent.token) else { continue };
            let Some(method) = token.per_day.keys().copied().find(|method| *method == spent.method) else { continue };
            let saved = (spent.calls, spent.spare);
            let span = Span { number: spent.span, calls: spent.calls, spare: spent.spare, saved };
            let spans = &mut token.days.entry(method).or_default().spans;
            let at = spans.partition_point(|other| other.number < span.number);
            spans.insert(at, span);
        }
    }

    /// Counts to be saved as they are by now: of several that wait to be written none may put an older one over a newer.
    pub(crate) fn refresh(&self, save: &mut [Spent]) {
        for spent in save {
            let token = self.tokens.iter().find(|token| token.name == spent.token);
            let day = token.and_then(|token| token.days.get(spent.method.as_str()));
            let span = day.and_then(|day| day.spans.iter().find(|span| span.number == spent.span));
            if let Some(span) = span {
                (spent.calls, spent.spare) = span.saved;
            }
        }
    }

    /// Whether a token may bundle calls of a method.
    pub(crate) fn may_bundle(&self, method: &str) -> bool {
        self.tokens.iter().any(|token| allows(token.kind, method) && token.kind != TokenKind::Service)
    }

    /// Calls of a method that all tokens together may make in a day; none where no limit is known.
    pub(crate) fn per_day(&self, method: &str) -> Option<u32> {
        let able = self.tokens.iter().filter(|token| allows(token.kind, method));
        able.map(|token| token.per_day.get(method).copied()).sum()
    }

    /// Calls of a method that are left to all tokens together; none where no limit is known.
    pub(crate) fn left(&mut self, method: &'static str, now: Time) -> Option<u32> {
        let able = self.tokens.iter_mut().filter(|token| allows(token.kind, method));
        able.map(|token| {
            let limit = *token.per_day.get(method)?;
            Some(limit.saturating_sub(token.days.entry(method).or_default().used(now).0))
        })
        .sum()
    }

    /// Calls of a method that all tokens together may make in a second.
    pub(crate) fn per_second(&self, method: &str) -> usize {
        self.tokens.iter().filter(|token| allows(token.kind, method)).map(|token| token.per_second).sum()
    }

    /// Gives the turn to the token that is free first; of several the one with the most left of its day.
    pub(crate) fn take(&mut self, call: Call, now: Time) -> Result<Turn, Refusal> {
        let mut closed: Option<(Time, Outcome)> = None;
        let mut best: Option<(usize, (Time, i64))> = None;
        for (number, token) in self.tokens.iter_mut().enumerate() {
            if !token.takes(call) {
                continue;
            }
            match token.open(call, now) {
                Ok(left) => {
                    let rank = (token.free_at(now), -(left * 1000.0) as i64);
                    if best.is_none_or(|(_, other)| rank < other) {
                        best = Some((number, rank));
                    }
                }
                Err(until) if closed.as_ref().is_none_or(|(other, _)| until.0 < *other) => closed = Some(until),
                Err(_) => {}
            }
        }
        let Some((number, (free_at, _))) = best else {
            return Err(closed.map_or(Refusal::NoToken, |(_, outcome)| Refusal::Closed(outcome)));
        };
        if free_at > now {
            return Err(Refusal::Wait(free_at));
        }
        let token = &mut self.tokens[number];
        token.recent.push_back(now);
        Ok(Turn { token: number, save: token.count(call, now) })
    }

    /// Lets a token rest that VK finds too fast.
    pub(crate) fn rest(&mut self, token: usize, until: Time) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.resting_until = until;
        }
    }

    /// Whether any token may make a call, now or in a second.
    pub(crate) fn is_open(&mut self, call: Call, now: Time) -> bool {
        self.tokens.iter_mut().any(|token| token.takes(call) && token.open(call, now).is_ok())
    }

    /// Closes a token for a method, or for all, until a time.
    pub(crate) fn close(&mut self, token: usize, method: Option<&'static str>, until: Time, outcome: Outcome) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.closed.insert(method.unwrap_or(ALL), (until, outcome));
        }
    }

    /// The earliest a day's limit of a token can be over, a day after its first call that counts.
    pub(crate) fn reset(&self, token: usize, method: &str, now: Time) -> Time {
        let day = self.tokens.get(token).and_then(|token| token.days.get(method));
        let first = day.and_then(|day| day.spans.front()).map_or(span(now), |first| first.number);
        end_of(first)
    }
}

impl Token {
    fn takes(&self, call: Call) -> bool {
        allows(self.kind, call.method) && !(call.bundled && self.kind == TokenKind::Service)
    }

    /// The part of the day's calls that is left, from 0 to 1; or until when the token is closed and why.
    fn open(&mut self, call: Call, now: Time) -> Result<f64, (Time, Outcome)> {
        self.closed.retain(|_, (until, _)| *until > now);
        for method in [ALL, call.closes(), call.method] {
            if let Some((until, outcome)) = self.closed.get(method) {
                return Err((*until, outcome.clone()));
            }
        }
        let Some(limit) = self.per_day.get(call.method).copied() else { return Ok(1.0) };
        let day = self.days.entry(call.method).or_default();
        let (calls, spare) = day.used(now);
        if calls >= limit || (call.spare && f64::from(spare) >= f64::from(limit) * SPARE) {
            let until = day.spans.front().map_or(now, |first| end_of(first.number));
            return Err((until, Outcome::VkQuota { until: Some(until) }));
        }
        Ok(f64::from(limit - calls) / f64::from(limit))
    }

    fn free_at(&self, now: Time) -> Time {
        let first = self.recent.len().checked_sub(self.per_second).and_then(|at| self.recent.get(at));
        first.map_or(now, |first| later(*first, SECOND)).max(self.resting_until).max(now)
    }

    fn count(&mut self, call: Call, now: Time) -> Vec<Spent> {
        while self.recent.len() > self.per_second {
            self.recent.pop_front();
        }
        let mut save = Vec::new();
        if !self.per_day.contains_key(call.method) {
            return save;
        }
        let (name, number) = (&self.name, span(now));
        let spent = |span: &Span| Spent {
            token: name.clone(),
            method: call.method.to_owned(),
            span: span.number,
            calls: span.saved.0,
            spare: span.saved.1,
        };
        let spans = &mut self.days.entry(call.method).or_default().spans;
        // A clock that was set back counts into the newest span.
        if spans.back().is_none_or(|last| last.number < number) {
            // Of a span that is over the calls are known. Left saved ahead, a few calls in each span of a day would count as
            // ten after a restart, and the day as spent.
            if let Some(last) = spans.back_mut().filter(|last| last.saved != (last.calls, last.spare)) {
                last.saved = (last.calls, last.spare);
                save.push(spent(last));
            }
            spans.push_back(Span { number, calls: 0, spare: 0, saved: (0, 0) });
        }
        if let Some(last) = spans.back_mut() {
            last.calls += 1;
            last.spare += u32::from(call.spare);
            if last.calls > last.saved.0 || last.spare > last.saved.1 {
                let ahead = |count: u32, saved: u32| saved.max(count.next_multiple_of(SAVED_AHEAD));
                last.saved = (ahead(last.calls, last.saved.0), ahead(last.spare, last.saved.1));
                save.push(spent(last));
            }
        }
        save
    }
}

fn span(time: Time) -> i64 {
    time.as_second().div_euclid(SPAN_S)
}

/// When calls of a span no longer count.
fn end_of(span: i64) -> Time {
    Time::from_second((span + SPANS) * SPAN_S).unwrap_or(Time::MAX)
}

/// Which kinds of token a method takes, as the schema of the API has it (`access_token_type`).
fn allows(kind: TokenKind, method: &str) -> bool {
    match method {
        "groups.getById" => true,
        "groups.getLongPollServer" => kind != TokenKind::Service,
        _ => kind != TokenKind::Community,
    }
}

/// Spans older than this are of no use to anybody.
pub(crate) fn oldest_span(now: Time) -> i64 {
    span(now) - SPANS
}

#[cfg(test)]
mod tests;
