//! Turns a reading into messages: posts, tombstones and counters into the journal, then the cursor, then the ledger's entry.
//!
//! In this order a crash repeats messages and loses none. Everything here blocks and runs on a thread of its own.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::Source;
use journal::{Journal, Record, Stream};
use model::{Clock, Coverage, Platform, Time};

use super::reading::{BACKFILL, Early, Reading, number};
use super::sorted::{Sorted, sort};
use crate::author::AuthorKeys;
use crate::outcome::Outcome;
use crate::schedule::{self, Consequence, earlier};
use crate::state::{Cursor, State};

/// A feed that asks for longer pauses is read this often all the same: an emergency is on it within the hour or useless.
const MAX_TTL: Duration = Duration::from_secs(3600);

/// Where readings go.
pub(crate) struct Intake {
    pub journal: Arc<dyn Journal>,
    pub state: Mutex<State>,
    pub keys: Mutex<AuthorKeys>,
    pub clock: Clock,
    full: AtomicBool,
}

/// What stopped an intake, as an outcome and words.
pub(super) type Stopped = (Outcome, String);

impl Intake {
    pub(super) fn new(journal: Arc<dyn Journal>, state: State, keys: AuthorKeys, clock: Clock) -> Intake {
        let (state, keys, full) = (Mutex::new(state), Mutex::new(keys), AtomicBool::new(false));
        Intake { journal, state, keys, clock, full }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a reading in. Returns the cursor as it is now and the ledger's entry.
    pub(super) fn take(&self, source: &Source, cursor: Cursor, mut reading: Reading) -> (Cursor, Coverage) {
        reading.judge();
        let now = (self.clock)();
        let sorted = match self.journalled(source, &mut reading, now) {
            Ok(sorted) => sorted,
            Err(stopped) => return self.refuse(source, cursor, stopped),
        };
        let mut coverage = entry(source, now, &reading.outcome);
        coverage.pages = reading.pages;
        coverage.posts = reading.everything().count() as u32;
        coverage.unparsed = reading.unparsed as u32;
        coverage.id_gaps = id_gaps(source, &cursor, &reading);
        coverage.quota_left = reading.quota_left;
        let Early { new, edited, deleted } = reading.early;
        (coverage.new, coverage.edited) = (sorted.new + new, sorted.edited + edited);
        (coverage.deleted, coverage.dropped) = (sorted.deleted + deleted, sorted.dropped);
        coverage.covers_from = covers_from(&cursor, &reading);
        coverage.detail = reading.detail.clone().or_else(|| gap(&cursor, &reading, coverage.covers_from));
        if reading.unseen_threads > 0 {
            let threads = format!("comments of {} posts were not shown", reading.unseen_threads);
            coverage.detail = Some(coverage.detail.map_or(threads.clone(), |detail| format!("{detail}; {threads}")));
        }

        let moved = moved(source, &cursor, &reading, &coverage, now);
        let stored = {
            let mut state = self.state();
            let stored = state.commit(&source.id, &moved, &sorted.known, &sorted.refused, now);
            stored.and_then(|()| state.put_threads(&source.id, &reading.threads, now))
        };
        if let Err(error) = stored {
            return self.refuse(source, cursor, (Outcome::StateFailed, error.to_string()));
        }
        coverage.next_at = moved.next_at;
        let moved = self.enter(source, moved, &coverage, reading.started);
        (moved, coverage)
    }

    /// Takes in what was read so far and leaves the cursor where it is: the poll goes on. What fails here, fails again when
    /// the whole reading is taken in, and is named there.
    pub(super) fn take_early(&self, source: &Source, cursor: &Cursor, reading: &mut Reading) {
        let now = (self.clock)();
        let Ok(sorted) = self.journalled(source, reading, now) else { return };
        if sorted.known.is_empty() && sorted.refused.is_empty() {
            return;
        }
        if self.state().commit(&source.id, cursor, &sorted.known, &sorted.refused, now).is_ok() {
            reading.early.new += sorted.new;
            reading.early.edited += sorted.edited;
            reading.early.deleted += sorted.deleted;
        }
    }

    /// Takes in what a community of one's own told of its wall. The wall is polled all the same: events can be lost.
    pub(super) fn take_events(&self, source: &Source, mut reading: Reading) -> Result<(), Stopped> {
        let now = (self.clock)();
        let sorted = self.journalled(source, &mut reading, now)?;
        let stored = self.state().remember(&source.id, &sorted.known, &sorted.refused, now);
        stored.map_err(|error| (Outcome::StateFailed, error.to_string()))
    }

    /// Ends a poll that could take nothing in: the cursor stays where it was.
    pub(super) fn refuse(&self, source: &Source, mut cursor: Cursor, (outcome, detail): Stopped) -> (Cursor, Coverage) {
        let now = (self.clock)();
        let mut coverage = entry(source, now, &outcome);
        coverage.detail = Some(detail);
        settle(&mut cursor, source, source.every, &outcome, coverage.detail.clone(), now);
        coverage.next_at = cursor.next_at;
        // Of little weight, and what failed may be this very file.
        let _ = self.state().put_cursor(&source.id, &cursor);
        (self.enter(source, cursor, &coverage, now), coverage)
    }

    /// While the journal is full nothing is fetched. The ledger's entry that says so is the try whether it is full still.
    pub(super) fn still_full(&self, source: &Source) -> Option<Stopped> {
        if !self.full.load(Ordering::Relaxed) {
            return None;
        }
        let mut coverage = entry(source, (self.clock)(), &Outcome::JournalFull);
        coverage.detail = Some("the journal took nothing in".to_owned());
        self.append(Stream::Coverage, &[ledger_record(&coverage)]).err()
    }

    /// Sorts a reading and appends what it brought.
    fn journalled(&self, source: &Source, reading: &mut Reading, now: Time) -> Result<Sorted, Stopped> {
        let sorted = {
            let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            sort(source, reading, &self.state(), &keys, now)
                .map_err(|error| (Outcome::StateFailed, error.to_string()))?
        };
        self.append(Stream::Posts, &sorted.posts)?;
        self.append(Stream::Counters, &sorted.counters)?;
        self.append(Stream::Dead, &sorted.dead)?;
        Ok(sorted)
    }

    /// Writes the ledger's entry. What it vouches for counts as vouched for only once it is there.
    fn enter(&self, source: &Source, mut cursor: Cursor, coverage: &Coverage, started: Time) -> Cursor {
        match self.append(Stream::Coverage, &[ledger_record(coverage)]) {
            Ok(()) if coverage.covers_from.is_some() => {
                cursor.covered_until = Some(started);
                if let Err(error) = self.state().put_cursor(&source.id, &cursor) {
                    tracing::error!(source = source.id, %error, "cannot store the cursor");
                }
            }
            Ok(()) => {}
            // A full journal has said so once already.
            Err((Outcome::JournalFull, _)) => {}
            Err((outcome, error)) => {
                tracing::warn!(source = source.id, outcome = outcome.name(), error, "the ledger misses an entry");
            }
        }
        cursor
    }

    fn append(&self, stream: Stream, records: &[Record]) -> Result<(), Stopped> {
        if records.is_empty() {
            return Ok(());
        }
        match self.journal.append(stream, records) {
            Ok(_) => {
                if self.full.swap(false, Ordering::Relaxed) {
                    tracing::info!("the journal takes messages in again");
                }
                Ok(())
            }
            Err(error @ journal::Error::Full(_)) => {
                if !self.full.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, "intake stops");
                }
                Err((Outcome::JournalFull, error.to_string()))
            }
            Err(error) => Err((Outcome::JournalFailed, error.to_string())),
        }
    }
}

