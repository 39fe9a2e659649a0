//! Digests that were made, and the making of them at their hour.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alerts::{AlertError, Alerts, Filter, Letter};
use config::Config;
use jiff::ToSpan;
use jiff::civil::Date;
use model::{Clock, Time};
use rusqlite::{Connection, OptionalExtension, params};
use store::facts::{Facts, FactsError};

use crate::compose::{Material, compose, span_of};
use crate::digest::Digest;

/// A digest that is so late, in seconds, is the operator's to look after.
const LATE_S: i64 = 3600;

/// Why there is no digest.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The figures do not answer.
    #[error("the figures do not answer: {0}")]
    Facts(#[from] FactsError),
    /// The alerts cannot be read.
    #[error(transparent)]
    Alerts(#[from] AlertError),
    /// The file of digests cannot be read or written.
    #[error("digests file: {0}; check the disk of the data folder")]
    Database(#[from] rusqlite::Error),
    /// A stored digest cannot be read back.
    #[error("the stored digest is unreadable: {0}")]
    Stored(#[from] serde_json::Error),
    /// The day is out of the calendar's range.
    #[error("no such day: {0}")]
    Date(#[from] jiff::Error),
    /// The page cannot be written.
    #[error("the page cannot be made: {0}")]
    Page(#[from] askama::Error),
}

/// The digests. Cheap to clone.
#[derive(Clone)]
pub struct Reports {
    pub(crate) config: Arc<Config>,
    pub(crate) facts: Facts,
    alerts: Alerts,
    clock: Clock,
    database: Arc<Mutex<Connection>>,
}

impl Reports {
    /// Opens the file of digests, which is made if it is not there.
    pub fn open(
        path: &Path,
        config: Arc<Config>,
        facts: Facts,
        alerts: Alerts,
        clock: Clock,
    ) -> Result<Reports, ReportError> {
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_secs(10))?;
        database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
             CREATE TABLE IF NOT EXISTS digest (date TEXT PRIMARY KEY, digest TEXT NOT NULL, ids TEXT NOT NULL);",
        )?;
        Ok(Reports { config, facts, alerts, clock, database: Arc::new(Mutex::new(database)) })
    }

    /// The digest of a day: the one made at its hour, else one made now and not kept.
    pub async fn digest(&self, date: Date) -> Result<Digest, ReportError> {
        let kept: Option<String> = self
            .database()
            .query_row("SELECT digest FROM digest WHERE date = ?1", [date.to_string()], |row| row.get(0))
            .optional()?;
        match kept {
            Some(json) => Ok(serde_json::from_str(&json)?),
            None => self.make(date).await,
        }
    }

    /// Makes and keeps yesterday's digest, if its hour has come and it is not kept yet. Returns the day it made.
    pub async fn make_due(&self) -> Result<Option<Date>, ReportError> {
        let now = (self.clock)().to_zoned_datetime(self.config.timezone().clone());
        if now.time() < self.config.settings.digest.at {
            return Ok(None);
        }
        let date = now.date().yesterday()?;
        if self.kept(date)? {
            return self.send(date).await.map(|()| None);
        }
        let digest = self.make(date).await?;
        let ids = self.ids_of(date).await?;
        self.database().execute(
            "INSERT INTO digest (date, digest, ids) VALUES (?1, ?2, ?3) ON CONFLICT (date) DO NOTHING",
            params![date.to_string(), serde_json::to_string(&digest)?, serde_json::to_string(&ids)?],
        )?;
        tracing::info!(%date, posts = digest.posts, complete = digest.complete, "digest made");
        self.send(date).await?;
        Ok(Some(date))
    }

    /// Puts the digest of a day into the outbox, to whoever is the head, once.
    async fn send(&self, date: Date) -> Result<(), ReportError> {
        if self.alerts.digest_sent()?.as_deref() >= Some(date.to_string().as_str()) {
            return Ok(());
        }
        let digest = self.digest(date).await?;
        let html = self.html(&digest).await?;
        let letter = Letter {
            event: "digest".into(),
            subject: format!("Сводка за {}", date.strftime("%d.%m.%Y")),
            text: digest.text(&self.config),
            buttons: Vec::new(),
            payload: serde_json::to_value(&digest)?,
            attachment: Some((format!("svodka-{date}.html"), "text/html; charset=utf-8".into(), html)),
            heading: String::new(),
        };
        Ok(self.alerts.send_digest(&date.to_string(), &letter)?)
    }

    /// Why yesterday's digest did not go out, once it is an hour late: in Russian, for the operator.
    pub fn late_by_now(&self) -> Result<Option<String>, ReportError> {
        let now = (self.clock)().to_zoned_datetime(self.config.timezone().clone());
        let due =
            now.date().to_datetime(self.config.settings.digest.at).to_zoned_datetime(self.config.timezone().clone())?;
        let date = now.date().yesterday()?.to_string();
        let late = (self.clock)().as_second() - due.timestamp().as_second() >= LATE_S;
        let is_first = self.days()?.is_empty();
        let sent = self.alerts.digest_sent()?.as_deref() >= Some(date.as_str());
        Ok((late && !sent && !is_first).then(|| format!("сводка за {date} не ушла")))
    }

    /// Days whose digests are kept, newest first.
    pub fn days(&self) -> Result<Vec<Date>, ReportError> {
        let database = self.database();
        let mut select = database.prepare_cached("SELECT date FROM digest ORDER BY date DESC")?;
        let dates = select.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        dates.iter().map(|date| Ok(date.parse()?)).collect()
    }

    /// The posts of an alert as it stands now.
    pub(crate) fn alert_posts(&self, alert: &str) -> Result<Vec<String>, ReportError> {
        let alert = self.alerts.get(alert)?;
        Ok(alert.map(|alert| alert.post_ids.into_iter().map(String::from).collect()).unwrap_or_default())
    }

    fn kept(&self, date: Date) -> Result<bool, ReportError> {
        let sql = "SELECT count(*) FROM digest WHERE date = ?1";
        Ok(self.database().query_row(sql, [date.to_string()], |row| row.get::<_, i64>(0))? > 0)
    }

    async fn make(&self, date: Date) -> Result<Digest, ReportError> {
        let now = (self.clock)();
        let first = date.checked_sub(7.days())?;
        let today = self.facts.day(date).await?;
        let volumes = self.facts.days(first, date.tomorrow()?).await?;
        let days: BTreeMap<_, _> = volumes.into_iter().map(|day| (day.date, day)).collect();
        let span = span_of(date, &self.config)?;
        let of_day = Filter { from: Some(span.from), to: Some(span.to), ..Filter::default() };
        let mut alerts = self.alerts.list(Filter { open: true, ..Filter::default() })?;
        let known: BTreeSet<String> = alerts.iter().map(|alert| alert.id.clone()).collect();
        alerts.extend(self.alerts.list(of_day)?.into_iter().filter(|alert| !known.contains(&alert.id)));
        let later = now.max(span.to).checked_add(jiff::SignedDuration::from_secs(1))?;
        let polls = self.facts.coverage(span_of(first, &self.config)?.from, later).await?;
        let late = self.late(date.yesterday()?).await?;
        let material = Material {
            config: &self.config,
            date,
            now,
            today: &today,
            days: &days,
            alerts: &alerts,
            polls: &polls,
            late,
            held: &self.alerts.suppressed(span.from, span.to)?,
            undelivered: self.alerts.outbox()?.critical_late,
        };
        Ok(compose(&material)?)
    }

    /// Posts of a day that are not in its kept digest; `None` where none is kept.
    async fn late(&self, date: Date) -> Result<Option<u64>, ReportError> {
        let kept: Option<String> = self
            .database()
            .query_row("SELECT ids FROM digest WHERE date = ?1", [date.to_string()], |row| row.get(0))
            .optional()?;
        let Some(kept) = kept else { return Ok(None) };
        let kept: BTreeSet<String> = serde_json::from_str(&kept)?;
        let now = self.ids_of(date).await?;
        Ok(Some(now.iter().filter(|id| !kept.contains(*id)).count() as u64))
    }

    async fn ids_of(&self, date: Date) -> Result<Vec<String>, ReportError> {
        let span = span_of(date, &self.config)?;
        Ok(self.facts.ids_published(span.from, span.to).await?)
    }

    /// A panic while the lock was held left a transaction to roll back: the connection is still good.
    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time as people of the district read it.
pub(crate) fn local(time: Time, config: &Config, format: &str) -> String {
    time.to_zoned_datetime(config.timezone().clone()).strftime(format).to_string()
}
