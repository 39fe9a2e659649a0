//! Takes what a poll read in: posts, tombstones and counters into the journal, then the cursor into the state, then the entry into
//! the ledger.
//!
//! In this order a crash repeats messages and loses none. Everything here blocks and runs on a thread of its own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use config::{Config, Source};
use journal::{Journal, Record, Stream};
use model::{Clock, Coverage, PostId, Time};

use super::cursor_after::{moved, settle};
use super::diff::{Diff, Rules, diff};
use super::failure::Failure;
use super::ledger;
use super::profile::PlatformProfile;
use super::result::{PollResult, TakenEarly};
use crate::outcome::PollOutcome;
use crate::parsing::PageProblem;
use crate::privacy::{AuthorKeys, Masks};
use crate::state::{Cursor, SharedState, State};

/// Where poll results go.
pub(crate) struct Intake {
    journal: Arc<dyn Journal>,
    state: SharedState,
    keys: Mutex<AuthorKeys>,
    masks: Masks,
    config: Arc<Config>,
    clock: Clock,
    /// Held to read while what was read is compared and appended, and to write while posts are forgotten: none of what was compared before
    /// comes into the journal after.
    taking: RwLock<()>,
    /// The journal was full when something was last appended.
    full: AtomicBool,
}

impl Intake {
    pub(crate) fn new(
        journal: Arc<dyn Journal>,
        state: SharedState,
        keys: AuthorKeys,
        config: Arc<Config>,
        clock: Clock,
    ) -> Intake {
        let masks = Masks::new(&config);
        Intake {
            journal,
            state,
            keys: Mutex::new(keys),
            masks,
            config,
            clock,
            taking: RwLock::new(()),
            full: AtomicBool::new(false),
        }
    }

    pub(crate) fn masks(&self) -> &Masks {
        &self.masks
    }

    pub(crate) fn keys(&self) -> MutexGuard<'_, AuthorKeys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Never takes these posts in again, and remembers nothing else of them.
    pub(crate) fn forget(&self, ids: &[PostId]) -> rusqlite::Result<()> {
        let _none = self.taking.write().unwrap_or_else(PoisonError::into_inner);
        self.state().forget(ids, (self.clock)())
    }

    /// Takes a poll's result in. Returns the cursor as it is now and the ledger's entry.
    pub(crate) fn take(
        &self,
        source: &Source,
        profile: PlatformProfile,
        cursor: Cursor,
        mut result: PollResult,
    ) -> (Cursor, Coverage) {
        result.finish();
        let now = (self.clock)();
        self.note_hidden(source, &mut result);
        let diff = match self.append_diff(source, profile, &mut result, now) {
            Ok(diff) => diff,
            Err(failure) => return self.reject(source, profile, cursor, failure),
        };
        let mut coverage = ledger::entry(source, now, &result.outcome);
        coverage.pages = result.pages;
        coverage.posts = result.everything().count() as u32;
        coverage.unparsed = result.unparsed as u32;
        coverage.id_gaps = ledger::id_gaps(profile, &cursor, &result);
        coverage.quota_left = result.quota_left;
        let TakenEarly { new, edited, deleted } = result.taken_early;
        (coverage.new, coverage.edited) = (diff.new + new, diff.edited + edited);
        (coverage.deleted, coverage.dropped) = (diff.deleted + deleted, diff.dropped);
        coverage.covers_from = ledger::covers_from(&cursor, &result);
        coverage.detail = ledger::detail(&cursor, &result, coverage.covers_from);

        let moved = moved(source, profile, &cursor, &result, &coverage, now);
        let stored = {
            let mut state = self.state();
            let stored = state.commit(&source.id, &moved, &diff.known, &diff.rejected, now);
            stored.and_then(|()| state.put_threads(&source.id, &result.threads, now))
        };
        if let Err(error) = stored {
            return self.reject(source, profile, cursor, state_failed(&error));
        }
        coverage.next_at = moved.next_at;
        let moved = self.enter(source, moved, &coverage, result.started);
        (moved, coverage)
    }

    /// Tells of posts whose text was never read and is not shown: each as a dead letter, once it was asked for by itself where that can be done.
    fn note_hidden(&self, source: &Source, result: &mut PollResult) {
        let known = self.state().known(&source.id, result.hidden.iter().map(|parsed| &parsed.post.id));
        let known = known.unwrap_or_default();
        let unknown: Vec<PostId> =
            result.hidden.iter().map(|parsed| parsed.post.id.clone()).filter(|id| !known.contains_key(id)).collect();
        result.unshown = unknown.len();
        for id in unknown {
            if result.asked_in_vain.as_ref().is_none_or(|asked| asked.contains(&id)) {
                let reason = "text_not_shown: the post is there, the platform does not show its text".to_owned();
                result.problems.push(PageProblem { position: id.to_string(), reason });
            }
        }
    }

