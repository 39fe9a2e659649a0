//! The ledger's entry of a poll: what it vouches for, and what it may have missed.

use std::collections::HashSet;

use config::Source;
use journal::Record;
use model::{Coverage, Time};

use super::goal::BACKFILL;
use super::profile::PlatformProfile;
use super::result::{PollResult, number};
use crate::outcome::PollOutcome;
use crate::state::Cursor;
use crate::time::earlier;

/// An entry that so far says only how a poll ended.
pub(super) fn entry(source: &Source, at: Time, outcome: &PollOutcome) -> Coverage {
    Coverage::new(&source.id, source.platform(), at, outcome.name())
}

/// An entry as a message of the journal.
pub(super) fn record(coverage: &Coverage) -> Record {
    Record::new(coverage.source.clone(), model::wire::write(coverage))
}

/// Since when this poll, joined to those before it, vouches that every post was read.
pub(super) fn covers_from(cursor: &Cursor, result: &PollResult) -> Option<Time> {
    if !result.outcome.is_ok() {
        return None;
    }
    let backfill = earlier(result.started, BACKFILL);
    let oldest = result.oldest().map(|oldest| oldest.max(backfill));
    let from = if result.overlapped {
        cursor.covered_until.or(oldest)?
    } else if result.beginning {
        // Before a source's first post there was nothing to miss.
        cursor.covered_until.map_or(backfill, |until| until.min(backfill))
    } else {
        oldest?
    };
    Some(from.min(result.started))
}

/// What is worth saying of a poll: how it failed or what it may have missed, and what of posts and comments was not shown.
pub(super) fn detail(cursor: &Cursor, result: &PollResult, covers_from: Option<Time>) -> Option<String> {
    let said = result.detail.clone().or_else(|| gap(cursor, result, covers_from));
    let counted = [
        (result.unshown, "texts of", "were not shown"),
        (result.unreadable_dates, "dates of", "could not be read; they count from when they were first seen"),
        (result.unseen_threads, "comments of", "were not shown"),
    ];
    let counted = counted.into_iter().filter(|(count, ..)| *count > 0);
    let said: Vec<String> =
        said.into_iter().chain(counted.map(|(count, what, was)| format!("{what} {count} posts {was}"))).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// Words about posts that came and went between two polls.
fn gap(cursor: &Cursor, result: &PollResult, from: Option<Time>) -> Option<String> {
    let (until, from) = (cursor.covered_until?, from?);
    (!result.is_whole() && result.outcome.is_ok() && from > until)
        .then(|| format!("gap: posts between {until} and {from} may have been missed"))
}

/// Numbers of new posts of a channel that nothing on the pages bears.
pub(super) fn id_gaps(profile: PlatformProfile, cursor: &Cursor, result: &PollResult) -> u32 {
    let (Some(lowest), Some(highest)) = (result.lowest(), result.highest()) else { return 0 };
    if !profile.gapless {
        return 0;
    }
    let first = cursor.last_number.map_or(lowest, |last| lowest.max(last.saturating_add(1)));
    let positions = result.problems.iter().map(|problem| &problem.position).chain(&result.left_out);
    let posts = result.posts.iter().filter_map(|parsed| number(&parsed.post.id));
    let borne: HashSet<u64> = posts
        .chain(positions.filter_map(|position| position.rsplit('/').next()?.parse().ok()))
        .filter(|number| (first..=highest).contains(number))
        .collect();
    let all = highest.saturating_add(1).saturating_sub(first);
    u32::try_from(all.saturating_sub(borne.len() as u64)).unwrap_or(u32::MAX)
}
