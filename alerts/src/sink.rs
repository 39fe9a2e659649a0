//! The tagged stream into the book of alerts: one transaction a batch, position included.

use std::collections::BTreeSet;

use journal::{Applied, Checkpoint, Entry, Refusal, Sink, SinkError};
use model::{Level, Origin, Post, Risk, Signature, TaggedPost, Time, wire};
use rusqlite::{Connection, Transaction, params};

use crate::book::{no_rows, store_position, time};
use crate::group::{Candidate, Decision, Incoming, decide};
use crate::{AlertError, Alerts, outbox};

/// A quote is cut here: an alert is read on a phone.
const QUOTE_CHARS: usize = 300;

/// Signatures compared per alert: near-copies of a storm resemble its first posts, and a storm of 10,000 stays cheap.
const SIGNATURES_PER_ALERT: usize = 50;

/// Follows the tagged stream. See [`Alerts`].
pub struct AlertSink {
    alerts: Alerts,
}

impl Alerts {
    /// The sink that feeds the book.
    pub fn sink(&self) -> AlertSink {
        AlertSink { alerts: self.clone() }
    }
}

impl Sink for AlertSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        let database = self.alerts.database();
        let stored: Option<String> = database
            .query_row("SELECT checkpoint FROM position WHERE stream = 'tagged'", [], |row| row.get(0))
            .map(Some)
            .or_else(no_rows)?;
        Ok(stored.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let mut position = self.position()?.unwrap_or_default();
        let mut applied = Applied::default();
        let mut database = self.alerts.database();
        let transaction = database.transaction()?;
        let mut changed = BTreeSet::new();
        for entry in entries {
            position.advance(entry);
            // Emptied by a deletion: its tombstone follows.
            if entry.payload.is_empty() {
                continue;
            }
            match wire::read_tagged(&entry.payload) {
                Ok(tagged) => self.take(&transaction, &tagged, &mut changed)?,
                Err(reason) => applied.refused.push(Refusal {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
            }
        }
        for alert in &changed {
            outbox::rewrite(&self.alerts, &transaction, alert)?;
        }
        store_position(&transaction, &serde_json::to_string(&position)?)?;
        transaction.commit()?;
        Ok(applied)
    }
}

impl AlertSink {
    /// Takes one version of a post: into an alert, out of one, or neither. Alerts that changed are noted.
    fn take(
        &self,
        transaction: &Transaction<'_>,
        tagged: &TaggedPost,
        changed: &mut BTreeSet<String>,
    ) -> Result<(), AlertError> {
        let post = &tagged.post;
        // The worst risk comes first; the post's subject speaks of the same.
        let risk = tagged.tags.risks.first();
        let risk = risk.filter(|risk| risk.level >= self.alerts.config().alerts.level && !post.is_deleted());
        let stored: Option<(i64, Option<String>)> = transaction
            .prepare_cached("SELECT version, alert FROM alert_post WHERE id = ?1")?
            .query_row([post.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .map(Some)
            .or_else(no_rows)?;
        let version = tagged.version().0 as i64;
        let before = match stored {
            Some((known, _)) if known >= version => return Ok(()),
            Some((_, alert)) => alert,
            // The rest of the stream is most of it, and leaves no trace here, except that a tombstone must win over a late version.
            None if risk.is_none() && !post.is_deleted() => return Ok(()),
            None => None,
        };
        let alert = match risk {
            Some(risk) => Some(self.place(transaction, tagged, risk, before.as_deref())?),
            None => None,
        };
        store_post(transaction, tagged, version, risk, alert.as_deref())?;
        for id in before.iter().chain(&alert) {
            changed.insert(id.clone());
            refresh(transaction, id, self.alerts.now())?;
        }
        if let (Some(alert), Some(risk)) = (&alert, risk) {
            self.notify(transaction, post, alert, risk.level)?;
        }
        Ok(())
    }

    /// Finds or opens the alert of a post; a post stays in its alert while the kind stays.
    fn place(
        &self,
        transaction: &Transaction<'_>,
        tagged: &TaggedPost,
        risk: &Risk,
        before: Option<&str>,
    ) -> Result<String, AlertError> {
        let rules = &self.alerts.config().alerts;
        let at = tagged.post.published_at.as_millisecond();
        // A second more: the decision is made in whole seconds.
        let window_ms = rules.group_window.as_millis() as i64 + 1_000;
        let candidates = candidates(transaction, &risk.kind, (at - window_ms, at + window_ms), before)?;
        if let Some(same) = before.and_then(|id| candidates.iter().find(|alert| alert.id == id)) {
            return Ok(same.id.clone());
        }
        let post = &tagged.post;
        let incoming = Incoming {
            id: post.id.clone(),
            kind: risk.kind.clone(),
            place: tagged.tags.places.first().cloned(),
            published_at: post.published_at,
            signature: tagged.tags.signature,
        };
        let window_s = rules.group_window.as_secs() as i64;
        match decide(&incoming, &candidates, window_s, rules.copy_distance) {
            Decision::Join { alert, reason } => {
                tracing::debug!(alert, ?reason, post = %post.id, "post joins alert");
                Ok(alert)
            }
            Decision::Open { alert } => {
                let config = self.alerts.config();
                let kind = config.risk_name(&risk.kind);
                let headline = match (&tagged.tags.subject, &incoming.place) {
                    (Some(subject), _) => subject.clone(),
                    (None, Some(place)) => format!("{kind}, {}", config.place_name(place)),
                    (None, None) => kind.to_owned(),
                };
                let seen = post.seen().as_millisecond();
                transaction.execute(
                    "INSERT INTO alert (id, kind, place, headline, opened_at, updated_at, state) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 'open')
                     ON CONFLICT (id) DO UPDATE SET state = 'open'",
                    params![alert, risk.kind, incoming.place, headline, seen],
                )?;
                Ok(alert)
            }
        }
    }

    /// Puts messages into the outbox: once when an alert is raised and once for each rise of its level, for live and fresh
    /// posts only.
    fn notify(&self, transaction: &Transaction<'_>, post: &Post, alert: &str, level: Level) -> Result<(), AlertError> {
        let now = self.alerts.now();
        let max_age = self.alerts.config().alerts.max_age.as_secs() as i64;
        let fresh = now.as_second() - post.published_at.as_second() <= max_age;
        if post.origin != Origin::Live || !fresh {
            return Ok(());
        }
        let notified: Option<String> =
            transaction.query_row("SELECT notified FROM alert WHERE id = ?1", [alert], |row| row.get(0))?;
        if notified.as_deref().and_then(Level::parse) >= Some(level) {
            return Ok(());
        }
        transaction.execute("UPDATE alert SET notified = ?2 WHERE id = ?1", params![alert, level.as_str()])?;
        for channel in self.alerts.channels() {
            outbox::enqueue(&self.alerts, transaction, alert, channel, level, now)?;
        }
        Ok(())
    }
}

/// Open alerts of a kind whose posts reach into a span, and the one that a post is in already; oldest first. The index gives the first and the
/// last post of each without a look at those between.
fn candidates(
    database: &Connection,
    kind: &str,
    span: (i64, i64),
    before: Option<&str>,
) -> Result<Vec<Candidate>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT id, place, first, last FROM (
            SELECT id, place,
                (SELECT min(published_at) FROM alert_post WHERE alert = alert.id) AS first,
                (SELECT max(published_at) FROM alert_post WHERE alert = alert.id) AS last
            FROM alert WHERE kind = ?1 AND state = 'open')
         WHERE last >= ?2 AND first <= ?3 OR id = ?4 ORDER BY first, id",
    )?;
    let mut rows = select.query(params![kind, span.0, span.1, before])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        found.push(Candidate {
            signatures: signatures(database, &id)?,
            place: row.get(1)?,
            first: time(row.get(2)?)?,
            last: time(row.get(3)?)?,
            id,
        });
    }
    Ok(found)
}

