//! Putting messages into the outbox.

use config::Contact;
use model::{Level, Time};
use rusqlite::{Transaction, params};

use crate::notify::letter::Letter;
use crate::store::columns::rank;
use crate::store::error::AlertError;

/// A message to put into the outbox.
///
/// Its fields are those of [`Delivery`](super::Delivery).
pub struct Entry<'a> {
    pub alert: Option<&'a str>,
    pub purpose: &'a str,
    pub person: Option<&'a str>,
    pub rank: usize,
    pub contact: &'a Contact,
    pub level: Option<Level>,
    pub letter: &'a Letter,
    pub not_before: Time,
    pub message_id: Option<&'a str>,
}

/// Puts a message into the outbox. Its key is derived from what it is, so that making the same decision again adds nothing.
pub fn enqueue(transaction: &Transaction<'_>, entry: &Entry<'_>, now: Time) -> Result<(), AlertError> {
    let parts = [entry.alert, Some(entry.purpose), entry.person, Some(entry.contact.channel.as_str())];
    let mut key = parts.into_iter().flatten().collect::<Vec<_>>().join(":");
    if entry.rank > 0 {
        key = format!("{key}:{}", entry.rank);
    }
    let message = serde_json::to_string(entry.letter).map_err(|error| AlertError::Stored(error.to_string()))?;
    transaction
        .prepare_cached(
            "INSERT INTO outbox (key, alert, purpose, person, channel, address, rank, level, message, created_at, attempts, next_at,
                state, message_id)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11, 'pending', ?12) ON CONFLICT (key) DO NOTHING",
        )?
        .execute(params![
            key,
            entry.alert,
            entry.purpose,
            entry.person,
            entry.contact.channel.as_str(),
            entry.contact.to,
            entry.rank,
            entry.level.map(rank),
            message,
            now.as_millisecond(),
            entry.not_before.as_millisecond().max(now.as_millisecond()),
            entry.message_id,
        ])?;
    Ok(())
}
