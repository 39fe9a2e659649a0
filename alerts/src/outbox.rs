//! What is to be sent and what became of it.

use model::{Level, Time};
use rusqlite::{Connection, Transaction, params};
use serde::Serialize;

use crate::book::time;
use crate::{AlertError, AlertView, Alerts, Channel};

/// The longest pause between two tries: a channel that was down is noticed to be back within this.
const MAX_RETRY_S: i64 = 600;

/// A message waiting to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The same at every try, so that the receiver can tell a repeat.
    pub key: String,
    /// Channel's name.
    pub channel: String,
    /// The alert as it is to be told.
    pub alert: AlertView,
    /// Tries so far.
    pub attempts: u32,
}

/// Messages by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OutboxCounts {
    /// Waiting or being tried again.
    pub pending: u64,
    /// Accepted by the channel.
    pub sent: u64,
}

impl Alerts {
    /// Messages whose time has come, oldest first.
    pub fn due(&self, now: Time) -> Result<Vec<Delivery>, AlertError> {
        let database = self.database();
        let mut select = database.prepare_cached(
            "SELECT key, channel, payload, attempts FROM outbox WHERE state = 'pending' AND next_at <= ?1
             ORDER BY created_at, key",
        )?;
        let mut rows = select.query([now.as_millisecond()])?;
        let mut due = Vec::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            let alert = serde_json::from_str(&row.get::<_, String>(2)?)
                .map_err(|error| AlertError::Stored(format!("message {key}: {error}")))?;
            due.push(Delivery { key, channel: row.get(1)?, alert, attempts: row.get(3)? });
        }
        Ok(due)
    }

    /// Notes a try before it is made: a crash in the middle leaves it pending, and the same key goes again.
    pub fn note_attempt(&self, key: &str, now: Time) -> Result<(), AlertError> {
        self.database().execute(
            "UPDATE outbox SET attempts = attempts + 1, next_at = ?2 + min(?3, 1 << min(attempts, 20)) * 1000 WHERE key = ?1",
            params![key, now.as_millisecond(), MAX_RETRY_S],
        )?;
        Ok(())
    }

    /// Notes that the channel accepted a message, or why it did not.
    pub fn note_outcome(&self, key: &str, outcome: Result<(), &str>) -> Result<(), AlertError> {
        let (state, detail) = match outcome {
            Ok(()) => ("sent", None),
            Err(detail) => ("pending", Some(detail)),
        };
        self.database()
            .execute("UPDATE outbox SET state = ?2, detail = ?3 WHERE key = ?1", params![key, state, detail])?;
        Ok(())
    }

    /// Messages by what became of them.
    pub fn outbox(&self) -> Result<OutboxCounts, AlertError> {
        let database = self.database();
        let count = |state: &str| {
            database.query_row("SELECT count(*) FROM outbox WHERE state = ?1", [state], |row| row.get::<_, u64>(0))
        };
        Ok(OutboxCounts { pending: count("pending")?, sent: count("sent")? })
    }
}

/// Puts a message into the outbox. Its key says what it is, so that deciding the same again adds nothing.
pub(crate) fn enqueue(
    alerts: &Alerts,
    transaction: &Transaction<'_>,
    alert: &str,
    channel: &Channel,
    level: Level,
    now: Time,
) -> Result<(), AlertError> {
    let payload = payload(alerts, transaction, alert)?;
    transaction.execute(
        "INSERT INTO outbox (key, alert, channel, payload, created_at, attempts, next_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?5, 'pending') ON CONFLICT (key) DO NOTHING",
        params![
            format!("{alert}:{}:{}", channel.name(), level.as_str()),
            alert,
            channel.name(),
            payload,
            now.as_millisecond()
        ],
    )?;
    Ok(())
}

/// Renews the messages of an alert that changed: what waits tells the newest, and a deleted text leaves what was sent.
pub(crate) fn rewrite(alerts: &Alerts, transaction: &Transaction<'_>, alert: &str) -> Result<(), AlertError> {
    let payload = payload(alerts, transaction, alert)?;
    transaction.execute("UPDATE outbox SET payload = ?2 WHERE alert = ?1", params![alert, payload])?;
    Ok(())
}

fn payload(alerts: &Alerts, transaction: &Transaction<'_>, alert: &str) -> Result<String, AlertError> {
    let view = alerts.view(transaction, alert)?;
    serde_json::to_string(&view).map_err(|error| AlertError::Stored(error.to_string()))
}

/// What became of an alert's messages, in words of `deliveries` in [`AlertView`].
pub(crate) fn deliveries_of(database: &Connection, alert: &str) -> Result<Vec<String>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT channel, state, attempts, next_at FROM outbox WHERE alert = ?1 ORDER BY created_at, key",
    )?;
    let mut rows = select.query([alert])?;
    let mut deliveries = Vec::new();
    while let Some(row) = rows.next()? {
        let (channel, state, attempts): (String, String, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        deliveries.push(match (state.as_str(), attempts) {
            ("sent", _) => format!("{channel}: sent"),
            (_, 0) => format!("{channel}: pending"),
            (_, tries) => format!("{channel}: pending, {tries} attempts, next at {}", time(row.get(3)?)?),
        });
    }
    Ok(deliveries)
}