/// Since when this reading, joined to those before it, vouches that every post was read.
fn covers_from(cursor: &Cursor, reading: &Reading) -> Option<Time> {
    if !reading.outcome.is_ok() {
        return None;
    }
    let backfill = earlier(reading.started, BACKFILL);
    let oldest = reading.oldest().map(|oldest| oldest.max(backfill));
    let from = if reading.overlapped {
        cursor.covered_until.or(oldest)?
    } else if reading.beginning {
        // Before a source's first post there was nothing to miss.
        cursor.covered_until.map_or(backfill, |until| until.min(backfill))
    } else {
        oldest?
    };
    Some(from.min(reading.started))
}

/// Words about posts that came and went between two polls.
fn gap(cursor: &Cursor, reading: &Reading, from: Option<Time>) -> Option<String> {
    let (until, from) = (cursor.covered_until?, from?);
    (!reading.is_whole() && reading.outcome.is_ok() && from > until)
        .then(|| format!("gap: posts between {until} and {from} may have been missed"))
}

/// Numbers of new posts of a channel that nothing on the pages bears. Of walls it says nothing: VK numbers posts and comments in one row.
fn id_gaps(source: &Source, cursor: &Cursor, reading: &Reading) -> u32 {
    let (Some(lowest), Some(highest)) = (reading.lowest(), reading.highest()) else { return 0 };
    if source.platform() != Platform::Telegram {
        return 0;
    }
    let first = cursor.last_number.map_or(lowest, |last| lowest.max(last.saturating_add(1)));
    let positions = reading.problems.iter().map(|problem| &problem.position).chain(&reading.left_out);
    let posts = reading.posts.iter().filter_map(|parsed| number(&parsed.post.id));
    let borne: HashSet<u64> = posts
        .chain(positions.filter_map(|position| position.rsplit('/').next()?.parse().ok()))
        .filter(|number| (first..=highest).contains(number))
        .collect();
    let all = highest.saturating_add(1).saturating_sub(first);
    u32::try_from(all.saturating_sub(borne.len() as u64)).unwrap_or(u32::MAX)
}

