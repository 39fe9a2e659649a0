//! Reading a stream of the file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::schema;
use super::shared::{Shared, committed, oldest};
use crate::api::{Checkpoint, Entry, Error, MAX_BATCH_BYTES, Reader, Stream};
use crate::lock::lock;

/// A reader with a connection of its own.
pub(super) struct EmbeddedReader {
    connection: Connection,
    shared: Arc<Shared>,
    stream: Stream,
    name: String,
    next: u64,
}

impl EmbeddedReader {
    /// A reader that stands where its name was committed, else at the oldest message.
    pub(super) fn open(shared: &Arc<Shared>, stream: Stream, name: &str) -> Result<EmbeddedReader, Error> {
        let connection = schema::connect(&shared.path)?;
        // For commits of positions: see `commit`.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let mut reader =
            EmbeddedReader { connection, shared: Arc::clone(shared), stream, name: name.to_owned(), next: 0 };
        reader.seek(&Checkpoint::default())?;
        Ok(reader)
    }

    fn read(&self, max: usize) -> Result<Vec<Entry>, Error> {
        let sql = format!(
            "SELECT offset, key, payload FROM {} WHERE offset >= ?1 ORDER BY offset LIMIT ?2",
            self.stream.as_str()
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let mut rows = select.query(params![self.next, max])?;
        let mut entries = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            let entry = Entry { partition: 0, offset: row.get(0)?, key: row.get(1)?, payload: row.get(2)? };
            bytes += entry.payload.len();
            entries.push(entry);
            if bytes >= MAX_BATCH_BYTES {
                break;
            }
        }
        Ok(entries)
    }
}

impl Reader for EmbeddedReader {
    fn seek(&mut self, checkpoint: &Checkpoint) -> Result<Checkpoint, Error> {
        let committed = committed(&self.connection, self.stream, &self.name)?;
        let oldest = oldest(&self.connection, self.stream)?;
        let mut wanted = checkpoint.0.get(&0).copied().or(committed).unwrap_or(oldest);
        if self.stream.keeps_last_of_key() {
            wanted = wanted.max(oldest);
        }
        if wanted < oldest {
            return Err(Error::Expired { stream: self.stream.as_str(), wanted, oldest });
        }
        self.next = wanted;
        Ok(Checkpoint::at(wanted))
    }

    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, Error> {
        let deadline = Instant::now() + wait;
        loop {
            let seen = *lock(&self.shared.appended);
            let entries = self.read(max)?;
            if let Some(last) = entries.last() {
                self.next = last.offset + 1;
                return Ok(entries);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(entries);
            }
            let guard = lock(&self.shared.appended);
            drop(self.shared.wake.wait_timeout_while(guard, left, |appended| *appended == seen));
        }
    }

    fn position(&self) -> Checkpoint {
        Checkpoint::at(self.next)
    }

    /// Not synced on its own, since a sync costs more than a batch: the next append syncs it too. A power cut before that takes
    /// the position back, and the messages that then come again are ignored by every sink.
    fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        // SQLite has one writer at a time. A thread that waits for this lock continues at once; one that waits for SQLite's sleeps.
        let _turn = self.shared.writer();
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO readers (stream, name, next) VALUES (?1, ?2, ?3)
             ON CONFLICT (stream, name) DO UPDATE SET next = max(next, excluded.next)",
        )?;
        insert.execute(params![self.stream.as_str(), self.name, checkpoint.next(0)])?;
        Ok(())
    }
}
