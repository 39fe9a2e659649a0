//! Retention: removing what is old and has been read.

use rusqlite::params;

use super::shared::Shared;
use crate::api::{Error, Stream};

/// Rows removed in one transaction: appends wait for it.
const BATCH: usize = 5_000;

/// Removes messages that are older than the limit and that every reader of their stream has passed. Returns how many.
pub(super) fn expire(shared: &Shared) -> Result<u64, Error> {
    let keep_ms = i64::try_from(shared.limits.keep.as_millis()).unwrap_or(i64::MAX);
    let before = (shared.clock)().as_millisecond().saturating_sub(keep_ms);
    let mut removed = 0;
    for stream in Stream::ALL.into_iter().filter(|stream| !stream.keeps_last_of_key()) {
        loop {
            let rows = remove(shared, stream, before)?;
            removed += rows as u64;
            if rows < BATCH {
                break;
            }
        }
        if stream == Stream::Dead {
            advance_readers_of_dead_letters(shared)?;
        }
    }
    Ok(removed)
}

/// Removes a batch of a stream's messages.
///
/// Dead letters go by their age alone, since nobody has to retry them. The newest message always stays: were the sequence table
/// ever lost, it keeps positions from being given again, and it tells "expired" from "not yet written".
fn remove(shared: &Shared, stream: Stream, before: i64) -> Result<usize, Error> {
    let table = stream.as_str();
    let sql = format!(
        "DELETE FROM {table} WHERE offset IN (
            SELECT offset FROM {table} WHERE at < ?1
            AND offset < (SELECT coalesce(min(next), 9223372036854775807) FROM readers
                          WHERE stream = ?2 AND stream <> 'dead')
            AND offset < (SELECT max(offset) FROM {table})
            ORDER BY offset LIMIT ?3)"
    );
    Ok(shared.writer().execute(&sql, params![before, table, BATCH])?)
}

/// Readers of dead letters that were removed unread stand at the oldest one left.
fn advance_readers_of_dead_letters(shared: &Shared) -> Result<(), Error> {
    let sql = "UPDATE readers SET next = max(next, (SELECT min(offset) FROM dead)) WHERE stream = 'dead'
               AND EXISTS (SELECT 1 FROM dead)";
    shared.writer().execute(sql, [])?;
    Ok(())
}
