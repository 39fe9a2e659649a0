//! Silences: alerts that people hold back by hand. None lasts for ever.

use model::Time;
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::matcher::Matcher;
use crate::store::alert_table;
use crate::store::audit::{self, Record};
use crate::store::columns::time;
use crate::store::error::AlertError;

/// A silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Id.
    pub id: String,
    /// What is silenced.
    pub matcher: Matcher,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// When it was ended early.
    pub ended_at: Option<Time>,
}

impl Silence {
    /// Whether it is in force at a moment.
    pub fn is_in_force(&self, now: Time) -> bool {
        self.from <= now && now < self.until && self.ended_at.is_none()
    }
}

/// The silences that are in force at a moment; without a moment all of them, newest first.
pub fn select(database: &Connection, at: Option<Time>) -> Result<Vec<Silence>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT id, matcher, reason, by, from_at, until, ended_at FROM silence
         WHERE ?1 IS NULL OR (from_at <= ?1 AND until > ?1 AND ended_at IS NULL) ORDER BY from_at DESC, id",
    )?;
    let mut rows = select.query([at.map(Time::as_millisecond)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Silence {
            id: row.get(0)?,
            matcher: Matcher::read(&row.get::<_, String>(1)?)?,
            reason: row.get(2)?,
            by: row.get(3)?,
            from: time(row.get(4)?)?,
            until: time(row.get(5)?)?,
            ended_at: row.get::<_, Option<i64>>(6)?.map(time).transpose()?,
        });
    }
    Ok(found)
}

/// Stores a silence.
pub fn store(transaction: &Transaction<'_>, silence: &Silence) -> Result<(), AlertError> {
    transaction.execute(
        "INSERT OR REPLACE INTO silence (id, matcher, reason, by, from_at, until, ended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            silence.id,
            silence.matcher.write()?,
            silence.reason,
            silence.by,
            silence.from.as_millisecond(),
            silence.until.as_millisecond(),
            silence.ended_at.map(Time::as_millisecond)
        ],
    )?;
    Ok(())
}

/// Ends a silence early; false if there is none that could end.
pub fn end(transaction: &Transaction<'_>, id: &str, who: &str, now: Time) -> Result<bool, AlertError> {
    let ended = transaction.execute(
        "UPDATE silence SET ended_at = ?2 WHERE id = ?1 AND ended_at IS NULL",
        params![id, now.as_millisecond()],
    )?;
    alert_table::release_held(transaction, now)?;
    audit::append(transaction, &Record { at: now, who, what: "silence_ended", subject: id, detail: "" })?;
    Ok(ended > 0)
}
