//! Appending, and what is asked of the journal as a whole.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};

use model::{Clock, Time};
use rusqlite::{Connection, params};

use super::expire;
use super::reader::EmbeddedReader;
use super::shared::{Limits, Shared, committed, end_of, oldest, used_bytes};
use super::{schema, sizes};
use crate::api::{Checkpoint, Error, Journal, Reader, Record, Sizes, Stream};
use crate::lock::lock;

/// A journal in one SQLite file. Cheap to clone.
#[derive(Clone)]
pub struct Embedded {
    pub(super) shared: Arc<Shared>,
}

impl Embedded {
    /// Opens the journal in a file, which is created if it is not there.
    pub fn open(path: &Path, limits: Limits, clock: Clock) -> Result<Embedded, Error> {
        let writer = schema::open(path)?;
        let shared = Shared {
            path: path.to_owned(),
            limits,
            clock,
            writer: Mutex::new(writer),
            reading: Mutex::new(schema::connect(path)?),
            appended: Mutex::new(0),
            wake: Condvar::new(),
        };
        Ok(Embedded { shared: Arc::new(shared) })
    }

    /// Moves the write-ahead log into the file and empties it: until then the log holds the pages with payloads that were
    /// emptied.
    pub fn truncate_log(&self) -> Result<(), Error> {
        self.shared.writer().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Bytes in use, and the limit at which nothing is taken in any more.
    pub fn room(&self) -> Result<(u64, u64), Error> {
        Ok((used_bytes(&self.shared.reading())?, self.shared.limits.max_bytes))
    }

    /// Forgets a reader, so that retention no longer waits for it.
    pub fn forget_reader(&self, stream: Stream, name: &str) -> Result<(), Error> {
        let sql = "DELETE FROM readers WHERE stream = ?1 AND name = ?2";
        self.shared.writer().execute(sql, params![stream.as_str(), name])?;
        Ok(())
    }
}

impl Journal for Embedded {
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error> {
        let at = (self.shared.clock)().as_millisecond();
        let mut writer = self.shared.writer();
        let used = used_bytes(&writer)?;
        if used >= self.shared.limits.max_bytes && !records.is_empty() {
            return Err(Error::Full(format!("{} holds {} MB, its limit", self.shared.path.display(), used >> 20)));
        }
        let transaction = writer.transaction()?;
        insert(&transaction, stream, records, at)?;
        let end = end_of(&transaction, stream)?;
        transaction.commit()?;
        drop(writer);
        *lock(&self.shared.appended) += 1;
        self.shared.wake.notify_all();
        Ok(Checkpoint::at(end))
    }

    fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        Ok(Box::new(EmbeddedReader::open(&self.shared, stream, name)?))
    }

    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        self.reader(stream, name)
    }

    fn committed(&self, stream: Stream, name: &str) -> Result<Checkpoint, Error> {
        let connection = self.shared.reading();
        let committed = committed(&connection, stream, name)?;
        Ok(Checkpoint::at(committed.map_or_else(|| oldest(&connection, stream), Ok)?))
    }

    fn end(&self, stream: Stream) -> Result<Checkpoint, Error> {
        Ok(Checkpoint::at(end_of(&self.shared.reading(), stream)?))
    }

    fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error> {
        let connection = self.shared.reading();
        let sql = format!("SELECT min(offset) FROM {} WHERE at >= ?1", stream.as_str());
        let first: Option<u64> = connection.query_row(&sql, [time.as_millisecond()], |row| row.get(0))?;
        Ok(Checkpoint::at(match first {
            Some(offset) => offset,
            None => end_of(&connection, stream)?,
        }))
    }

    fn expire(&self) -> Result<u64, Error> {
        expire::expire(&self.shared)
    }

    fn sizes(&self) -> Result<Sizes, Error> {
        sizes::read(&self.shared.reading())
    }
}

fn insert(connection: &Connection, stream: Stream, records: &[Record], at: i64) -> Result<(), Error> {
    let mut insert = connection.prepare_cached(&format!(
        "INSERT INTO {} (at, key, tombstone, payload) VALUES (?1, ?2, ?3, ?4)",
        stream.as_str()
    ))?;
    for record in records {
        if record.tombstone {
            withdraw(connection, &record.key, at)?;
            empty_payloads(connection, &record.key)?;
        }
        insert.execute(params![at, record.key, record.tombstone, record.payload])?;
        if stream.keeps_last_of_key() {
            replace_before(connection, stream, &record.key, connection.last_insert_rowid())?;
        }
    }
    Ok(())
}

/// Tells the readers of corrections that what was said of a deleted post is gone: they may have read it already.
fn withdraw(connection: &Connection, key: &str, at: i64) -> Result<(), Error> {
    let told = connection
        .prepare_cached(
            "INSERT INTO corrections (at, key, tombstone, payload)
             SELECT ?1, ?2, 0, x'' WHERE EXISTS (SELECT 1 FROM corrections WHERE key = ?2 AND length(payload) > 0)",
        )?
        .execute(params![at, key])?;
    match told {
        0 => Ok(()),
        _ => replace_before(connection, Stream::Corrections, key, connection.last_insert_rowid()),
    }
}

/// Removes the messages of a key that a later one replaces, read or not: whoever reads the later one needs none of them.
fn replace_before(connection: &Connection, stream: Stream, key: &str, offset: i64) -> Result<(), Error> {
    let sql = format!("DELETE FROM {} WHERE key = ?1 AND offset < ?2", stream.as_str());
    connection.prepare_cached(&sql)?.execute(params![key, offset])?;
    Ok(())
}

/// Empties what was appended under a key before, in every stream.
fn empty_payloads(connection: &Connection, key: &str) -> Result<(), Error> {
    for stream in Stream::ALL {
        let sql = format!(
            "UPDATE {} SET payload = x'' WHERE key = ?1 AND NOT tombstone AND length(payload) > 0",
            stream.as_str()
        );
        connection.prepare_cached(&sql)?.execute([key])?;
    }
    Ok(())
}
