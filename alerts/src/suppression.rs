//! Silences and known causes in the file, and what they held back.

use model::{Level, TaggedPost, Time};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::alert::{self, Alert};
use crate::audit::{self, OTKLIK, Record};
use crate::book::time;
use crate::quiet::{self, Cause, Facts, Held, Matcher, Silence};
use crate::story::content_id;
use crate::{AlertError, Alerts};

/// The kind of risk of announced work.
const PLANNED: &str = "planned_outage";

/// Announced work explains this many voices, unless who entered it knows better: a dozen houses write, a town does not.
const EXPLAINED: u64 = 20;

/// Work whose notice names no end is over after so many hours: what lasts longer is no longer as planned.
const UNTIL_HOURS: i64 = 12;

/// Work announced for later than this many days is announced again.
const AHEAD_DAYS: i64 = 31;

/// Posts of an alert whose topics are looked at.
const MAX_TOPICS_OF: usize = 50;

/// Something that held an alert back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The alert.
    pub alert: String,
    /// What, where.
    pub headline: String,
    /// Since when.
    pub at: Time,
    /// Why.
    pub why: String,
    /// Until when, at the latest.
    pub until: Option<Time>,
}

impl Alerts {
    /// Silences and causes, those that ended too, newest first.
    pub fn quiet(&self) -> Result<(Vec<Silence>, Vec<Cause>), AlertError> {
        let database = self.database();
        Ok((silences(&database, None)?, causes(&database, None)?))
    }

    /// What was held back since a moment, oldest first.
    pub fn suppressed(&self, from: Time, to: Time) -> Result<Vec<Suppressed>, AlertError> {
        let database = self.database();
        let mut select = database.prepare_cached(
            "SELECT suppressed.alert, alert.headline, suppressed.at, suppressed.why, suppressed.until
             FROM suppressed JOIN alert ON alert.id = suppressed.alert
             WHERE suppressed.at >= ?1 AND suppressed.at < ?2 ORDER BY suppressed.at, suppressed.alert",
        )?;
        let mut rows = select.query(params![from.as_millisecond(), to.as_millisecond()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Suppressed {
                alert: row.get(0)?,
                headline: row.get(1)?,
                at: time(row.get(2)?)?,
                why: row.get(3)?,
                until: row.get::<_, Option<i64>>(4)?.map(time).transpose()?,
            });
        }
        Ok(found)
    }

    /// Whether an alert is held back now; what held it is written down once.
    pub(crate) fn hold(
        &self,
        transaction: &Transaction<'_>,
        alert: &Alert,
        now: Time,
    ) -> Result<Option<Held>, AlertError> {
        if alert.level == Level::Critical {
            return Ok(None);
        }
        let facts = self.facts_of(transaction, alert)?;
        let (silences, causes) = (silences(transaction, Some(now))?, causes(transaction, Some(now))?);
        let Some(held) = quiet::held(alert.level, &facts, &silences, &causes, now) else { return Ok(None) };
        if alert.held.as_ref() != Some(&held.why) {
            transaction.execute(
                "INSERT OR IGNORE INTO suppressed (alert, at, why, until) VALUES (?1, ?2, ?3, ?4)",
                params![alert.id, now.as_millisecond(), held.why, held.until.as_millisecond()],
            )?;
            let record = Record { at: now, who: OTKLIK, what: "held", subject: &alert.id, detail: &held.why };
            audit::append(transaction, &record)?;
        }
        Ok(Some(held))
    }

    /// Ends causes whose work is over or that explain too little, and lets go of what they held.
    pub(crate) fn end_causes(&self, transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
        for cause in causes(transaction, Some(now))?.iter().chain(&overdue(transaction, now)?) {
            let mut voices = 0;
            for alert in alert::open(transaction)? {
                if alert.held.is_some() && cause.matcher.fits(&self.facts_of(transaction, &alert)?) {
                    voices += self.size(transaction, &alert)?.0;
                }
            }
            if let Some(why) = quiet::is_over(cause, voices, now) {
                end_cause(transaction, &cause.id, &why, OTKLIK, now)?;
            }
        }
        Ok(())
    }

    /// A notice of planned work by an official account explains the complaints of its topic in its place.
    pub(crate) fn cause_of_notice(&self, transaction: &Transaction<'_>, tagged: &TaggedPost) -> Result<(), AlertError> {
        let (post, tags) = (&tagged.post, &tagged.tags);
        let planned = tags.risks.iter().any(|risk| risk.kind == PLANNED);
        if !planned || !self.is_official(&post.source) || tags.topics.is_empty() {
            return Ok(());
        }
        let from = tags.since.unwrap_or(post.published_at);
        let hours = jiff::SignedDuration::from_hours(UNTIL_HOURS);
        let until = tags.until.unwrap_or_else(|| from.checked_add(hours).unwrap_or(from));
        let latest = self.now().as_second() + AHEAD_DAYS * 86_400;
        if until <= self.now() || until <= from || from.as_second() > latest {
            return Ok(());
        }
        let cause = Cause {
            id: content_id(&["cause", post.id.as_str()]),
            matcher: Matcher { topics: tags.topics.clone(), places: tags.places.clone(), ..Matcher::default() },
            reason: tags.subject.clone().unwrap_or_else(|| "плановые работы".into()),
            by: post.source.clone(),
            post: Some(post.id.to_string()),
            from,
            until,
            expected: EXPLAINED,
            ended_at: None,
            ended_why: None,
        };
        store_cause(transaction, &cause)?;
        let record =
            Record { at: self.now(), who: OTKLIK, what: "cause", subject: &cause.id, detail: post.id.as_str() };
        audit::append(transaction, &record)
    }

