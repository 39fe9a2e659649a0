//! A rule that fired becomes an alert, or a reason of one that is there.

use config::RuleKind;
use model::{Level, PostId, Time};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::alert::{self, Alert, Told};
use crate::audit::{self, OTKLIK, Record};
use crate::life::Life;
use crate::post::{self, BookPost};
use crate::stories::{self, Story};
use crate::story::content_id;
use crate::{AlertError, Alerts};

/// An alert is told again when its voices or sources have grown by this factor: everything below is an update.
const MUCH_MORE: u64 = 10;

/// A rule that fired.
pub(crate) struct Firing<'a> {
    pub rule: &'a str,
    pub subject: Subject<'a>,
    pub level: Level,
    /// Why, in Russian.
    pub words: String,
    /// A live and fresh post made it fire: only then anybody is told.
    pub fresh: bool,
}

/// What an alert is about.
pub(crate) enum Subject<'a> {
    /// A story.
    Story(&'a Story),
    /// A counted key and the posts in its window.
    Key { key: &'a str, kind: &'a str, headline: String, posts: Vec<PostId> },
    /// A source, a platform, a part of the installation.
    Thing { name: &'a str, headline: String },
}

/// Why an alert is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tell {
    /// For the first time.
    First,
    /// Its level rose.
    Level,
    /// Ten times as many voices or sources as were told of.
    MuchMore,
}

/// Whether an alert is to be told, and why: a pure decision over what was told and what is now.
pub fn tell(told: Option<Told>, level: Level, voices: u64, sources: u64) -> Option<Tell> {
    match told {
        None => Some(Tell::First),
        Some(told) if level > told.level => Some(Tell::Level),
        Some(told) if voices >= told.voices.max(1) * MUCH_MORE || sources >= told.sources.max(1) * MUCH_MORE => {
            Some(Tell::MuchMore)
        }
        Some(_) => None,
    }
}

impl Alerts {
    /// Raises an alert or adds to one; returns its id. `None`: a person closed it, and what fired it belongs to what was closed.
    pub(crate) fn raise(
        &self,
        transaction: &Transaction<'_>,
        firing: &Firing<'_>,
    ) -> Result<Option<String>, AlertError> {
        let now = self.now();
        let found = match &firing.subject {
            Subject::Story(story) => alert::of_story(transaction, &story.id)?,
            Subject::Key { key, posts, .. } => match alert::of_subject(transaction, firing.rule, key)? {
                Some(alert) => Some(alert),
                None => told_of_most(transaction, posts)?,
            },
            Subject::Thing { name, .. } => alert::of_subject(transaction, firing.rule, name)?,
        };
        let mut alert = match found {
            Some(alert) if matches!(alert.life, Life::Resolved | Life::FalseAlarm) => return Ok(None),
            Some(mut alert) => {
                if alert.life.is_closed() {
                    // Its posts were gone and one is back.
                    alert.life = if alert.told.is_some() { Life::Sent } else { Life::Raised };
                    alert.life_at = now;
                }
                alert
            }
            None => self.begin_alert(transaction, firing, now)?,
        };
        if firing.level > alert.level {
            alert.level = firing.level;
            self.quicken(&mut alert, now)?;
        }
        alert.give_reason(firing.rule, firing.words.clone());
        alert.updated_at = alert.updated_at.max(now);
        // A burst that is mostly one story is a reason for its alert, and its other posts are not of it.
        if let (Subject::Key { posts, .. }, None) = (&firing.subject, &alert.story) {
            for post in posts {
                join(transaction, &alert.id, post, None)?;
            }
        }
        let (voices, sources) = match &firing.subject {
            Subject::Story(story) => (story.voices, story.sources),
            Subject::Key { .. } | Subject::Thing { .. } => self.size_by_now(transaction, &alert)?,
        };
        self.schedule(&mut alert, voices, sources, firing.fresh, now);
        alert::store(transaction, &alert)?;
        Ok(Some(alert.id))
    }

