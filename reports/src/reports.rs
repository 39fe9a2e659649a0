//! The digests: made at their hour, kept, and sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use alerts::{AlertView, Alerts, Filter, Letter, Suppressed};
use config::Config;
use jiff::ToSpan;
use jiff::civil::Date;
use model::Clock;
use store::facts::Facts;

use crate::compose::{Material, compose, span_of};
use crate::coverage::Span;
use crate::digest::Digest;
use crate::error::ReportError;
use crate::store::DigestStore;

/// A digest that is so late, in seconds, is the operator's to look after.
const LATE_S: i64 = 3600;

/// The digests. Cheap to clone.
#[derive(Clone)]
pub struct Reports {
    pub(crate) config: Arc<Config>,
    pub(crate) facts: Facts,
    alerts: Alerts,
    clock: Clock,
    store: DigestStore,
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
        Ok(Reports { config, facts, alerts, clock, store: DigestStore::open(path)? })
    }

    /// The digest of a day: the one made at its hour, else one made now and not kept.
    pub async fn digest(&self, date: Date) -> Result<Digest, ReportError> {
        match self.reading(move |reports| reports.store.digest(date)).await? {
            Some(kept) => Ok(kept),
            None => self.make(date).await,
        }
    }

    /// The day whose digest is to be made or sent now, if there is one.
    pub async fn due(&self) -> Result<Option<Date>, ReportError> {
        let now = (self.clock)().to_zoned_datetime(self.config.timezone().clone());
        if now.time() < self.config.settings.digest.at {
            return Ok(None);
        }
        let date = now.date().yesterday()?;
        let done = move |reports: &Reports| Ok(reports.store.contains(date)? && reports.is_sent(date)?);
        Ok((!self.reading(done).await?).then_some(date))
    }

    /// Makes and keeps yesterday's digest, if its hour has come and it is not kept yet. Returns the day it made.
    pub async fn make_due(&self) -> Result<Option<Date>, ReportError> {
        let Some(date) = self.due().await? else { return Ok(None) };
        if self.reading(move |reports| reports.store.contains(date)).await? {
            return self.send(date).await.map(|()| None);
        }
        let digest = self.make(date).await?;
        let ids = self.ids_of(date).await?;
        let kept = digest.clone();
        self.reading(move |reports| reports.store.keep(date, &kept, &ids)).await?;
        tracing::info!(%date, posts = digest.posts, complete = digest.complete, "digest made");
        self.send(date).await?;
        Ok(Some(date))
    }

    /// Puts the digest of a day into the outbox, to whoever is the head, once.
    async fn send(&self, date: Date) -> Result<(), ReportError> {
        if self.reading(move |reports| reports.is_sent(date)).await? {
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
        self.reading(move |reports| Ok(reports.alerts.send_digest(&date.to_string(), &letter)?)).await
    }

    /// Whether the digest of a day, or of a later one, was put into the outbox.
    fn is_sent(&self, date: Date) -> Result<bool, ReportError> {
        Ok(self.alerts.digest_sent()?.as_deref() >= Some(date.to_string().as_str()))
    }

    /// Works on the files, which block, on a thread that may.
    pub(crate) async fn reading<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reports) -> Result<T, ReportError> + Send + 'static,
    ) -> Result<T, ReportError> {
        let reports = self.clone();
        tokio::task::spawn_blocking(move || read(&reports)).await?
    }

    /// Why yesterday's digest did not go out, once it is an hour late: in Russian, for the operator. Blocks on the files.
    pub fn late_by_now(&self) -> Result<Option<String>, ReportError> {
        let now = (self.clock)().to_zoned_datetime(self.config.timezone().clone());
        let due =
            now.date().to_datetime(self.config.settings.digest.at).to_zoned_datetime(self.config.timezone().clone())?;
        let date = now.date().yesterday()?;
        let late = (self.clock)().as_second() - due.timestamp().as_second() >= LATE_S;
        let is_first = self.store.days(1)?.is_empty();
        Ok((late && !is_first && !self.is_sent(date)?).then(|| format!("сводка за {date} не ушла")))
    }

    /// The last days whose digests are kept, newest first.
    pub async fn last_days(&self, limit: usize) -> Result<Vec<Date>, ReportError> {
        self.reading(move |reports| reports.store.days(limit)).await
    }

    /// The posts of an alert as it stands now.
    pub(crate) fn alert_posts(&self, alert: &str) -> Result<Vec<String>, ReportError> {
        let alert = self.alerts.get(alert)?;
        Ok(alert.map(|alert| alert.post_ids.into_iter().map(String::from).collect()).unwrap_or_default())
    }

    async fn make(&self, date: Date) -> Result<Digest, ReportError> {
        let now = (self.clock)();
        let first = date.checked_sub(7.days())?;
        let today = self.facts.day(date).await?;
        let volumes = self.facts.days(first, date.tomorrow()?).await?;
        let days: BTreeMap<_, _> = volumes.into_iter().map(|day| (day.date, day)).collect();
        let span = span_of(date, &self.config)?;
        let of_day = Filter { from: Some(span.from), to: Some(span.to), ..Filter::default() };
        let (alerts, held, undelivered) = self.reading(move |reports| reports.of_alerts(of_day, span)).await?;
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
            held: &held,
            undelivered,
        };
        Ok(compose(&material)?)
    }

    /// Alerts that are open or of the day, what was held back on it, and how many critical messages did not arrive.
    fn of_alerts(&self, of_day: Filter, span: Span) -> Result<(Vec<AlertView>, Vec<Suppressed>, u64), ReportError> {
        let mut alerts = self.alerts.list(Filter { open: true, ..Filter::default() })?;
        let known: BTreeSet<String> = alerts.iter().map(|alert| alert.id.clone()).collect();
        alerts.extend(self.alerts.list(of_day)?.into_iter().filter(|alert| !known.contains(&alert.id)));
        let held = self.alerts.suppressed(span.from, span.to)?;
        Ok((alerts, held, self.alerts.outbox()?.critical_late))
    }

    /// Posts of a day that are not in its kept digest; `None` where none is kept.
    async fn late(&self, date: Date) -> Result<Option<u64>, ReportError> {
        let Some(kept) = self.reading(move |reports| reports.store.ids(date)).await? else { return Ok(None) };
        let now = self.ids_of(date).await?;
        Ok(Some(now.iter().filter(|id| !kept.contains(*id)).count() as u64))
    }

    async fn ids_of(&self, date: Date) -> Result<Vec<String>, ReportError> {
        let span = span_of(date, &self.config)?;
        Ok(self.facts.ids_published(span.from, span.to).await?)
    }
}