    fn facts_of(&self, database: &Connection, alert: &Alert) -> Result<Facts, AlertError> {
        let mut facts = Facts {
            rule: alert.rule.clone(),
            kind: alert.kind.clone(),
            topics: alert.subject.strip_prefix("topic:").map(str::to_owned).into_iter().collect(),
            sector: alert.sector.clone(),
            place: alert.place.clone(),
        };
        if let Some(story) = &alert.story {
            for post in crate::post::of_story(database, story, MAX_TOPICS_OF)? {
                facts.topics.extend(post.keys().filter_map(|key| key.strip_prefix("topic:").map(str::to_owned)));
            }
        }
        Ok(facts)
    }
}

/// Stores a silence.
pub(crate) fn store_silence(transaction: &Transaction<'_>, silence: &Silence) -> Result<(), AlertError> {
    transaction.execute(
        "INSERT OR REPLACE INTO silence (id, matcher, reason, by, from_at, until, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            silence.id,
            json(&silence.matcher)?,
            silence.reason,
            silence.by,
            silence.from.as_millisecond(),
            silence.until.as_millisecond(),
            silence.ended_at.map(Time::as_millisecond)
        ],
    )?;
    Ok(())
}

/// Stores a cause; the newest version of a notice holds.
pub(crate) fn store_cause(transaction: &Transaction<'_>, cause: &Cause) -> Result<(), AlertError> {
    transaction.execute(
        "INSERT INTO cause (id, matcher, reason, by, post, from_at, until, expected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET matcher = excluded.matcher, reason = excluded.reason, from_at = excluded.from_at,
            until = excluded.until",
        params![
            cause.id,
            json(&cause.matcher)?,
            cause.reason,
            cause.by,
            cause.post,
            cause.from.as_millisecond(),
            cause.until.as_millisecond(),
            cause.expected
        ],
    )?;
    Ok(())
}

/// Ends a cause and lets go of what was held back: each alert is looked at anew.
pub(crate) fn end_cause(
    transaction: &Transaction<'_>,
    id: &str,
    why: &str,
    who: &str,
    now: Time,
) -> Result<bool, AlertError> {
    let ended = transaction.execute(
        "UPDATE cause SET ended_at = ?2, ended_why = ?3 WHERE id = ?1 AND ended_at IS NULL",
        params![id, now.as_millisecond(), why],
    )?;
    release(transaction, now)?;
    audit::append(transaction, &Record { at: now, who, what: "cause_ended", subject: id, detail: why })?;
    Ok(ended > 0)
}

/// Ends a silence early.
pub(crate) fn end_silence(transaction: &Transaction<'_>, id: &str, who: &str, now: Time) -> Result<bool, AlertError> {
    let ended = transaction.execute(
        "UPDATE silence SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL",
        params![id, now.as_millisecond()],
    )?;
    release(transaction, now)?;
    audit::append(transaction, &Record { at: now, who, what: "silence_ended", subject: id, detail: "" })?;
    Ok(ended > 0)
}

fn release(transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
    transaction
        .execute("UPDATE alert SET notify_at = ?1 WHERE held IS NOT NULL AND notify_at > ?1", [now.as_millisecond()])?;
    Ok(())
}

/// Those that hold at a moment; without one all, newest first.
fn silences(database: &Connection, at: Option<Time>) -> Result<Vec<Silence>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT id, matcher, reason, by, from_at, until, ended_at FROM silence
         WHERE ?1 IS NULL OR (from_at <= ?1 AND until > ?1 AND ended_at IS NULL) ORDER BY from_at DESC, id",
    )?;
    let mut rows = select.query([at.map(Time::as_millisecond)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Silence {
            id: row.get(0)?,
            matcher: matcher(&row.get::<_, String>(1)?)?,
            reason: row.get(2)?,
            by: row.get(3)?,
            from: time(row.get(4)?)?,
            until: time(row.get(5)?)?,
            ended_at: row.get::<_, Option<i64>>(6)?.map(time).transpose()?,
        });
    }
    Ok(found)
}

fn causes(database: &Connection, at: Option<Time>) -> Result<Vec<Cause>, AlertError> {
    let condition = "?1 IS NULL OR (from_at <= ?1 AND until > ?1 AND ended_at IS NULL)";
    select_causes(database, condition, at)
}

/// Causes whose work is over and that nobody ended yet.
fn overdue(database: &Connection, now: Time) -> Result<Vec<Cause>, AlertError> {
    select_causes(database, "until <= ?1 AND ended_at IS NULL", Some(now))
}

fn select_causes(database: &Connection, condition: &str, at: Option<Time>) -> Result<Vec<Cause>, AlertError> {
    let mut select = database.prepare_cached(&format!(
        "SELECT id, matcher, reason, by, post, from_at, until, expected, ended_at, ended_why FROM cause
         WHERE {condition} ORDER BY from_at DESC, id"
    ))?;
    let mut rows = select.query([at.map(Time::as_millisecond)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Cause {
            id: row.get(0)?,
            matcher: matcher(&row.get::<_, String>(1)?)?,
            reason: row.get(2)?,
            by: row.get(3)?,
            post: row.get(4)?,
            from: time(row.get(5)?)?,
            until: time(row.get(6)?)?,
            expected: row.get(7)?,
            ended_at: row.get::<_, Option<i64>>(8)?.map(time).transpose()?,
            ended_why: row.get(9)?,
        });
    }
    Ok(found)
}

fn matcher(json: &str) -> Result<Matcher, AlertError> {
    serde_json::from_str(json).map_err(|_| AlertError::Stored("matcher".into()))
}

fn json(matcher: &Matcher) -> Result<String, AlertError> {
    serde_json::to_string(matcher).map_err(|error| AlertError::Stored(error.to_string()))
}
