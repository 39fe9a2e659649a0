//! All tokens together.

use std::collections::{BTreeMap, VecDeque};

use config::{TokenKind, Vk};
use model::Time;

use super::call::{Call, allows};
use super::day::{Span, Spent, end_of, span};
use super::token::{ALL, Token};
use crate::outcome::PollOutcome;

/// A token that may call, and which of its counts are to be saved before it does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub token: usize,
    pub save: Vec<Spent>,
}

/// Why nobody may call now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unavailable {
    /// A token is free at this time, soon.
    Wait(Time),
    /// No token may before another day's calls or a pause that VK asked for.
    Closed(PollOutcome),
    /// No token of a kind that may call this method.
    NoToken,
}

/// The tokens and what each has spent.
pub(crate) struct Quota {
    tokens: Vec<Token>,
}

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
    pub(crate) fn take(&mut self, call: Call, now: Time) -> Result<Turn, Unavailable> {
        let mut closed: Option<(Time, PollOutcome)> = None;
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
            return Err(closed.map_or(Unavailable::NoToken, |(_, outcome)| Unavailable::Closed(outcome)));
        };
        if free_at > now {
            return Err(Unavailable::Wait(free_at));
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
    pub(crate) fn close(&mut self, token: usize, method: Option<&'static str>, until: Time, outcome: PollOutcome) {
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
