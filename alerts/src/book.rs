//! The alerts and what was sent, in one SQLite file.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use config::{Config, Contact};
use journal::Checkpoint;
use model::{Clock, Sector, Time};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, params};

use crate::alert::{self, Alert};
use crate::clocks::Clocks;
use crate::links::LinkKey;
use crate::post::{self, BookPost, Of};
use crate::{AlertView, Quote, outbox, schema};

/// Posts of one alert that a view names: a storm has ten thousand, and nobody reads them in a list.
const MAX_POST_IDS: usize = 20_000;

/// Posts that a message names: enough for a program to open, few enough to store with every message.
pub(crate) const POST_IDS_TOLD: usize = 200;

/// A failure of the alerts' own file.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// SQLite failed: a full or read-only disk, or a broken file.
    #[error("alerts file: {0}; check the disk of the data folder")]
    Database(#[from] rusqlite::Error),
    /// What was stored cannot be read back.
    #[error("alerts file holds an unreadable {0}")]
    Stored(String),
    /// Another version of the program made the file.
    #[error(
        "alerts file is of format {found}, this program knows {known}; move alerts.db away: alerts are made anew from the journal"
    )]
    Format {
        /// Of the file.
        found: i64,
        /// Of this program.
        known: i64,
    },
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
    /// Everything is told to these too, whatever people.toml says: a terminal, a webhook.
    everywhere: Vec<Contact>,
    /// What links in letters are signed with, where they are.
    link_key: OnceLock<LinkKey>,
    /// A person moved a post: what a sink keeps in memory is to be read again.
    moved: AtomicBool,
}

