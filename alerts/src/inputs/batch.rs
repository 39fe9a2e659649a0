//! A batch of tagged posts under way: each version goes into a story, out of one, or neither.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::{Origin, TaggedPost};
use rusqlite::{Transaction, params};

use super::cleanup;
use crate::notify::outbox;
use crate::rules::detector::DetectorState;
use crate::rules::evaluate::CountedPost;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post::{StoredPost, headline};
use crate::store::{alert_table, post_table, tag_corrections};
use crate::stories::alert_members::{alerts_holding, count_in, count_out};
use crate::stories::choice::JoinReason;
use crate::stories::story::{self, Story};
use crate::stories::sums;

const HOUR_MS: i64 = 3_600_000;

/// A batch under way.
pub struct Batch<'a> {
    alerts: &'a Alerts,
    transaction: &'a Transaction<'a>,
    detector: &'a mut DetectorState,
    /// Alerts that lost a text, which must leave their messages too.
    emptied: BTreeSet<String>,
    /// Posts taken in for the first time, by the hour of their reading.
    taken: BTreeMap<i64, u64>,
    /// Whether people corrected any post.
    corrections: bool,
    /// What was published before this, in milliseconds, is no longer kept.
    oldest: i64,
}

impl<'a> Batch<'a> {
    /// A batch that has taken nothing yet.
    pub fn new(
        alerts: &'a Alerts,
        transaction: &'a Transaction<'a>,
        detector: &'a mut DetectorState,
    ) -> Result<Batch<'a>, AlertError> {
        let corrections = tag_corrections::any(transaction)?;
        let oldest = alerts.config().oldest_kept(alerts.now()).map_or(i64::MIN, model::Time::as_millisecond);
        let (emptied, taken) = (BTreeSet::new(), BTreeMap::new());
        Ok(Batch { alerts, transaction, detector, emptied, taken, corrections, oldest })
    }

    /// Takes one version of a post, as a person corrected it: into a story, out of one, or neither.
    pub fn take(&mut self, tagged: &TaggedPost) -> Result<(), AlertError> {
        let version = tagged.version().0 as i64;
        let known = post_table::load(self.transaction, &tagged.post.id)?;
        if known.as_ref().is_some_and(|known| known.version >= version) {
            return Ok(());
        }
        let published = tagged.post.published_at.as_millisecond();
        if known.is_none() && published < self.oldest && !tagged.post.is_deleted() {
            return Ok(());
        }
        if known.is_none() && tagged.post.origin == Origin::Live && !tagged.post.is_deleted() {
            *self.taken.entry(tagged.post.seen().as_millisecond().div_euclid(HOUR_MS)).or_default() += 1;
        }
        if known.is_none() && self.is_of_the_past(tagged) {
            return Ok(());
        }
        let tagged = self.corrected(tagged)?;
        self.put(&tagged, known)
    }

    /// Whether a post that is not known would raise alerts about the past: a replay of the archive brings back what was let go, and of what a source had
    /// without a date nobody knows when it was; it would make the hour in which it was found a busy one.
    fn is_of_the_past(&self, tagged: &TaggedPost) -> bool {
        match tagged.post.origin {
            Origin::Live | Origin::Import => false,
            Origin::Replay => cleanup::is_let_go(tagged.post.published_at.as_millisecond(), self.alerts.now()),
            Origin::Found => !tagged.post.is_deleted(),
        }
    }

    /// Takes the latest version of a post once more, since a person said something else of it.
    pub fn retake(&mut self, tagged: &TaggedPost) -> Result<(), AlertError> {
        let known = post_table::load(self.transaction, &tagged.post.id)?;
        // A later version than the archive had then has met what the person said.
        if known.as_ref().is_some_and(|known| known.version > tagged.version().0 as i64) {
            return Ok(());
        }
        self.put(tagged, known)
    }

    fn corrected<'t>(&self, tagged: &'t TaggedPost) -> Result<Cow<'t, TaggedPost>, AlertError> {
        if !self.corrections {
            return Ok(Cow::Borrowed(tagged));
        }
        if tagged.post.is_deleted() {
            tag_corrections::drop_note(self.transaction, &tagged.post.id)?;
            return Ok(Cow::Borrowed(tagged));
        }
        let said = tag_corrections::of_post(self.transaction, &tagged.post.id)?;
        Ok(said.map_or(Cow::Borrowed(tagged), |said| Cow::Owned(tagged.clone().corrected(Some(&said)))))
    }

    /// Puts a version in the place of what is known of the post.
    fn put(&mut self, tagged: &TaggedPost, known: Option<StoredPost>) -> Result<(), AlertError> {
        let version = tagged.version().0 as i64;
        let counts = StoredPost::of(tagged, version);
        // Most posts are about nothing and leave no trace here. A tombstone does: it must win over a version that comes late.
        if known.is_none() && counts.is_none() && !tagged.post.is_deleted() {
            return self.alerts.take_official_reply(self.transaction, tagged, None);
        }
        let held = if known.is_some() { alerts_holding(self.transaction, &tagged.post.id)? } else { Vec::new() };
        let before = known.filter(|known| known.story.is_some());
        if let Some(before) = &before {
            self.remove_version(before, &held)?;
        }
        let after = match counts {
            Some(post) => Some(self.add_version(tagged, post, before.as_ref(), &held)?),
            None => {
                post_table::store_uncounted(self.transaction, tagged, version)?;
                self.detector.note_row(tagged.post.published_at.as_millisecond(), &self.alerts.config().alerts);
                None
            }
        };
        self.alerts.take_official_reply(self.transaction, tagged, after.as_deref())?;
        if let Some(before) = &before {
            self.update_what_it_left(before, after.as_deref())?;
        }
        Ok(())
    }

    /// Takes a version out of everything that counts it.
    fn remove_version(&mut self, before: &StoredPost, held: &[String]) -> Result<(), AlertError> {
        for key in before.keys() {
            self.detector.counts.add(key, before.at, -1);
        }
        self.detector.remove(before, &self.alerts.config().alerts);
        if let Some(story) = &before.story {
            sums::uncount(self.transaction, story, before)?;
        }
        held.iter().try_for_each(|alert| count_out(self.transaction, alert, before))
    }

    /// Brings the story that a version left, and the alerts that told of the version, up to date.
    fn update_what_it_left(&mut self, before: &StoredPost, now_in: Option<&str>) -> Result<(), AlertError> {
        let Some(story) = &before.story else { return Ok(()) };
        if now_in != Some(story)
            && let Some(left) = self.story_it_left(before)?
        {
            self.alerts.follow_story(self.transaction, &left)?;
        }
        for id in alert_table::of_post(self.transaction, before)? {
            if now_in.is_none() {
                self.alerts.close_if_empty(self.transaction, &id)?;
            }
            self.emptied.insert(id);
        }
        Ok(())
    }

    /// The story that a version left, without that version.
    fn story_it_left(&self, before: &StoredPost) -> Result<Option<Story>, AlertError> {
        let Some(story) = &before.story else { return Ok(None) };
        // It may have been merged by now.
        let story = story::resolve(self.transaction, story.clone())?;
        sums::refresh(self.transaction, &story)?;
        story::load(self.transaction, &story)
    }

    /// Puts a version into its story, counts it, and evaluates the rules. Returns the story.
    fn add_version(
        &mut self,
        tagged: &TaggedPost,
        mut post: StoredPost,
        before: Option<&StoredPost>,
        held: &[String],
    ) -> Result<String, AlertError> {
        let alerts = self.alerts;
        let kind = post.kind(tagged);
        let line = headline(tagged, &kind, alerts.config());
        let assigned = alerts.assign_story(self.transaction, &self.detector.recent, &post, &kind, &line, before)?;
        if let Some(gone) = &assigned.merged {
            alerts.merge_alerts(self.transaction, &assigned.story, gone)?;
            // The detector knows posts by their stories.
            self.detector.reload(self.transaction, &alerts.config().alerts)?;
        }
        if assigned.reason == Some(JoinReason::NearCopy) {
            // A copy repeats somebody else's voice.
            post.voice = None;
        }
        if let Some(before) = before.filter(|before| before.version == post.version) {
            // Its counters may have been read since.
            (post.views, post.reposts, post.counted_at) = (before.views, before.reposts, before.counted_at);
        }
        if let Some(before) = before.filter(|before| before.story.as_ref() == Some(&assigned.story)) {
            post.voice = before.voice.clone();
            post.live |= before.live;
        }
        post.story = Some(assigned.story.clone());
        post_table::store(self.transaction, &post)?;
        let mut story = sums::count(self.transaction, &assigned.story, &post)?;
        held.iter().try_for_each(|alert| count_in(self.transaction, alert, &post))?;
        if let Some(before) = before {
            story = self.story_it_left(before)?.filter(|left| left.id == story.id).unwrap_or(story);
        }
        for key in post.keys() {
            self.detector.counts.add(key, post.at, 1);
        }
        self.detector.insert(&post, &alerts.config().alerts);
        let counted = CountedPost { tagged, post: &post, story: &story };
        alerts.evaluate_post(self.transaction, self.detector, &counted)?;
        alerts.take_notice(self.transaction, tagged)?;
        Ok(assigned.story)
    }

    /// Writes what the batch gathered.
    pub fn finish(self) -> Result<(), AlertError> {
        self.detector.counts.flush(self.transaction)?;
        for (hour, posts) in &self.taken {
            self.transaction
                .prepare_cached(
                    "INSERT INTO taken (hour, posts) VALUES (?1, ?2) ON CONFLICT (hour) DO UPDATE SET posts = posts + excluded.posts",
                )?
                .execute(params![hour, posts])?;
        }
        for alert in &self.emptied {
            outbox::rewrite(self.alerts, self.transaction, alert)?;
        }
        Ok(())
    }
}
