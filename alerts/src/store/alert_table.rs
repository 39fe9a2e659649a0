//! The table of alerts.

use std::collections::BTreeMap;

use model::{PostId, Time};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::alert::{Alert, LastNotification};
use super::alert_state::AlertState;
use super::columns::{level_of, rank, time};
use super::error::AlertError;
use super::post::StoredPost;

const COLUMNS: &str = "id, rule, subject, story, kind, place, sector, recipient, headline, level, reasons, opened_at, updated_at, life, \
     life_at, life_by, note, passed_to, notify_at, notified_at, notified_level, notified_voices, notified_sources, notifications, step, \
     step_at, shown_posts, shown_at, held, held_until, clocks, previous";

/// An alert by its id.
pub fn load(database: &Connection, id: &str) -> Result<Option<Alert>, AlertError> {
    one(database, "id = ?1", [id])
}

/// The open alert of a story, or else the newest closed one.
pub fn of_story(database: &Connection, story: &str) -> Result<Option<Alert>, AlertError> {
    let closed = "life IN ('resolved', 'false_alarm', 'gone', 'merged')";
    one(database, &format!("story = ?1 ORDER BY {closed}, opened_at DESC, id LIMIT 1"), [story])
}

/// The open alert of a rule about a subject.
pub fn of_subject(database: &Connection, rule: &str, subject: &str) -> Result<Option<Alert>, AlertError> {
    let open = "life NOT IN ('resolved', 'false_alarm', 'gone', 'merged')";
    one(
        database,
        &format!("rule = ?1 AND subject = ?2 AND {open} ORDER BY opened_at DESC, id LIMIT 1"),
        [rule, subject],
    )
}

/// Every open alert, oldest first.
pub fn open(database: &Connection) -> Result<Vec<Alert>, AlertError> {
    many(database, "life IN ('raised', 'sent', 'acknowledged', 'in_work')", [])
}

/// The open alerts that time can do something with. The others are looked at when a message changes them.
pub fn with_something_to_do(database: &Connection, now: Time) -> Result<Vec<Alert>, AlertError> {
    many(database, WITH_SOMETHING_TO_DO, [now.as_millisecond()])
}

/// People are to be notified of them by now, or were already. It is asked five times a second and an import leaves thousands of open
/// alerts: each part has its index, and `+` keeps SQLite from going by `life`.
const WITH_SOMETHING_TO_DO: &str = "+life IN ('raised', 'sent', 'acknowledged', 'in_work') AND id IN (
    SELECT id FROM alert WHERE notify_at <= ?1
    UNION ALL SELECT id FROM alert WHERE notified_at IS NOT NULL AND life IN ('raised', 'acknowledged', 'in_work')
    UNION ALL SELECT id FROM alert WHERE life = 'sent')";

fn many(database: &Connection, condition: &str, values: impl rusqlite::Params) -> Result<Vec<Alert>, AlertError> {
    let mut select = database.prepare_cached(&select_where(condition))?;
    let mut rows = select.query(values)?;
    let mut alerts = Vec::new();
    while let Some(row) = rows.next()? {
        alerts.push(read(row)?);
    }
    Ok(alerts)
}

fn select_where(condition: &str) -> String {
    format!("SELECT {COLUMNS} FROM alert WHERE {condition} ORDER BY opened_at, id")
}

/// The alerts that a post belongs to, through its story or by itself.
pub fn of_post(database: &Connection, post: &StoredPost) -> Result<Vec<String>, AlertError> {
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
    let state: String = row.get(13)?;
    let last_notification = match (maybe(row.get(19)?)?, row.get::<_, Option<i64>>(20)?) {
        (Some(at), Some(level)) => Some(LastNotification {
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
        state: AlertState::parse(&state).ok_or_else(|| stored("life"))?,
        state_since: time(row.get(14)?)?,
        state_by: row.get(15)?,
        note: row.get(16)?,
        passed_to: row.get(17)?,
        notify_at: maybe(row.get(18)?)?,
        last_notification,
        notifications: row.get(23)?,
        chain_step: row.get(24)?,
        chain_step_at: maybe(row.get(25)?)?,
        shown_posts: row.get(26)?,
        shown_at: time(row.get(27)?)?,
        held: row.get(28)?,
        held_until: maybe(row.get(29)?)?,
        deadlines: row.get(30)?,
        previous: row.get(31)?,
        id,
    })
}

/// Stores an alert, new or changed.
///
/// Usually only figures and words changed, and nothing that it is looked up by. Then no index is touched: their entries lie all over
/// the file.
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
        alert.state.as_str(),
        alert.state_since.as_millisecond(),
        alert.state_by,
        alert.note,
        alert.passed_to,
        millis(alert.notify_at),
        millis(alert.last_notification.map(|last| last.at)),
        alert.last_notification.map(|last| rank(last.level)),
        alert.last_notification.map(|last| last.voices),
        alert.last_notification.map(|last| last.sources),
        alert.notifications,
        alert.chain_step,
        millis(alert.chain_step_at),
        alert.shown_posts,
        alert.shown_at.as_millisecond(),
        alert.held,
        millis(alert.held_until),
        alert.deadlines,
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

/// The open alert that at least half of these posts belong to: a burst of one event is no second alert.
pub fn of_most(database: &Connection, posts: &[PostId]) -> Result<Option<Alert>, AlertError> {
    let mut of_post = database.prepare_cached(
        "SELECT alert.id FROM post JOIN alert ON alert.story = post.story
         WHERE post.id = ?1 AND alert.life IN ('raised', 'sent', 'acknowledged', 'in_work')
         UNION ALL
         SELECT alert.id FROM alert_post JOIN alert ON alert.id = alert_post.alert
         WHERE alert_post.post = ?1 AND alert.life IN ('raised', 'sent', 'acknowledged', 'in_work')
         ORDER BY 1 LIMIT 1",
    )?;
    let mut by_alert = BTreeMap::<String, usize>::new();
    for post in posts {
        if let Some(alert) = of_post.query_row([post.as_str()], |row| row.get(0)).optional()? {
            *by_alert.entry(alert).or_default() += 1;
        }
    }
    let most = by_alert.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    match most {
        Some((id, own)) if own * 2 >= posts.len() => load(database, &id),
        _ => Ok(None),
    }
}

/// Lets every alert that is held back be looked at again now.
pub fn release_held(transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
    transaction
        .execute("UPDATE alert SET notify_at = ?1 WHERE held IS NOT NULL AND notify_at > ?1", [now.as_millisecond()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    #[test]
    fn what_is_due_is_found_without_looking_at_every_open_alert() {
        let folder = tempfile::tempdir().unwrap();
        let database = schema::open(&folder.path().join("alerts.db")).unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", select_where(WITH_SOMETHING_TO_DO));
        let mut plan = database.prepare(&sql).unwrap();
        let steps = plan.query_map([0], |row| row.get::<_, String>(3)).unwrap();
        let looks_up: Vec<String> = steps.map(Result::unwrap).filter(|step| step.contains(" alert ")).collect();
        let by = [
            "sqlite_autoindex_alert_1 (id=?)",
            "alert_due (notify_at<?)",
            "alert_told (life=?)",
            "alert_life (life=?)",
        ];
        assert_eq!(looks_up, by.map(|index| format!("SEARCH alert USING INDEX {index}")));
    }
}
