//! What holds an alert back now. A critical alert passes whatever is silenced or known.

use model::{Level, Time};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::silences::known_cause::{self, KnownCause};
use crate::silences::matcher::AlertFacts;
use crate::silences::silence::{self, Silence};
use crate::store::alert::Alert;
use crate::store::alert_table;
use crate::store::audit::{self, OTKLIK, Record};
use crate::store::columns::time;
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::post_table;
use crate::stories::alert_members;

/// How a reason that is a known cause begins.
pub(super) const KNOWN_CAUSE: &str = "известная причина: ";

/// Posts of an alert whose topics are considered.
const MAX_TOPICS_OF: usize = 50;

/// An alert that was held back.
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

/// What holds an alert back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Why, in Russian.
    pub why: String,
    /// When it is looked at again, at the latest.
    pub until: Time,
}

/// What was held back since a moment, oldest first, under the headlines that the alerts began with: at most `limit` rows after one, told
/// by its time in milliseconds and its alert.
pub fn suppressed(
    database: &Connection,
    (from, to): (Time, Time),
    after: Option<(i64, &str)>,
    limit: usize,
) -> Result<Vec<Suppressed>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT suppressed.alert, alert.headline, suppressed.at, suppressed.why, suppressed.until
         FROM suppressed JOIN alert ON alert.id = suppressed.alert
         WHERE suppressed.at >= ?1 AND suppressed.at < ?2 AND (suppressed.at, suppressed.alert) > (?3, ?4)
         ORDER BY suppressed.at, suppressed.alert, suppressed.why LIMIT ?5",
    )?;
    let (at, alert) = after.unwrap_or((i64::MIN, ""));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = select.query(params![from.as_millisecond(), to.as_millisecond(), at, alert, limit])?;
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

/// What holds an alert back now, if anything does: a pure decision.
pub fn held_back(
    level: Level,
    facts: &AlertFacts,
    silences: &[Silence],
    causes: &[KnownCause],
    now: Time,
) -> Option<Held> {
    if level == Level::Critical {
        return None;
    }
    let silence = silences.iter().filter(|silence| silence.is_in_force(now) && silence.matcher.matches(facts));
    let silence = silence.max_by_key(|silence| silence.until);
    if let Some(silence) = silence {
        return Some(Held { why: format!("тишина: {} ({})", silence.reason, silence.by), until: silence.until });
    }
    let cause =
        causes.iter().filter(|cause| cause.is_in_force(now) && cause.explains(facts)).max_by_key(|cause| cause.until);
    cause.map(|cause| Held { why: format!("{KNOWN_CAUSE}{} ({})", cause.reason, cause.by), until: cause.until })
}

impl Alerts {
    /// Silences and known causes, newest first, with those that ended.
    pub fn silences_and_causes(&self) -> Result<(Vec<Silence>, Vec<KnownCause>), AlertError> {
        self.read(|database| Ok((silence::select(database, None)?, known_cause::select(database, None)?)))
    }

    /// What holds an alert back now, if anything does. It is recorded once.
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
        let (silences, causes) =
            (silence::select(transaction, Some(now))?, known_cause::select(transaction, Some(now))?);
        let Some(held) = held_back(alert.level, &facts, &silences, &causes, now) else { return Ok(None) };
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

    /// Ends causes whose work is over or that explain too little, and releases what they held.
    pub(crate) fn end_causes(&self, transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
        let in_force = known_cause::select(transaction, Some(now))?;
        for cause in in_force.iter().chain(&known_cause::overdue(transaction, now)?) {
            let mut voices = 0;
            for alert in alert_table::open(transaction)? {
                if alert.held.is_some() && cause.explains(&self.facts_of(transaction, &alert)?) {
                    voices += alert_members::recounted_size(transaction, &alert)?.voices;
                }
            }
            if let Some(why) = cause.over(voices, now) {
                known_cause::end(transaction, &cause.id, &why, OTKLIK, now)?;
            }
        }
        Ok(())
    }

    pub(super) fn facts_of(&self, database: &Connection, alert: &Alert) -> Result<AlertFacts, AlertError> {
        let mut facts = AlertFacts {
            rule: alert.rule.clone(),
            kind: alert.kind.clone(),
            topics: alert.subject.strip_prefix("topic:").map(str::to_owned).into_iter().collect(),
            sector: alert.sector.clone(),
            place: alert.place.clone(),
        };
        if let Some(story) = &alert.story {
            for post in post_table::of_story(database, story, MAX_TOPICS_OF)? {
                facts.topics.extend(post.keys().filter_map(|key| key.strip_prefix("topic:").map(str::to_owned)));
            }
        }
        Ok(facts)
    }
}

#[cfg(test)]
mod tests;
