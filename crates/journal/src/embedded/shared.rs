//! What the journal and its readers have in common.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use model::Clock;
use rusqlite::{Connection, OptionalExtension, params};

use crate::api::{Error, Stream};
use crate::lock::lock;

/// What the journal may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages older than this are removed, once every reader has passed them.
    pub keep: Duration,
    /// At this size in bytes the journal takes nothing in.
    pub max_bytes: u64,
}

/// The state of an open journal.
pub(super) struct Shared {
    pub path: PathBuf,
    pub limits: Limits,
    pub clock: Clock,
    pub writer: Mutex<Connection>,
    pub reading: Mutex<Connection>,
    /// Counts appends, so that a waiting reader wakes at once.
    pub appended: Mutex<u64>,
    pub wake: Condvar,
}

impl Shared {
    /// The one connection that appends and removes. A panic while it was locked left a transaction that SQLite rolls back.
    pub(super) fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.writer)
    }

    /// A connection for questions about the journal as a whole, which do not wait for an append of thousands of messages.
    pub(super) fn reading(&self) -> MutexGuard<'_, Connection> {
        lock(&self.reading)
    }
}

/// The offset that the next message will get.
pub(super) fn end_of(connection: &Connection, stream: Stream) -> Result<u64, Error> {
    let last: Option<u64> = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = ?1", [stream.as_str()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}

/// The offset of the oldest kept message; the end if there is none.
pub(super) fn oldest(connection: &Connection, stream: Stream) -> Result<u64, Error> {
    let sql = format!("SELECT min(offset) FROM {}", stream.as_str());
    let oldest: Option<u64> = connection.query_row(&sql, [], |row| row.get(0))?;
    oldest.map_or_else(|| end_of(connection, stream), Ok)
}

/// What is committed under a reader's name.
pub(super) fn committed(connection: &Connection, stream: Stream, name: &str) -> Result<Option<u64>, Error> {
    let sql = "SELECT next FROM readers WHERE stream = ?1 AND name = ?2";
    Ok(connection.query_row(sql, params![stream.as_str(), name], |row| row.get(0)).optional()?)
}

/// Bytes of the file that hold something: what is free in it is written over before the file grows.
pub(super) fn used_bytes(connection: &Connection) -> Result<u64, Error> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok((pragma("page_count")? - pragma("freelist_count")?) * pragma("page_size")?)
}