    fn begin_alert(&self, transaction: &Transaction<'_>, firing: &Firing<'_>, now: Time) -> Result<Alert, AlertError> {
        let mut alert = match &firing.subject {
            Subject::Story(story) => {
                let mut alert =
                    Alert::new(story.id.clone(), firing.rule, &story.id, firing.level, &story.headline, now);
                alert.story = Some(story.id.clone());
                alert.kind = story.kind.clone();
                alert.place = story.place.clone();
                alert.sector = story.sector.clone();
                alert.recipient = story.recipient.clone();
                alert.previous = story.previous.clone();
                alert
            }
            Subject::Key { key, kind, headline, posts } => {
                let first = posts.iter().min().map_or("", PostId::as_str);
                let id = content_id(&[firing.rule, key, first]);
                let mut alert = Alert::new(id, firing.rule, key, firing.level, headline, now);
                alert.kind = (*kind).to_owned();
                let first = posts.first().map(|post| post::load(transaction, post)).transpose()?.flatten();
                alert.sector = first.as_ref().map(|post| post.sector.clone());
                alert.place = key.strip_prefix("place:").map(str::to_owned);
                alert.recipient = first.and_then(|post| post.recipient);
                alert
            }
            Subject::Thing { name, headline } => {
                let at = now.as_millisecond().to_string();
                let id = content_id(&[firing.rule, name, &at]);
                let mut alert = Alert::new(id, firing.rule, name, firing.level, headline, now);
                alert.kind = self.rule_code(firing.rule).to_owned();
                alert
            }
        };
        alert.clocks = self.start_clocks(&alert)?;
        let record = Record { at: now, who: OTKLIK, what: "raised", subject: &alert.id, detail: firing.rule };
        audit::append(transaction, &record)?;
        Ok(alert)
    }

    /// Brings an alert of a story up to what the story is now.
    pub(crate) fn touch(
        &self,
        transaction: &Transaction<'_>,
        story: &Story,
        fresh: bool,
    ) -> Result<Option<String>, AlertError> {
        let now = self.now();
        let Some(mut alert) = alert::of_story(transaction, &story.id)?.filter(|alert| !alert.life.is_closed()) else {
            return Ok(None);
        };
        alert.updated_at = alert.updated_at.max(now);
        alert.place = alert.place.or_else(|| story.place.clone());
        alert.recipient = alert.recipient.or_else(|| story.recipient.clone());
        if story.posts == 0 {
            self.close_empty(transaction, &mut alert, now)?;
        }
        self.schedule(&mut alert, story.voices, story.sources, fresh, now);
        alert::store(transaction, &alert)?;
        Ok(Some(alert.id))
    }

    /// An alert whose posts are all gone tells of nothing.
    pub(crate) fn close_empty(
        &self,
        transaction: &Transaction<'_>,
        alert: &mut Alert,
        now: Time,
    ) -> Result<(), AlertError> {
        (alert.life, alert.life_at, alert.life_by, alert.notify_at) = (Life::Gone, now, None, None);
        audit::append(transaction, &Record { at: now, who: OTKLIK, what: "gone", subject: &alert.id, detail: "" })
    }

    /// The same for an alert that is about no single story, after a post of it went. Every post has a source, so none of them means
    /// that there are no posts.
    pub(crate) fn shrink(&self, transaction: &Transaction<'_>, id: &str) -> Result<(), AlertError> {
        let open = alert::load(transaction, id)?.filter(|alert| !alert.life.is_closed() && alert.story.is_none());
        let Some(mut alert) = open else { return Ok(()) };
        if self.size_by_now(transaction, &alert)?.1 == 0 {
            self.close_empty(transaction, &mut alert, self.now())?;
            alert::store(transaction, &alert)?;
        }
        Ok(())
    }

    /// An alert that a burst goes on adding to.
    pub(crate) fn grow(
        &self,
        transaction: &Transaction<'_>,
        mut alert: Alert,
        rule: &str,
        words: String,
        fresh: bool,
    ) -> Result<(), AlertError> {
        let now = self.now();
        alert.updated_at = alert.updated_at.max(now);
        alert.give_reason(rule, words);
        let (voices, sources) = self.size_by_now(transaction, &alert)?;
        self.schedule(&mut alert, voices, sources, fresh, now);
        alert::store(transaction, &alert)
    }

