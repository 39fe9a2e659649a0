//! The alerts and what was sent, in one SQLite file.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use config::Config;
use model::{Clock, Level, PostId, Time};
use rusqlite::{Connection, Row, Transaction, params};

use crate::{AlertView, Channel, Quote};

/// A failure of the alerts' own file.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// SQLite failed: a full or read-only disk, or a broken file.
    #[error("alerts file: {0}; check the disk of the data folder")]
    Database(#[from] rusqlite::Error),
    /// What was stored cannot be read back.
    #[error("alerts file holds an unreadable {0}")]
    Stored(String),
}

/// Which alerts to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only open ones: neither closed nor quiet.
    pub open: bool,
    /// Opened at or after.
    pub from: Option<Time>,
    /// Opened before.
    pub to: Option<Time>,
}

/// The book of alerts. Cheap to clone.
#[derive(Clone)]
pub struct Alerts {
    shared: Arc<Shared>,
}

struct Shared {
    database: Mutex<Connection>,
    config: Arc<Config>,
    clock: Clock,
    channels: Vec<Channel>,
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS position (stream TEXT PRIMARY KEY, checkpoint TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alert (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, place TEXT, headline TEXT NOT NULL,
    opened_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, state TEXT NOT NULL,
    notified TEXT);
CREATE INDEX IF NOT EXISTS alert_kind ON alert (kind, state);
CREATE TABLE IF NOT EXISTS alert_post (
    id TEXT PRIMARY KEY, version INTEGER NOT NULL, alert TEXT, level TEXT, why TEXT NOT NULL,
    source TEXT NOT NULL, url TEXT, published_at INTEGER NOT NULL, text TEXT NOT NULL, views INTEGER NOT NULL,
    signature TEXT);
DROP INDEX IF EXISTS alert_post_alert;
CREATE INDEX IF NOT EXISTS alert_post_time ON alert_post (alert, published_at, id);
CREATE TABLE IF NOT EXISTS outbox (
    key TEXT PRIMARY KEY, alert TEXT NOT NULL, channel TEXT NOT NULL, payload TEXT NOT NULL,
    created_at INTEGER NOT NULL, attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, state TEXT NOT NULL, detail TEXT);
CREATE INDEX IF NOT EXISTS outbox_state ON outbox (state, next_at);
";

impl Alerts {
    /// Opens the book in a file, which is made if it is not there. Alerts are sent to `channels`.
    pub fn open(path: &Path, config: Arc<Config>, clock: Clock, channels: Vec<Channel>) -> Result<Alerts, AlertError> {
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(10))?;
        database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
        database.execute_batch(SCHEMA)?;
        Ok(Alerts { shared: Arc::new(Shared { database: Mutex::new(database), config, clock, channels }) })
    }

    /// Alerts, newest first.
    pub fn list(&self, filter: Filter) -> Result<Vec<AlertView>, AlertError> {
        let database = self.database();
        let mut select = database.prepare_cached(
            "SELECT id FROM alert
             WHERE (NOT ?1 OR state = 'open') AND opened_at >= ?2 AND opened_at < ?3
             ORDER BY opened_at DESC, id",
        )?;
        let from = filter.from.map_or(i64::MIN, Time::as_millisecond);
        let to = filter.to.map_or(i64::MAX, Time::as_millisecond);
        let ids: Vec<String> =
            select.query_map(params![filter.open, from, to], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let views = ids.iter().filter_map(|id| self.view(&database, id).transpose());
        views.filter(|view| !filter.open || view.as_ref().map_or(true, |view| view.state == "open")).collect()
    }

    /// One alert; none of that id gives `None`.
    pub fn get(&self, id: &str) -> Result<Option<AlertView>, AlertError> {
        self.view(&self.database(), id)
    }

    /// Empties the write-ahead log into the file: until then the log holds the pages that a deleted text stood on.
    pub fn truncate_log(&self) -> Result<(), AlertError> {
        Ok(self.database().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn channels(&self) -> &[Channel] {
        &self.shared.channels
    }

    pub(crate) fn now(&self) -> Time {
        (self.shared.clock)()
    }

    /// A panic while the lock was held left a transaction to roll back: the connection is still good.
    pub(crate) fn database(&self) -> MutexGuard<'_, Connection> {
        self.shared.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An alert as people see it, read inside whatever transaction is under way.
    pub(crate) fn view(&self, database: &Connection, id: &str) -> Result<Option<AlertView>, AlertError> {
        let config = self.config();
        let mut select = database.prepare_cached(
            "SELECT id, kind, place, headline, opened_at, updated_at, state FROM alert WHERE id = ?1",
        )?;
        let Some(row) = select.query_row([id], Header::read).map(Some).or_else(no_rows)? else {
            return Ok(None);
        };
        let posts = alert_posts(database, id)?;
        let deadline_s = i64::from(config.alerts.deadline_hours) * 3600;
        let opened_at = time(row.opened_at)?;
        let newest = posts.iter().map(|post| post.quote.published_at.as_second()).max();
        let silent_s = newest.map_or(0, |newest| self.now().as_second() - newest);
        let quiet = row.state == "open" && silent_s > config.alerts.quiet_after.as_secs() as i64;
        let mut sources: Vec<&str> = posts.iter().map(|post| post.quote.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut telling: Vec<&StoredPost> = posts.iter().filter(|post| !post.quote.text.is_empty()).collect();
        telling.sort_by(|a, b| b.level.cmp(&a.level).then(b.views.cmp(&a.views)).then(a.quote.id.cmp(&b.quote.id)));
        Ok(Some(AlertView {
            kind_name: config.risk_name(&row.kind).to_owned(),
            level: posts.iter().map(|post| post.level).max().unwrap_or(Level::Low),
            place_name: row.place.as_deref().map(|place| config.place_name(place).to_owned()),
            opened_at,
            updated_at: time(row.updated_at)?,
            deadline: opened_at.checked_add(jiff::SignedDuration::from_secs(deadline_s)).unwrap_or(opened_at),
            posts: posts.len() as u64,
            sources: sources.len() as u64,
            views: posts.iter().map(|post| post.views).sum(),
            why: telling.first().map(|post| post.why.clone()).unwrap_or_default(),
            quotes: telling.iter().take(AlertView::QUOTES).map(|post| post.quote.clone()).collect(),
            post_ids: posts.iter().map(|post| post.quote.id.clone()).collect(),
            deliveries: crate::outbox::deliveries_of(database, id)?,
            id: row.id,
            kind: row.kind,
            place: row.place,
            headline: row.headline,
            state: if quiet { "quiet".into() } else { row.state },
        }))
    }
}

struct Header {
    id: String,
    kind: String,
    place: Option<String>,
    headline: String,
    opened_at: i64,
    updated_at: i64,
    state: String,
}

impl Header {
    fn read(row: &Row<'_>) -> rusqlite::Result<Header> {
        Ok(Header {
            id: row.get(0)?,
            kind: row.get(1)?,
            place: row.get(2)?,
            headline: row.get(3)?,
            opened_at: row.get(4)?,
            updated_at: row.get(5)?,
            state: row.get(6)?,
        })
    }
}

/// A post of an alert as stored.
struct StoredPost {
    quote: Quote,
    level: Level,
    why: Vec<String>,
    views: u64,
}

/// Oldest first.
fn alert_posts(database: &Connection, alert: &str) -> Result<Vec<StoredPost>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT id, level, why, source, url, published_at, text, views FROM alert_post
         WHERE alert = ?1 ORDER BY published_at, id",
    )?;
    let mut rows = select.query([alert])?;
    let mut posts = Vec::new();
    while let Some(row) = rows.next()? {
        let stored = |what: &str| AlertError::Stored(format!("{what} of a post of alert {alert}"));
        let level: String = row.get(1)?;
        posts.push(StoredPost {
            level: Level::parse(&level).ok_or_else(|| stored("level"))?,
            why: serde_json::from_str(&row.get::<_, String>(2)?).map_err(|_| stored("reason"))?,
            views: row.get(7)?,
            quote: Quote {
                id: PostId::new(row.get::<_, String>(0)?).map_err(|_| stored("id"))?,
                source: row.get(3)?,
                url: row.get(4)?,
                published_at: time(row.get(5)?)?,
                text: row.get(6)?,
            },
        });
    }
    Ok(posts)
}

pub(crate) fn time(millis: i64) -> Result<Time, AlertError> {
    Time::from_millisecond(millis).map_err(|_| AlertError::Stored(format!("time {millis}")))
}

pub(crate) fn no_rows<T>(error: rusqlite::Error) -> rusqlite::Result<Option<T>> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(None),
        other => Err(other),
    }
}

/// Remembers how far the tagged stream is applied, in the transaction that applied it.
pub(crate) fn store_position(transaction: &Transaction<'_>, checkpoint: &str) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO position (stream, checkpoint) VALUES ('tagged', ?1)
         ON CONFLICT (stream) DO UPDATE SET checkpoint = excluded.checkpoint",
        [checkpoint],
    )?;
    Ok(())
}
