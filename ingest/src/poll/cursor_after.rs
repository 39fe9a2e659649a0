//! Where a source stands after a poll, and when it is polled next.

use std::time::Duration;

use config::Source;
use model::{Coverage, Time};

use super::profile::PlatformProfile;
use super::result::PollResult;
use crate::fetch::Validators;
use crate::outcome::{Consequence, PollOutcome};
use crate::schedule::{next_poll_at, slowed};
use crate::state::Cursor;
use crate::time::later;

/// A feed that asks for longer pauses is read this often all the same: an emergency is on it within the hour or useless.
const MAX_TTL: Duration = Duration::from_secs(3600);

/// The cursor after a poll that was taken in.
pub(super) fn moved(
    source: &Source,
    profile: PlatformProfile,
    cursor: &Cursor,
    result: &PollResult,
    coverage: &Coverage,
    now: Time,
) -> Cursor {
    let mut moved = cursor.clone();
    moved.posts += u64::from(coverage.new);
    moved.channel_number = result.channel_number.or(cursor.channel_number);
    if result.outcome.is_ok() {
        moved.last_number = cursor.last_number.max(result.highest());
        // A page that shows nothing, of a source that has posts, says nothing of what was vouched for.
        let says_nothing = result.posts.is_empty() && result.hidden.is_empty() && !result.beginning;
        if !result.overlapped && !says_nothing {
            moved.covered_until = coverage.covers_from;
        }
        if let Some(validators) = &result.validators {
            moved.validators = validators.clone();
        }
    }
    if result.pages > 0 {
        moved.go_on = result.go_on;
        if result.left > 0 {
            // «Nothing has changed» would be no answer to a poll that goes on reading.
            moved.validators = Validators::default();
        }
        moved.blocks = (coverage.posts.saturating_add(coverage.unparsed), coverage.unparsed);
    }
    if let Some(shown) = result.discussion {
        moved.discussion_asked_at = Some(now);
        moved.discussion_at = if shown { Some(now) } else { moved.discussion_at };
    }
    let mut every = source.every;
    if profile.slows_when_quiet && result.outcome.is_ok() {
        moved.quiet = if coverage.new + coverage.edited > 0 { 0 } else { cursor.quiet.saturating_add(1) };
        every = slowed(every, moved.quiet);
    }
    let skipped = result.skip_hours & (1 << (now.as_second().div_euclid(3600).rem_euclid(24))) != 0;
    let ttl = Duration::from_secs(u64::from(result.ttl_minutes.unwrap_or(0)) * 60);
    let asked = if skipped { MAX_TTL } else { ttl.min(MAX_TTL) };
    settle(&mut moved, profile, every.max(asked), &result.outcome, coverage.detail.clone(), now);
    moved
}

/// Notes how a poll ended and when the next one is due.
pub(super) fn settle(
    cursor: &mut Cursor,
    profile: PlatformProfile,
    every: Duration,
    outcome: &PollOutcome,
    detail: Option<String>,
    now: Time,
) {
    if outcome.is_ok() {
        (cursor.failures, cursor.failing_since) = (0, None);
    } else if !outcome.is_nobodys() {
        cursor.failures = cursor.failures.saturating_add(1);
        cursor.failing_since = cursor.failing_since.or(Some(now));
    }
    let consequence = outcome.consequence();
    let mut next_at = next_poll_at(now, every, cursor.failures, consequence);
    // All sources retried at the pace of trouble would use up the calls of a day in one outage.
    if profile.calls_are_planned && cursor.failures > 1 && matches!(consequence, Consequence::Backoff { .. }) {
        next_at = next_at.max(later(now, every));
    }
    cursor.next_at = Some(next_at);
    cursor.last_at = Some(now);
    if outcome.is_ok() {
        cursor.last_ok_at = Some(now);
    }
    cursor.outcome = Some(outcome.name().to_owned());
    cursor.detail = detail;
}
