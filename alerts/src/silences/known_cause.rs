//! Known causes: announced work and the like, which explains complaints until it is over or more people complain than it explains.

use model::Time;
use rusqlite::{Connection, Params, Transaction, params};
use serde::{Deserialize, Serialize};

use super::matcher::{AlertFacts, Matcher};
use crate::store::alert_table;
use crate::store::audit::{self, Record};
use crate::store::columns::time;
use crate::store::error::AlertError;

/// Why a cause ended whose work was over.
pub const TIME_IS_UP: &str = "срок работ вышел";

/// Something known that explains complaints, entered by hand or read from a notice of an official source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCause {
    /// Id.
    pub id: String,
    /// Which complaints it explains.
    pub matcher: Matcher,
    /// What it is.
    pub reason: String,
    /// Who entered it, or the source that announced it.
    pub by: String,
    /// The notice.
    pub post: Option<String>,
    /// When the work begins.
    pub from: Time,
    /// When it is over.
    pub until: Time,
    /// How many voices it explains; more of them complain of something else.
    pub expected: u64,
    /// When it ended: its time was over, complaints exceeded it, or a person ended it.
    pub ended_at: Option<Time>,
    /// Why it ended.
    pub ended_why: Option<String>,
}

impl KnownCause {
    /// Whether it is in force at a moment.
    pub fn is_in_force(&self, now: Time) -> bool {
        self.from <= now && now < self.until && self.ended_at.is_none()
    }

    /// Whether it explains an alert. One that names no place can mean nothing else that is known.
    pub fn explains(&self, facts: &AlertFacts) -> bool {
        let anywhere = || Matcher { places: Vec::new(), ..self.matcher.clone() };
        let placeless = facts.place.is_none() && !self.matcher.topics.is_empty();
        self.matcher.matches(facts) || placeless && anywhere().matches(facts)
    }

    /// Why it is over, if it is: the work has ended, or more people complain than it explains.
    pub fn over(&self, voices: u64, now: Time) -> Option<String> {
        if self.ended_at.is_some() {
            return None;
        }
        if now >= self.until {
            return Some(TIME_IS_UP.into());
        }
        (voices > self.expected)
            .then(|| format!("жалоб больше, чем она объясняет: {voices} авторов из {}", self.expected))
    }
}

/// The causes that are in force at a moment; without a moment all of them, newest first.
pub fn select(database: &Connection, at: Option<Time>) -> Result<Vec<KnownCause>, AlertError> {
    let condition = "?1 IS NULL OR (from_at <= ?1 AND until > ?1 AND ended_at IS NULL)";
    select_where(database, condition, [at.map(Time::as_millisecond)])
}

/// The causes that were in force all the time between two moments.
pub fn in_force_throughout(database: &Connection, (from, to): (Time, Time)) -> Result<Vec<KnownCause>, AlertError> {
    let condition = "from_at <= ?1 AND until >= ?2 AND (ended_at IS NULL OR ended_at >= ?2)";
    select_where(database, condition, params![from.as_millisecond(), to.as_millisecond()])
}

/// Causes whose work is over and that nobody ended yet.
pub fn overdue(database: &Connection, now: Time) -> Result<Vec<KnownCause>, AlertError> {
    select_where(database, "until <= ?1 AND ended_at IS NULL", [now.as_millisecond()])
}

fn select_where(database: &Connection, condition: &str, values: impl Params) -> Result<Vec<KnownCause>, AlertError> {
    let mut select = database.prepare_cached(&format!(
        "SELECT id, matcher, reason, by, post, from_at, until, expected, ended_at, ended_why FROM cause
         WHERE {condition} ORDER BY from_at DESC, id"
    ))?;
    let mut rows = select.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(KnownCause {
            id: row.get(0)?,
            matcher: Matcher::read(&row.get::<_, String>(1)?)?,
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

/// Stores a cause. A newer version of a notice replaces the older one.
pub fn store(transaction: &Transaction<'_>, cause: &KnownCause) -> Result<(), AlertError> {
    transaction.execute(
        "INSERT INTO cause (id, matcher, reason, by, post, from_at, until, expected, ended_at, ended_why)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET matcher = excluded.matcher, reason = excluded.reason, from_at = excluded.from_at,
            until = excluded.until",
        params![
            cause.id,
            cause.matcher.write()?,
            cause.reason,
            cause.by,
            cause.post,
            cause.from.as_millisecond(),
            cause.until.as_millisecond(),
            cause.expected,
            cause.ended_at.map(Time::as_millisecond),
            cause.ended_why
        ],
    )?;
    Ok(())
}

/// Ends a cause and releases what was held back; false if there is none that could end.
pub fn end(transaction: &Transaction<'_>, id: &str, why: &str, who: &str, now: Time) -> Result<bool, AlertError> {
    let ended = transaction.execute(
        "UPDATE cause SET ended_at = ?2, ended_why = ?3 WHERE id = ?1 AND ended_at IS NULL",
        params![id, now.as_millisecond(), why],
    )?;
    alert_table::release_held(transaction, now)?;
    audit::append(transaction, &Record { at: now, who, what: "cause_ended", subject: id, detail: why })?;
    Ok(ended > 0)
}