    /// Of two stories that became one, one alert stays.
    pub(crate) fn merge_alerts(&self, transaction: &Transaction<'_>, keep: &str, gone: &str) -> Result<(), AlertError> {
        let now = self.now();
        let Some(mut lost) = alert::of_story(transaction, gone)?.filter(|alert| !alert.life.is_closed()) else {
            return Ok(());
        };
        match alert::of_story(transaction, keep)?.filter(|alert| !alert.life.is_closed()) {
            None => lost.story = Some(keep.to_owned()),
            Some(mut kept) => {
                (lost.life, lost.life_at, lost.notify_at) = (Life::Merged, now, None);
                lost.note = Some(format!("№ {}", kept.id));
                kept.level = kept.level.max(lost.level);
                kept.opened_at = kept.opened_at.min(lost.opened_at);
                // Who was told of either was told.
                kept.told = kept.told.or(lost.told);
                for (rule, words) in &lost.reasons {
                    if !kept.reasons.iter().any(|(of, _)| of == rule) {
                        kept.give_reason(rule, words.clone());
                    }
                }
                alert::store(transaction, &kept)?;
                let record = Record { at: now, who: OTKLIK, what: "merged", subject: &lost.id, detail: &kept.id };
                audit::append(transaction, &record)?;
            }
        }
        alert::store(transaction, &lost)
    }

    fn schedule(&self, alert: &mut Alert, voices: u64, sources: u64, fresh: bool, now: Time) {
        if !fresh || alert.life.is_closed() {
            return;
        }
        let wait = match tell(alert.told, alert.level, voices, sources) {
            None => return,
            Some(Tell::First | Tell::Level) => self.config().alerts.notify.wait(alert.level),
            Some(Tell::MuchMore) => std::time::Duration::ZERO,
        };
        let due = now.checked_add(wait).unwrap_or(now);
        alert.notify_at = Some(alert.notify_at.map_or(due, |at| at.min(due)));
    }

