//! An alert as it is stored: loaded, changed, and stored again inside one transaction.

use model::{Level, Time};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::AlertError;
use crate::book::time;
use crate::life::Life;
use crate::post::{BookPost, level_of, rank};

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub id: String,
    pub rule: String,
    /// What it is about within its rule: a story, a counted key, a source, a part of the installation.
    pub subject: String,
    pub story: Option<String>,
    pub kind: String,
    pub place: Option<String>,
    pub sector: Option<String>,
    pub recipient: Option<String>,
    pub headline: String,
    pub level: Level,
    /// By rule: why it was raised, in words.
    pub reasons: Vec<(String, String)>,
    pub opened_at: Time,
    pub updated_at: Time,
    pub life: Life,
    pub life_at: Time,
    pub life_by: Option<String>,
    pub note: Option<String>,
    pub passed_to: Option<String>,
    /// When it is to be told next, if it is.
    pub notify_at: Option<Time>,
    pub told: Option<Told>,
    pub notifications: u64,
    /// Step of the chain that was told last, as [`crate::routes::Reached`] counts it, and when.
    pub step: Option<u32>,
    pub step_at: Option<Time>,
    /// Posts, and when, as who was told last sees them.
    pub shown: (u64, Time),
    pub held: Option<String>,
    pub held_until: Option<Time>,
    /// The clocks of the answers, as JSON.
    pub clocks: Option<String>,
    pub previous: Option<String>,
}

/// What was told last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    pub at: Time,
    pub level: Level,
    pub voices: u64,
    pub sources: u64,
}

impl Alert {
    /// A new one that nobody was told of.
    pub fn new(id: String, rule: &str, subject: &str, level: Level, headline: &str, now: Time) -> Alert {
        Alert {
            id,
            rule: rule.to_owned(),
            subject: subject.to_owned(),
            story: None,
            kind: String::new(),
            place: None,
            sector: None,
            recipient: None,
            headline: headline.to_owned(),
            level,
            reasons: Vec::new(),
            opened_at: now,
            updated_at: now,
            life: Life::Raised,
            life_at: now,
            life_by: None,
            note: None,
            passed_to: None,
            notify_at: None,
            told: None,
            notifications: 0,
            step: None,
            step_at: None,
            shown: (0, now),
            held: None,
            held_until: None,
            clocks: None,
            previous: None,
        }
    }

    /// Notes why a rule fired; a rule that fires again has one line, the newest.
    pub fn give_reason(&mut self, rule: &str, words: String) {
        match self.reasons.iter_mut().find(|(of, _)| of == rule) {
            Some((_, old)) => *old = words,
            None => self.reasons.push((rule.to_owned(), words)),
        }
    }
}

const COLUMNS: &str = "id, rule, subject, story, kind, place, sector, recipient, headline, level, reasons, opened_at, updated_at, life, \
     life_at, life_by, note, passed_to, notify_at, notified_at, notified_level, notified_voices, notified_sources, notifications, step, \
     step_at, shown_posts, shown_at, held, held_until, clocks, previous";

/// An alert by its id.
pub fn load(database: &Connection, id: &str) -> Result<Option<Alert>, AlertError> {
    one(database, "id = ?1", [id])
}

/// The alert of a story that is not closed, else the newest closed one.
pub fn of_story(database: &Connection, story: &str) -> Result<Option<Alert>, AlertError> {
    let closed = "life IN ('resolved', 'false_alarm', 'gone', 'merged')";
    one(database, &format!("story = ?1 ORDER BY {closed}, opened_at DESC, id LIMIT 1"), [story])
}

/// The alert of a rule about a subject that is not closed.
pub fn of_subject(database: &Connection, rule: &str, subject: &str) -> Result<Option<Alert>, AlertError> {
    let open = "life NOT IN ('resolved', 'false_alarm', 'gone', 'merged')";
    one(
        database,
        &format!("rule = ?1 AND subject = ?2 AND {open} ORDER BY opened_at DESC, id LIMIT 1"),
        [rule, subject],
    )
}

/// Every alert that is not closed, oldest first.
pub fn open(database: &Connection) -> Result<Vec<Alert>, AlertError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM alert WHERE life IN ('raised', 'sent', 'acknowledged', 'in_work') ORDER BY opened_at, id"
    );
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query([])?;
    let mut alerts = Vec::new();
    while let Some(row) = rows.next()? {
        alerts.push(read(row)?);
    }
    Ok(alerts)
}