    /// Takes in what was read so far and leaves the cursor where it is: the poll goes on. What fails here fails again when
    /// the whole result is taken in, and is named there.
    pub(crate) fn take_early(
        &self,
        source: &Source,
        profile: PlatformProfile,
        cursor: &Cursor,
        result: &mut PollResult,
    ) {
        let now = (self.clock)();
        let Ok(diff) = self.append_diff(source, profile, result, now) else { return };
        if diff.known.is_empty() && diff.rejected.is_empty() {
            return;
        }
        if self.state().commit(&source.id, cursor, &diff.known, &diff.rejected, now).is_ok() {
            result.taken_early.new += diff.new;
            result.taken_early.edited += diff.edited;
            result.taken_early.deleted += diff.deleted;
        }
    }

    /// Takes in events that a source sent. It is polled all the same, since events can be lost.
    pub(crate) fn take_events(
        &self,
        source: &Source,
        profile: PlatformProfile,
        mut result: PollResult,
    ) -> Result<(), Failure> {
        let now = (self.clock)();
        let diff = self.append_diff(source, profile, &mut result, now)?;
        let stored = self.state().remember(&source.id, &diff.known, &diff.rejected, now);
        stored.map_err(|error| state_failed(&error))
    }

    /// Ends a poll that could take nothing in: the cursor stays where it was.
    pub(crate) fn reject(
        &self,
        source: &Source,
        profile: PlatformProfile,
        mut cursor: Cursor,
        Failure { outcome, detail }: Failure,
    ) -> (Cursor, Coverage) {
        let now = (self.clock)();
        let mut coverage = ledger::entry(source, now, &outcome);
        coverage.detail = detail;
        settle(&mut cursor, profile, source.every, &outcome, coverage.detail.clone(), now);
        coverage.next_at = cursor.next_at;
        // A cursor that is not stored costs little, and what failed may be this very file.
        let _ = self.state().put_cursor(&source.id, &cursor);
        (self.enter(source, cursor, &coverage, now), coverage)
    }

    /// While the journal is full nothing is fetched. Whether it still is, is tried with the ledger's entry that says so.
    pub(crate) fn still_full(&self, source: &Source) -> Option<Failure> {
        if !self.full.load(Ordering::Relaxed) {
            return None;
        }
        let mut coverage = ledger::entry(source, (self.clock)(), &PollOutcome::JournalFull);
        coverage.detail = Some("the journal took nothing in".to_owned());
        self.append(Stream::Coverage, &[ledger::record(&coverage)]).err()
    }

    /// Compares a result with what is remembered and appends what is new in it.
    fn append_diff(
        &self,
        source: &Source,
        profile: PlatformProfile,
        result: &mut PollResult,
        now: Time,
    ) -> Result<Diff, Failure> {
        let _taking = self.taking.read().unwrap_or_else(PoisonError::into_inner);
        let diff = {
            let keys = self.keys();
            let rules = Rules { keys: &keys, masks: &self.masks, oldest: self.config.oldest_kept(now) };
            diff(source, profile, result, &self.state(), &rules, now).map_err(|error| state_failed(&error))?
        };
        self.append(Stream::Posts, &diff.posts)?;
        self.append(Stream::Counters, &diff.counters)?;
        self.append(Stream::Dead, &diff.dead_letters)?;
        Ok(diff)
    }

    /// Writes the ledger's entry. What it vouches for counts as vouched for only once it is there.
    fn enter(&self, source: &Source, mut cursor: Cursor, coverage: &Coverage, started: Time) -> Cursor {
        match self.append(Stream::Coverage, &[ledger::record(coverage)]) {
            Ok(()) if coverage.covers_from.is_some() => {
                cursor.covered_until = Some(started);
                if let Err(error) = self.state().put_cursor(&source.id, &cursor) {
                    tracing::error!(source = source.id, %error, "cannot store the cursor");
                }
            }
            Ok(()) => {}
            // A full journal has said so once already.
            Err(Failure { outcome: PollOutcome::JournalFull, .. }) => {}
            Err(Failure { outcome, detail }) => {
                tracing::warn!(source = source.id, outcome = outcome.name(), detail, "the ledger misses an entry");
            }
        }
        cursor
    }

    fn append(&self, stream: Stream, records: &[Record]) -> Result<(), Failure> {
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
                Err(Failure { outcome: PollOutcome::JournalFull, detail: Some(error.to_string()) })
            }
            Err(error) => Err(Failure { outcome: PollOutcome::JournalFailed, detail: Some(error.to_string()) }),
        }
    }
}

fn state_failed(error: &impl ToString) -> Failure {
    Failure { outcome: PollOutcome::StateFailed, detail: Some(error.to_string()) }
}