    /// Voices and sources of an alert.
    pub(crate) fn size(&self, database: &Connection, alert: &Alert) -> Result<(u64, u64), AlertError> {
        if let Some(story) = &alert.story {
            return Ok(stories::load(database, story)?.map_or((0, 0), |story| (story.voices, story.sources)));
        }
        let mut select = database.prepare_cached(
            "SELECT count(DISTINCT voice), count(DISTINCT source) FROM post JOIN alert_post ON alert_post.post = post.id
             WHERE alert_post.alert = ?1 AND post.story IS NOT NULL",
        )?;
        Ok(select.query_row([&alert.id], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The same as they are counted along, without looking at each post of a flood.
    pub(crate) fn size_by_now(&self, database: &Connection, alert: &Alert) -> Result<(u64, u64), AlertError> {
        if alert.story.is_some() {
            return self.size(database, alert);
        }
        let mut select = database.prepare_cached("SELECT voices, sources FROM alert_size WHERE alert = ?1")?;
        let size = select.query_row([&alert.id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(size.unwrap_or_default())
    }

    /// The kind of a rule, by its id.
    pub(crate) fn rule_code(&self, rule: &str) -> &'static str {
        let rules = &self.config().alerts.rules;
        rules.iter().find(|known| known.id == rule).map_or("rule", |known| RuleKind::code(&known.kind))
    }
}

/// Adds a post to an alert that is about no single story. It is read where the caller has not got it, and only if it is new there.
pub(crate) fn join(
    transaction: &Transaction<'_>,
    alert: &str,
    id: &PostId,
    post: Option<&BookPost>,
) -> Result<(), AlertError> {
    let added = transaction
        .prepare_cached("INSERT OR IGNORE INTO alert_post (alert, post) VALUES (?1, ?2)")?
        .execute(params![alert, id.as_str()])?;
    if added == 0 {
        return Ok(());
    }
    let read = if post.is_none() { post::load(transaction, id)? } else { None };
    match post.or(read.as_ref()).filter(|post| post.story.is_some()) {
        Some(post) => count_in(transaction, alert, post),
        None => Ok(()),
    }
}

/// The alerts that are about no single story and have a post, whether a version of it counts now or not.
pub(crate) fn holding(transaction: &Transaction<'_>, post: &PostId) -> Result<Vec<String>, AlertError> {
    let mut select = transaction.prepare_cached("SELECT alert FROM alert_post WHERE post = ?1 ORDER BY alert")?;
    let alerts = select.query_map([post.as_str()], |row| row.get(0))?;
    Ok(alerts.collect::<Result<_, _>>()?)
}

/// Counts a version of a post into the sums of an alert that has it.
pub(crate) fn count_in(transaction: &Transaction<'_>, alert: &str, post: &BookPost) -> Result<(), AlertError> {
    let voices = stories::member(transaction, alert, "voice", post.voice.as_deref())?;
    let sources = stories::member(transaction, alert, "source", Some(&post.source))?;
    if voices + sources == 0 {
        return Ok(());
    }
    transaction
        .prepare_cached(
            "INSERT INTO alert_size (alert, voices, sources) VALUES (?1, ?2, ?3)
             ON CONFLICT (alert) DO UPDATE SET voices = voices + excluded.voices, sources = sources + excluded.sources",
        )?
        .execute(params![alert, voices, sources])?;
    Ok(())
}

/// Takes a version of a post out of those sums. Never are they added up anew: of a flood's alert that takes seconds, for each post
/// that goes.
pub(crate) fn count_out(transaction: &Transaction<'_>, alert: &str, post: &BookPost) -> Result<(), AlertError> {
    let voices = stories::no_member(transaction, alert, "voice", post.voice.as_deref())?;
    let sources = stories::no_member(transaction, alert, "source", Some(&post.source))?;
    transaction
        .prepare_cached("UPDATE alert_size SET voices = voices - ?2, sources = sources - ?3 WHERE alert = ?1")?
        .execute(params![alert, voices, sources])?;
    Ok(())
}

/// The open alert that at least half of these posts belong to already: a burst of one event is no second alert.
fn told_of_most(database: &Connection, posts: &[PostId]) -> Result<Option<Alert>, AlertError> {
    let mut of_post = database.prepare_cached(
        "SELECT alert.id FROM post JOIN alert ON alert.story = post.story
         WHERE post.id = ?1 AND alert.life IN ('raised', 'sent', 'acknowledged', 'in_work')
         UNION ALL
         SELECT alert.id FROM alert_post JOIN alert ON alert.id = alert_post.alert
         WHERE alert_post.post = ?1 AND alert.life IN ('raised', 'sent', 'acknowledged', 'in_work')
         ORDER BY 1 LIMIT 1",
    )?;
    let mut by_alert = std::collections::BTreeMap::<String, usize>::new();
    for post in posts {
        if let Some(alert) = of_post.query_row([post.as_str()], |row| row.get(0)).optional()? {
            *by_alert.entry(alert).or_default() += 1;
        }
    }
    let most = by_alert.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    match most {
        Some((id, own)) if own * 2 >= posts.len() => alert::load(database, &id),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_told_first_when_it_gets_worse_and_when_it_is_ten_times_as_large() {
        let at = Time::from_second(1_790_000_000).unwrap();
        let told = |voices, sources| Some(Told { at, level: Level::High, voices, sources });
        let cases = [
            (None, Level::Low, 1, 1, Some(Tell::First)),
            (told(1, 1), Level::High, 9, 9, None),
            (told(1, 1), Level::Critical, 1, 1, Some(Tell::Level)),
            (told(2, 1), Level::High, 20, 1, Some(Tell::MuchMore)),
            (told(3, 2), Level::High, 29, 20, Some(Tell::MuchMore)),
            (told(3, 2), Level::High, 29, 19, None),
            (told(0, 0), Level::High, 10, 0, Some(Tell::MuchMore)),
        ];
        for (told, level, voices, sources, expect) in cases {
            assert_eq!(tell(told, level, voices, sources), expect, "{told:?} {level:?} {voices} {sources}");
        }
    }
}