/// The cursor after a reading.
fn moved(source: &Source, cursor: &Cursor, reading: &Reading, coverage: &Coverage, now: Time) -> Cursor {
    let mut moved = cursor.clone();
    moved.posts += u64::from(coverage.new);
    moved.channel_number = reading.channel_number.or(cursor.channel_number);
    if reading.outcome.is_ok() {
        moved.last_number = cursor.last_number.max(reading.highest());
        if !reading.overlapped {
            moved.covered_until = coverage.covers_from;
        }
        if let Some(validators) = &reading.validators {
            moved.validators = validators.clone();
        }
    }
    if reading.pages > 0 {
        moved.blocks = (coverage.posts.saturating_add(coverage.unparsed), coverage.unparsed);
    }
    if let Some(shown) = reading.discussion {
        moved.discussion_asked_at = Some(now);
        moved.discussion_at = if shown { Some(now) } else { moved.discussion_at };
    }
    let mut every = source.every;
    if source.platform() == Platform::Portal && reading.outcome.is_ok() {
        moved.quiet = if coverage.new + coverage.edited > 0 { 0 } else { cursor.quiet.saturating_add(1) };
        every = schedule::slowed(every, moved.quiet);
    }
    let skipped = reading.skip_hours & (1 << (now.as_second().div_euclid(3600).rem_euclid(24))) != 0;
    let ttl = Duration::from_secs(u64::from(reading.ttl_minutes.unwrap_or(0)) * 60);
    let asked = if skipped { MAX_TTL } else { ttl.min(MAX_TTL) };
    settle(&mut moved, source, every.max(asked), &reading.outcome, coverage.detail.clone(), now);
    moved
}

/// Notes how a poll ended and when the next one is due.
fn settle(cursor: &mut Cursor, source: &Source, every: Duration, outcome: &Outcome, detail: Option<String>, now: Time) {
    cursor.failures = if outcome.is_ok() { 0 } else { cursor.failures.saturating_add(1) };
    cursor.failing_since = if outcome.is_ok() { None } else { cursor.failing_since.or(Some(now)) };
    let consequence = outcome.consequence();
    let mut next_at = schedule::next(now, every, cursor.failures, consequence);
    // VK's calls of a day are planned for this pace. All walls retried at the pace of trouble would use up the day in one outage.
    let scarce = source.platform() == Platform::Vk && cursor.failures > 1;
    if scarce && matches!(consequence, Consequence::Backoff { .. }) {
        next_at = next_at.max(schedule::later(now, every));
    }
    cursor.next_at = Some(next_at);
    cursor.last_at = Some(now);
    if outcome.is_ok() {
        cursor.last_ok_at = Some(now);
    }
    cursor.outcome = Some(outcome.name().to_owned());
    cursor.detail = detail;
}

fn entry(source: &Source, at: Time, outcome: &Outcome) -> Coverage {
    Coverage::new(&source.id, source.platform(), at, outcome.name())
}

fn ledger_record(coverage: &Coverage) -> Record {
    Record::new(coverage.source.clone(), model::wire::write(coverage))
}
