//! Applies a batch of a stream, message by message, in one transaction with the position in the stream.

use journal::{Applied, Entry, Rejected, SinkError};
use rusqlite::Transaction;

use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::store::positions;

/// Applies a batch; `take` returns why a message is rejected.
pub fn apply_batch(
    alerts: &Alerts,
    stream: &str,
    entries: &[Entry],
    mut take: impl FnMut(&Transaction<'_>, &[u8]) -> Result<Result<(), String>, AlertError>,
) -> Result<Applied, SinkError> {
    let mut database = alerts.database();
    let mut position = positions::load(&database, stream)?.unwrap_or_default();
    let mut applied = Applied::default();
    let transaction = database.transaction()?;
    for entry in entries {
        position.advance(entry);
        if entry.payload.is_empty() {
            continue;
        }
        if let Err(reason) = take(&transaction, &entry.payload)? {
            applied.rejected.push(Rejected { partition: entry.partition, offset: entry.offset, reason });
        }
    }
    positions::store(&transaction, stream, &position)?;
    transaction.commit()?;
    Ok(applied)
}