fn signatures(database: &Connection, alert: &str) -> Result<Vec<Signature>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT signature FROM alert_post WHERE alert = ?1 AND signature IS NOT NULL ORDER BY published_at, id LIMIT ?2",
    )?;
    let rows = select.query_map(params![alert, SIGNATURES_PER_ALERT], |row| row.get::<_, String>(0))?;
    rows.map(|hex| Signature::try_from(hex?).map_err(|_| AlertError::Stored("signature".into()))).collect()
}

fn store_post(
    transaction: &Transaction<'_>,
    tagged: &TaggedPost,
    version: i64,
    risk: Option<&Risk>,
    alert: Option<&str>,
) -> Result<(), AlertError> {
    let post = &tagged.post;
    let text = match risk {
        Some(_) => cut(post.title.as_deref(), &post.text),
        None => String::new(),
    };
    let why = serde_json::to_string(risk.map_or(&[][..], |risk| &risk.why)).unwrap_or_else(|_| "[]".into());
    transaction
        .prepare_cached(
            "INSERT INTO alert_post (id, version, alert, level, why, source, url, published_at, text, views, signature)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, alert = excluded.alert, level = excluded.level,
                why = excluded.why, source = excluded.source, url = excluded.url, published_at = excluded.published_at,
                text = excluded.text, views = excluded.views, signature = excluded.signature",
        )?
        .execute(params![
            post.id.as_str(),
            version,
            alert,
            risk.map(|risk| risk.level.as_str()),
            why,
            post.source,
            post.url,
            post.published_at.as_millisecond(),
            text,
            post.views.unwrap_or(0),
            risk.and(tagged.tags.signature).map(String::from),
        ])?;
    Ok(())
}

/// Brings an alert up to its posts; one that lost them all is closed.
fn refresh(transaction: &Transaction<'_>, alert: &str, now: Time) -> Result<(), AlertError> {
    transaction.execute(
        "UPDATE alert SET updated_at = max(updated_at, ?2),
            state = CASE WHEN EXISTS (SELECT 1 FROM alert_post WHERE alert = ?1) THEN state ELSE 'closed' END
         WHERE id = ?1",
        params![alert, now.as_millisecond()],
    )?;
    Ok(())
}

/// Title and text on one line, cut for a quote.
fn cut(title: Option<&str>, text: &str) -> String {
    let whole: Vec<&str> = title.into_iter().chain([text]).flat_map(str::split_whitespace).collect();
    let line = whole.join(" ");
    match line.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
