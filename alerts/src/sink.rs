//! The tagged stream into the book of alerts: one transaction a batch, position included.

use std::collections::{BTreeMap, BTreeSet};

use config::RuleKind;
use journal::{Applied, Checkpoint, Entry, Refusal, Sink, SinkError};
use model::{Level, TaggedPost, wire};
use rusqlite::{Transaction, params};

use crate::book::{position_of, store_position};
use crate::memory::Memory;
use crate::post::{self, BookPost, headline, kind_name};
use crate::raise::{Firing, Subject, count_in, count_out, holding, join};
use crate::stories::{self, Story};
use crate::{AlertError, Alerts, alert, outbox};

/// The stream that it follows.
const TAGGED: &str = "tagged";

const HOUR_MS: i64 = 3_600_000;

/// Follows the tagged stream. See [`Alerts`].
pub struct AlertSink {
    alerts: Alerts,
    /// Made from the file when it is needed; a batch that failed leaves it behind.
    memory: Option<Memory>,
}

impl Alerts {
    /// The sink that feeds the book.
    pub fn sink(&self) -> AlertSink {
        AlertSink { alerts: self.clone(), memory: None }
    }
}

impl Sink for AlertSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.memory = None;
        Ok(position_of(&self.alerts.database(), TAGGED)?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let alerts = self.alerts.clone();
        let mut database = alerts.database();
        let mut position = position_of(&database, TAGGED)?.unwrap_or_default();
        let mut applied = Applied::default();
        let mut memory = match self.memory.take() {
            // A person moved posts meanwhile.
            Some(memory) if !alerts.take_moved() => memory,
            _ => Memory::load(&database, &alerts.config().alerts)?,
        };
        let transaction = database.transaction()?;
        let mut batch = Batch {
            alerts: &alerts,
            transaction: &transaction,
            memory: &mut memory,
            emptied: BTreeSet::new(),
            taken: BTreeMap::new(),
        };
        for entry in entries {
            position.advance(entry);
            // Emptied by a deletion: its tombstone follows.
            if entry.payload.is_empty() {
                continue;
            }
            match wire::read_tagged(&entry.payload) {
                Ok(tagged) => batch.take(&tagged)?,
                Err(reason) => applied.refused.push(Refusal {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
            }
        }
        batch.finish()?;
        store_position(&transaction, TAGGED, &position)?;
        transaction.commit()?;
        self.memory = Some(memory);
        Ok(applied)
    }
}

/// A batch under way.
struct Batch<'a> {
    alerts: &'a Alerts,
    transaction: &'a Transaction<'a>,
    memory: &'a mut Memory,
    /// Alerts that lost a text: it must leave their messages too.
    emptied: BTreeSet<String>,
    /// Posts taken in for the first time, by the hour of their reading.
    taken: BTreeMap<i64, u64>,
}

