//! How far each stream of the journal is applied.

use journal::Checkpoint;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::error::AlertError;

/// How far a stream is applied.
pub fn load(database: &Connection, stream: &str) -> Result<Option<Checkpoint>, AlertError> {
    let stored: Option<String> = database
        .query_row("SELECT checkpoint FROM position WHERE stream = ?1", [stream], |row| row.get(0))
        .optional()?;
    let read =
        |json: String| serde_json::from_str(&json).map_err(|_| AlertError::Stored(format!("position in {stream}")));
    stored.map(read).transpose()
}

/// Stores how far a stream is applied, in the transaction that applied it.
pub fn store(transaction: &Transaction<'_>, stream: &str, at: &Checkpoint) -> Result<(), AlertError> {
    let json = serde_json::to_string(at).map_err(|error| AlertError::Stored(error.to_string()))?;
    transaction.execute(
        "INSERT INTO position (stream, checkpoint) VALUES (?1, ?2)
         ON CONFLICT (stream) DO UPDATE SET checkpoint = excluded.checkpoint",
        params![stream, json],
    )?;
    Ok(())
}
