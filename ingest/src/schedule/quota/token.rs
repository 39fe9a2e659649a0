//! One token: what it has spent, and until when it is closed.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use config::TokenKind;
use model::Time;

use super::call::{Call, SPARE, allows};
use super::day::{Day, SAVED_AHEAD, Span, Spent, end_of, span};
use crate::outcome::PollOutcome;
use crate::time::later;

/// Calls sent evenly arrive in bunches, so a second here is a little longer than VK's.
const SECOND: Duration = Duration::from_millis(1100);

/// Stands in `closed` for every method.
pub(super) const ALL: &str = "";

/// A token and its counts.
pub(super) struct Token {
    pub(super) name: String,
    pub(super) kind: TokenKind,
    pub(super) per_second: usize,
    pub(super) per_day: BTreeMap<&'static str, u32>,
    pub(super) recent: VecDeque<Time>,
    pub(super) resting_until: Time,
    pub(super) days: BTreeMap<&'static str, Day>,
    pub(super) closed: BTreeMap<&'static str, (Time, PollOutcome)>,
}

impl Token {
    pub(super) fn takes(&self, call: Call) -> bool {
        allows(self.kind, call.method) && !(call.bundled && self.kind == TokenKind::Service)
    }

    /// The part of the day's calls that is left, from 0 to 1; or until when the token is closed and why.
    pub(super) fn open(&mut self, call: Call, now: Time) -> Result<f64, (Time, PollOutcome)> {
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
            return Err((until, PollOutcome::VkQuota { until: Some(until) }));
        }
        Ok(f64::from(limit - calls) / f64::from(limit))
    }

    pub(super) fn free_at(&self, now: Time) -> Time {
        let first = self.recent.len().checked_sub(self.per_second).and_then(|at| self.recent.get(at));
        first.map_or(now, |first| later(*first, SECOND)).max(self.resting_until).max(now)
    }

    pub(super) fn count(&mut self, call: Call, now: Time) -> Vec<Spent> {
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