/// The alerts that a post belongs to, by its story and by itself.
pub fn of_post(database: &Connection, post: &BookPost) -> Result<Vec<String>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT id FROM alert WHERE story = ?1 UNION SELECT alert FROM alert_post WHERE post = ?2 ORDER BY 1",
    )?;
    let ids = select.query_map(params![post.story, post.id.as_str()], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn one(database: &Connection, condition: &str, values: impl rusqlite::Params) -> Result<Option<Alert>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM alert WHERE {condition}");
    let row = database.prepare_cached(&sql)?.query_row(values, |row| Ok(read(row))).optional()?;
    row.transpose()
}

fn read(row: &Row<'_>) -> Result<Alert, AlertError> {
    let id: String = row.get(0)?;
    let stored = |what: &str| AlertError::Stored(format!("{what} of alert {id}"));
    let maybe = |millis: Option<i64>| millis.map(time).transpose();
    let life: String = row.get(13)?;
    let told = match (maybe(row.get(19)?)?, row.get::<_, Option<i64>>(20)?) {
        (Some(at), Some(level)) => Some(Told {
            at,
            level: level_of(level)?,
            voices: row.get::<_, Option<u64>>(21)?.unwrap_or(0),
            sources: row.get::<_, Option<u64>>(22)?.unwrap_or(0),
        }),
        _ => None,
    };
    Ok(Alert {
        rule: row.get(1)?,
        subject: row.get(2)?,
        story: row.get(3)?,
        kind: row.get(4)?,
        place: row.get(5)?,
        sector: row.get(6)?,
        recipient: row.get(7)?,
        headline: row.get(8)?,
        level: level_of(row.get(9)?)?,
        reasons: serde_json::from_str(&row.get::<_, String>(10)?).map_err(|_| stored("reasons"))?,
        opened_at: time(row.get(11)?)?,
        updated_at: time(row.get(12)?)?,
        life: Life::parse(&life).ok_or_else(|| stored("life"))?,
        life_at: time(row.get(14)?)?,
        life_by: row.get(15)?,
        note: row.get(16)?,
        passed_to: row.get(17)?,
        notify_at: maybe(row.get(18)?)?,
        told,
        notifications: row.get(23)?,
        step: row.get(24)?,
        step_at: maybe(row.get(25)?)?,
        shown: (row.get(26)?, time(row.get(27)?)?),
        held: row.get(28)?,
        held_until: maybe(row.get(29)?)?,
        clocks: row.get(30)?,
        previous: row.get(31)?,
        id,
    })
}

/// Stores an alert, new or changed.
///
/// Usually its figures and words changed, and none of what it is looked up by: then no index is touched, whose entries lie all
/// over the file.
pub fn store(transaction: &Transaction<'_>, alert: &Alert) -> Result<(), AlertError> {
    let millis = |at: Option<Time>| at.map(Time::as_millisecond);
    let reasons = serde_json::to_string(&alert.reasons).map_err(|error| AlertError::Stored(error.to_string()))?;
    let values = params![
        alert.id,
        alert.rule,
        alert.subject,
        alert.story,
        alert.kind,
        alert.place,
        alert.sector,
        alert.recipient,
        alert.headline,
        rank(alert.level),
        reasons,
        alert.opened_at.as_millisecond(),
        alert.updated_at.as_millisecond(),
        alert.life.as_str(),
        alert.life_at.as_millisecond(),
        alert.life_by,
        alert.note,
        alert.passed_to,
        millis(alert.notify_at),
        millis(alert.told.map(|told| told.at)),
        alert.told.map(|told| rank(told.level)),
        alert.told.map(|told| told.voices),
        alert.told.map(|told| told.sources),
        alert.notifications,
        alert.step,
        millis(alert.step_at),
        alert.shown.0,
        alert.shown.1.as_millisecond(),
        alert.held,
        millis(alert.held_until),
        alert.clocks,
        alert.previous,
    ];
    let changed = transaction
        .prepare_cached(
            "UPDATE alert SET (kind, place, sector, recipient, headline, level, reasons, opened_at, updated_at, life_at, life_by,
                note, passed_to, notify_at, notified_at, notified_level, notified_voices, notified_sources, notifications, step,
                step_at, shown_posts, shown_at, held, held_until, clocks, previous) =
                (?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29,
                 ?30, ?31, ?32)
             WHERE id = ?1 AND rule = ?2 AND subject = ?3 AND story IS ?4 AND life = ?14",
        )?
        .execute(values)?;
    if changed == 0 {
        let sql = format!(
            "INSERT OR REPLACE INTO alert ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
             ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)"
        );
        transaction.prepare_cached(&sql)?.execute(values)?;
    }
    Ok(())
}