impl Alerts {
    /// Opens the book in a file, which is made if it is not there. Beside the people of the configuration every alert is told `everywhere`.
    pub fn open(
        path: &Path,
        config: Arc<Config>,
        clock: Clock,
        everywhere: Vec<Contact>,
    ) -> Result<Alerts, AlertError> {
        let mut database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(10))?;
        database.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else SQLite plans a statement anew for each value that it is asked with, in the hope of a better plan.
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000;",
        )?;
        schema::prepare(&mut database)?;
        let shared = Shared {
            database: Mutex::new(database),
            config,
            clock,
            everywhere,
            link_key: OnceLock::new(),
            moved: AtomicBool::new(false),
        };
        Ok(Alerts { shared: Arc::new(shared) })
    }

    /// Alerts, newest first.
    pub fn list(&self, filter: Filter) -> Result<Vec<AlertView>, AlertError> {
        let database = self.database();
        let mut select = database.prepare_cached(
            "SELECT id FROM alert
             WHERE (NOT ?1 OR life IN ('raised', 'sent', 'acknowledged', 'in_work')) AND opened_at >= ?2 AND opened_at < ?3
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

    pub(crate) fn everywhere(&self) -> &[Contact] {
        &self.shared.everywhere
    }

    /// From now on letters carry links that act.
    pub fn sign_links(&self, key: LinkKey) {
        let _ = self.shared.link_key.set(key);
    }

    pub(crate) fn link_key(&self) -> Option<&LinkKey> {
        self.shared.link_key.get()
    }

    /// Whether a person moved a post since this was last asked.
    pub(crate) fn take_moved(&self) -> bool {
        self.shared.moved.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn note_moved(&self) {
        self.shared.moved.store(true, Ordering::Release);
    }

    pub(crate) fn now(&self) -> Time {
        (self.shared.clock)()
    }

    /// A panic while the lock was held left a transaction to roll back: the connection is still good.
    pub(crate) fn database(&self) -> MutexGuard<'_, Connection> {
        self.shared.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a post is of now: live, and not older than `max_age` by the process's clock.
    pub(crate) fn is_fresh(&self, post: &BookPost) -> bool {
        let max_age = self.config().alerts.max_age.as_millis() as i64;
        post.live && self.now().as_millisecond() - post.at <= max_age
    }

    /// An alert as people see it, read inside whatever transaction is under way.
    pub(crate) fn view(&self, database: &Connection, id: &str) -> Result<Option<AlertView>, AlertError> {
        alert::load(database, id)?.map(|alert| self.view_of(database, alert, MAX_POST_IDS)).transpose()
    }

    /// The same for an alert that is at hand, naming so many of its posts.
    pub(crate) fn view_of(&self, database: &Connection, alert: Alert, ids: usize) -> Result<AlertView, AlertError> {
        let config = self.config();
        let of = match &alert.story {
            Some(story) => Of::Story(story),
            None => Of::Alert(&alert.id),
        };
        let sum = of.sum(database)?;
        let telling = of.telling(database, AlertView::QUOTES)?;
        let post_ids = of.ids(database, ids)?;
        let silent = sum.last.map_or(0, |newest| self.now().as_millisecond() - newest);
        // Nobody has said anything of an alert that was told and not acknowledged: it stays open however old it is.
        let waits = alert.told.is_some() && !alert.life.is_taken();
        let is_quiet = !waits && silent > config.alerts.quiet_after.as_millis() as i64;
        let state = match (alert.life.is_closed(), is_quiet) {
            (true, _) => "closed",
            (false, true) => "quiet",
            (false, false) => "open",
        };
        let (voices, sources) = self.size(database, &alert)?;
        let quote = |post: &BookPost| {
            Ok(Quote {
                id: post.id.clone(),
                url: post.url.clone(),
                source: post.source.clone(),
                published_at: time(post.at)?,
                text: post.text.clone(),
            })
        };
        let clocks = alert.clocks.as_deref().map(Clocks::read).transpose()?;
        Ok(AlertView {
            kind_name: self.kind_name(&alert).to_owned(),
            level: alert.level,
            sector: alert.sector.as_deref().and_then(Sector::parse),
            place_name: alert.place.as_deref().map(|place| config.place_name(place).to_owned()),
            since: sum.first.map(time).transpose()?,
            state: state.to_owned(),
            life: alert.life.as_str().to_owned(),
            life_at: alert.life_at,
            deadline: clocks.as_ref().map_or(alert.opened_at, Clocks::next_due),
            clocks: clocks.as_ref().map(Clocks::view),
            posts: sum.posts,
            authors: voices,
            sources,
            views: sum.views,
            reasons: alert.reasons.iter().map(|(rule, words)| self.reason(rule, words)).collect(),
            why: telling.first().map(|post| post.why.clone()).unwrap_or_default(),
            quotes: telling.iter().map(quote).collect::<Result<_, AlertError>>()?,
            post_ids,
            deliveries: outbox::deliveries_of(database, &alert.id)?,
            rule: alert.rule,
            kind: alert.kind,
            place: alert.place,
            recipient: alert.recipient,
            headline: alert.headline,
            opened_at: alert.opened_at,
            updated_at: alert.updated_at,
            life_by: alert.life_by,
            note: alert.note,
            passed_to: alert.passed_to,
            notifications: alert.notifications,
            held: alert.held,
            held_until: alert.held_until,
            previous: alert.previous,
            id: alert.id,
        })
    }

    fn kind_name<'a>(&'a self, alert: &'a Alert) -> &'a str {
        match alert.kind.as_str() {
            "burst" => "Всплеск публикаций",
            "silence" => "Не видно источников",
            "system" => "Работа системы",
            kind => post::kind_name(self.config(), kind),
        }
    }

    /// Why a rule is there, and what it saw.
    fn reason(&self, rule: &str, words: &str) -> String {
        let known = self.config().alerts.rules.iter().find(|known| known.id == rule);
        match known {
            Some(known) => format!("{}: {words}", known.reason),
            None => words.to_owned(),
        }
    }
}

/// Statements kept prepared: about as many as there are.
const STATEMENTS: usize = 128;

pub(crate) fn time(millis: i64) -> Result<Time, AlertError> {
    Time::from_millisecond(millis).map_err(|_| AlertError::Stored(format!("time {millis}")))
}

pub(crate) fn no_rows<T>(error: rusqlite::Error) -> rusqlite::Result<Option<T>> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(None),
        other => Err(other),
    }
}

/// How far a stream is applied.
pub(crate) fn position_of(database: &Connection, stream: &str) -> Result<Option<Checkpoint>, AlertError> {
    let stored: Option<String> = database
        .query_row("SELECT checkpoint FROM position WHERE stream = ?1", [stream], |row| row.get(0))
        .map(Some)
        .or_else(no_rows)?;
    let read =
        |json: String| serde_json::from_str(&json).map_err(|_| AlertError::Stored(format!("position in {stream}")));
    stored.map(read).transpose()
}

/// Remembers how far a stream is applied, in the transaction that applied it.
pub(crate) fn store_position(transaction: &Transaction<'_>, stream: &str, at: &Checkpoint) -> Result<(), AlertError> {
    let json = serde_json::to_string(at).map_err(|error| AlertError::Stored(error.to_string()))?;
    transaction.execute(
        "INSERT INTO position (stream, checkpoint) VALUES (?1, ?2)
         ON CONFLICT (stream) DO UPDATE SET checkpoint = excluded.checkpoint",
        params![stream, json],
    )?;
    Ok(())
}

/// A name or number that outlives a restart.
pub(crate) fn meta(database: &Connection, name: &str) -> Result<Option<String>, AlertError> {
    let mut select = database.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    Ok(select.query_row([name], |row| row.get(0)).map(Some).or_else(no_rows)?)
}

/// Stores one.
pub(crate) fn set_meta(database: &Connection, name: &str, value: &str) -> Result<(), AlertError> {
    let mut write = database.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?;
    write.execute([name, value])?;
    Ok(())
}