impl Batch<'_> {
    /// Takes one version of a post: into a story, out of one, or neither.
    fn take(&mut self, tagged: &TaggedPost) -> Result<(), AlertError> {
        let version = tagged.version().0 as i64;
        let known = post::load(self.transaction, &tagged.post.id)?;
        if known.as_ref().is_some_and(|known| known.version >= version) {
            return Ok(());
        }
        if known.is_none() && tagged.post.origin == model::Origin::Live && !tagged.post.is_deleted() {
            *self.taken.entry(tagged.post.seen().as_millisecond().div_euclid(HOUR_MS)).or_default() += 1;
        }
        let counts = BookPost::of(tagged, version);
        // Most of the stream is about nothing, and leaves no trace here, except that a tombstone must win over a late version.
        if known.is_none() && counts.is_none() && !tagged.post.is_deleted() {
            return self.alerts.official_reply(self.transaction, tagged, None);
        }
        let held = if known.is_some() { holding(self.transaction, &tagged.post.id)? } else { Vec::new() };
        let before = known.filter(|known| known.story.is_some());
        if let Some(before) = &before {
            self.take_out(before, &held)?;
        }
        let after = match counts {
            Some(post) => Some(self.put_in(tagged, post, before.as_ref(), &held)?),
            None => {
                post::store_nothing(self.transaction, tagged, version)?;
                self.memory.saw(tagged.post.published_at.as_millisecond(), &self.alerts.config().alerts);
                None
            }
        };
        self.alerts.official_reply(self.transaction, tagged, after.as_deref())?;
        if let Some(before) = &before {
            self.settle(before, after.as_deref())?;
        }
        Ok(())
    }

    /// Takes a version out of what it was counted in, and out of the alerts that hold the post one by one.
    fn take_out(&mut self, before: &BookPost, held: &[String]) -> Result<(), AlertError> {
        for key in before.keys() {
            self.memory.counts.add(key, before.at, -1);
        }
        self.memory.remove(before, &self.alerts.config().alerts);
        if let Some(story) = &before.story {
            stories::uncount(self.transaction, story, before)?;
        }
        held.iter().try_for_each(|alert| count_out(self.transaction, alert, before))
    }

    /// Brings the story that a version left, and what tells of it, up to date.
    fn settle(&mut self, before: &BookPost, now_in: Option<&str>) -> Result<(), AlertError> {
        let Some(story) = &before.story else { return Ok(()) };
        if now_in != Some(story)
            && let Some(left) = self.settled(before)?
        {
            self.alerts.touch(self.transaction, &left, false)?;
        }
        for id in alert::of_post(self.transaction, before)? {
            if now_in.is_none() {
                self.alerts.shrink(self.transaction, &id)?;
            }
            self.emptied.insert(id);
        }
        Ok(())
    }

    /// The story that a version left, as it is without it.
    fn settled(&self, before: &BookPost) -> Result<Option<Story>, AlertError> {
        let Some(story) = &before.story else { return Ok(None) };
        // It may be part of another by now.
        let story = stories::resolve(self.transaction, story.clone())?;
        stories::settle(self.transaction, &story)?;
        stories::load(self.transaction, &story)
    }

    /// Puts a version into its story, counts it, and asks every rule. Returns the story.
    fn put_in(
        &mut self,
        tagged: &TaggedPost,
        mut post: BookPost,
        before: Option<&BookPost>,
        held: &[String],
    ) -> Result<String, AlertError> {
        let alerts = self.alerts;
        let kind = post.kind(tagged);
        let line = headline(tagged, &kind, alerts.config());
        let stays = before.and_then(|before| before.story.as_deref());
        let assigned = alerts.assign(self.transaction, &self.memory.recent, &post, &kind, &line, stays)?;
        if let Some(gone) = &assigned.merged {
            alerts.merge_alerts(self.transaction, &assigned.story, gone)?;
            // Memory knows posts by their stories.
            self.memory.renew(self.transaction, &alerts.config().alerts)?;
        }
        if assigned.reason == Some(crate::story::JoinReason::NearCopy) {
            // A copy is another's voice.
            post.voice = None;
        }
        if let Some(before) = before.filter(|before| before.story.as_ref() == Some(&assigned.story)) {
            post.voice = before.voice.clone();
            post.live |= before.live;
        }
        post.story = Some(assigned.story.clone());
        post::store(self.transaction, &post)?;
        let mut story = stories::count(self.transaction, &assigned.story, &post)?;
        held.iter().try_for_each(|alert| count_in(self.transaction, alert, &post))?;
        if let Some(before) = before {
            story = self.settled(before)?.filter(|left| left.id == story.id).unwrap_or(story);
        }
        for key in post.keys() {
            self.memory.counts.add(key, post.at, 1);
        }
        self.memory.insert(&post, &alerts.config().alerts);
        self.judge(tagged, &post, &story)?;
        alerts.cause_of_notice(self.transaction, tagged)?;
        Ok(assigned.story)
    }

    /// Asks every rule that looks at posts.
    fn judge(&mut self, tagged: &TaggedPost, post: &BookPost, story: &Story) -> Result<(), AlertError> {
        let alerts = self.alerts;
        let fresh = alerts.is_fresh(post);
        let config = alerts.config();
        let mut raised = false;
        for rule in &config.alerts.rules {
            let Some((level, words)) = fires(&rule.kind, config, tagged, story) else { continue };
            let firing = Firing { rule: &rule.id, subject: Subject::Story(story), level, words, fresh };
            raised |= alerts.raise(self.transaction, &firing)?.is_some();
        }
        for burst in self.memory.bursts(self.transaction, post, &config.alerts)? {
            raised |= self.burst(burst, post, story, fresh)?;
        }
        if !raised {
            alerts.touch(self.transaction, story, fresh)?;
        }
        Ok(())
    }

    /// A key whose posts are a burst raises an alert, or goes on with the one that knows of it.
    fn burst(
        &mut self,
        burst: crate::memory::Bursting,
        post: &BookPost,
        story: &Story,
        fresh: bool,
    ) -> Result<bool, AlertError> {
        let config = self.alerts.config();
        let Some(rule) = config.alerts.rules.get(burst.rule) else { return Ok(false) };
        let RuleKind::Burst(of) = &rule.kind else { return Ok(false) };
        if let Some(id) = &burst.alert
            && let Some(known) = alert::load(self.transaction, id)?.filter(|alert| !alert.life.is_closed())
        {
            if known.story.is_none() {
                join(self.transaction, id, &post.id, Some(post))?;
            }
            self.alerts.grow(self.transaction, known, &rule.id, burst.words, fresh)?;
            return Ok(true);
        }
        let (name, kind) = key_name(config, &burst.key);
        let subject = match of.by {
            config::BurstBy::Story => Subject::Story(story),
            _ => Subject::Key {
                key: &burst.key,
                kind,
                headline: format!("Всплеск: {name}"),
                posts: self.memory.posts(burst.rule, &burst.key),
            },
        };
        let level = of.level.max(story.level.filter(|_| of.by == config::BurstBy::Story).unwrap_or(of.level));
        let firing = Firing { rule: &rule.id, subject, level, words: format!("{name}: {}", burst.words), fresh };
        let raised = self.alerts.raise(self.transaction, &firing)?;
        self.memory.knows(self.transaction, &config.alerts, &burst, raised.clone())?;
        Ok(raised.is_some())
    }

    /// Writes what the batch gathered.
    fn finish(self) -> Result<(), AlertError> {
        self.memory.counts.flush(self.transaction)?;
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

/// Whether a rule about stories fires, at which level and in what words.
fn fires(rule: &RuleKind, config: &config::Config, tagged: &TaggedPost, story: &Story) -> Option<(Level, String)> {
    match rule {
        RuleKind::Risk { level } => {
            let found = story.level.filter(|found| found >= level)?;
            Some((found, format!("{}, уровень: {}", kind_name(config, &story.kind), found.name_ru())))
        }
        RuleKind::Spread { sources, views, level } => {
            let wide = sources.is_some_and(|least| story.sources >= least);
            let seen = views.is_some_and(|least| story.views >= least);
            (wide || seen).then(|| {
                let words = format!("источников {}, просмотров {}", story.sources, story.views);
                (story.level.unwrap_or(*level).max(*level), words)
            })
        }
        RuleKind::Query { search, level } => {
            let matched = tagged.tags.matched.contains(search);
            matched.then(|| (*level, format!("сохранённый поиск «{}»", config.search_name(search))))
        }
        RuleKind::Recurrence { posts, .. } => {
            story.previous.as_ref().filter(|_| story.posts >= *posts)?;
            Some((story.level.unwrap_or(Level::Medium), "о том же снова пишут после закрытия".into()))
        }
        RuleKind::Burst(_) | RuleKind::Growth { .. } | RuleKind::Silence { .. } | RuleKind::System { .. } => None,
    }
}

/// The name people see for a counted key, and its kind.
fn key_name<'a>(config: &'a config::Config, key: &'a str) -> (&'a str, &'a str) {
    match key.split_once(':') {
        Some(("sector", sector)) => (model::Sector::parse(sector).map_or(sector, |sector| sector.name_ru()), "burst"),
        Some(("topic", topic)) => (config.topic_name(topic), topic),
        Some(("place", place)) => (config.place_name(place), "burst"),
        _ => ("публикации об одном", "burst"),
    }
}
