//! The journal in one SQLite file, for one process.
//!
//! A table per stream with AUTOINCREMENT offsets, so that a position is never given twice, WAL and `synchronous=FULL`, so
//! that an acknowledged message survives a power cut, and `secure_delete`, so that an emptied payload leaves the file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::{Clock, Time};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::{Checkpoint, DEAD_LETTERS_READER, Entry, Error, Journal, MAX_BATCH_BYTES, Reader, Record, Sizes, Stream};

/// What the journal may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages older than this go, once every reader has passed them.
    pub keep: Duration,
    /// At this size in bytes the journal takes nothing in.
    pub max_bytes: u64,
}

/// Pages of 4 KB in the write-ahead log before they go into the file, 32 MB. Fewer, and pages of the index that every append
/// touches are written and synced over and over; more take disk, and time when the file is opened after a crash.
const LOG_PAGES: u32 = 8_000;

/// Rows removed in one transaction by retention: appends wait for it.
const EXPIRE_BATCH: usize = 5_000;

/// See the module's documentation. Cheap to clone.
#[derive(Clone)]
pub struct Embedded {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    limits: Limits,
    clock: Clock,
    writer: Mutex<Connection>,
    /// Counts appends, so that a waiting reader wakes at once.
    appended: Mutex<u64>,
    wake: Condvar,
}

impl Embedded {
    /// Opens the journal in a file, which is made if it is not there.
    pub fn open(path: &Path, limits: Limits, clock: Clock) -> Result<Embedded, Error> {
        let writer = connect(path)?;
        for stream in Stream::ALL {
            let table = stream.as_str();
            writer.execute_batch(&format!(
                "CREATE TABLE IF NOT EXISTS {table} (
                    offset INTEGER PRIMARY KEY AUTOINCREMENT,
                    at INTEGER NOT NULL,
                    key TEXT NOT NULL,
                    tombstone INTEGER NOT NULL,
                    payload BLOB NOT NULL);
                 CREATE INDEX IF NOT EXISTS {table}_key ON {table} (key);
                 CREATE INDEX IF NOT EXISTS {table}_at ON {table} (at);"
            ))?;
        }
        writer.execute_batch(
            "CREATE TABLE IF NOT EXISTS readers (
                stream TEXT NOT NULL, name TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (stream, name));",
        )?;
        let shared = Shared {
            path: path.to_owned(),
            limits,
            clock,
            writer: Mutex::new(writer),
            appended: Mutex::new(0),
            wake: Condvar::new(),
        };
        Ok(Embedded { shared: Arc::new(shared) })
    }

    /// Empties the write-ahead log into the file: until then the log holds the pages that an emptied payload stood on.
    pub fn truncate_log(&self) -> Result<(), Error> {
        self.shared.writer().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Forgets a reader, so that retention no longer waits for it.
    pub fn forget_reader(&self, stream: Stream, name: &str) -> Result<(), Error> {
        let sql = "DELETE FROM readers WHERE stream = ?1 AND name = ?2";
        self.shared.writer().execute(sql, params![stream.as_str(), name])?;
        Ok(())
    }
}

impl Shared {
    /// A panic while the lock was held left SQLite's transaction to roll back: the connection is still good.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Journal for Embedded {
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error> {
        let table = stream.as_str();
        let at = (self.shared.clock)().as_millisecond();
        let mut writer = self.shared.writer();
        let used = used_bytes(&writer)?;
        if used >= self.shared.limits.max_bytes && !records.is_empty() {
            return Err(Error::Full(format!("{} holds {} MB, its limit", self.shared.path.display(), used >> 20)));
        }
        let transaction = writer.transaction()?;
        {
            let mut insert = transaction.prepare_cached(&format!(
                "INSERT INTO {table} (at, key, tombstone, payload) VALUES (?1, ?2, ?3, ?4)"
            ))?;
            for record in records {
                if record.tombstone {
                    for other in Stream::ALL {
                        let empty = format!(
                            "UPDATE {} SET payload = x'' WHERE key = ?1 AND NOT tombstone AND length(payload) > 0",
                            other.as_str()
                        );
                        transaction.prepare_cached(&empty)?.execute([&record.key])?;
                    }
                }
                insert.execute(params![at, record.key, record.tombstone, record.payload])?;
            }
        }
        let end = end_of(&transaction, stream)?;
        transaction.commit()?;
        drop(writer);
        *self.shared.appended.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.shared.wake.notify_all();
        Ok(Checkpoint::at(end))
    }

    fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        let connection = connect(&self.shared.path)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let mut reader =
            EmbeddedReader { connection, shared: Arc::clone(&self.shared), stream, name: name.to_owned(), next: 0 };
        reader.seek(&Checkpoint::default())?;
        Ok(Box::new(reader))
    }

    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        self.reader(stream, name)
    }

    fn end(&self, stream: Stream) -> Result<Checkpoint, Error> {
        Ok(Checkpoint::at(end_of(&self.shared.writer(), stream)?))
    }

    fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error> {
        let connection = self.shared.writer();
        let sql = format!("SELECT min(offset) FROM {} WHERE at >= ?1", stream.as_str());
        let first: Option<u64> = connection.query_row(&sql, [time.as_millisecond()], |row| row.get(0))?;
        Ok(Checkpoint::at(match first {
            Some(offset) => offset,
            None => end_of(&connection, stream)?,
        }))
    }

    /// What is older than the limit and behind every reader of its stream.
    fn expire(&self) -> Result<u64, Error> {
        let keep_ms = i64::try_from(self.shared.limits.keep.as_millis()).unwrap_or(i64::MAX);
        let before = (self.shared.clock)().as_millisecond().saturating_sub(keep_ms);
        let mut removed = 0;
        for stream in Stream::ALL {
            let table = stream.as_str();
            loop {
                // Nobody has to take up dead letters again: they go by their age alone. The offset of the newest message always stays: it is what keeps positions from being given again if the
                // sequence table were ever lost, and it makes "expired" tellable from "not yet written".
                let rows = self.shared.writer().execute(
                    &format!(
                        "DELETE FROM {table} WHERE offset IN (
                            SELECT offset FROM {table} WHERE at < ?1
                            AND offset < (SELECT coalesce(min(next), 9223372036854775807) FROM readers
                                          WHERE stream = ?2 AND stream <> 'dead')
                            AND offset < (SELECT max(offset) FROM {table})
                            ORDER BY offset LIMIT ?3)"
                    ),
                    params![before, table, EXPIRE_BATCH],
                )?;
                removed += rows as u64;
                if rows < EXPIRE_BATCH {
                    break;
                }
            }
            if stream == Stream::Dead {
                let first = "UPDATE readers SET next = max(next, (SELECT min(offset) FROM dead)) WHERE stream = 'dead'
                             AND EXISTS (SELECT 1 FROM dead)";
                self.shared.writer().execute(first, [])?;
            }
        }
        Ok(removed)
    }

    fn sizes(&self) -> Result<Sizes, Error> {
        let connection = connect(&self.shared.path)?;
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0));
        Ok(Sizes {
            posts: count(
                "SELECT count(*) FROM (SELECT max(offset), tombstone FROM posts GROUP BY key) WHERE NOT tombstone",
            )?,
            dead_letters: count(&format!(
                "SELECT count(*) FROM dead WHERE length(payload) > 0 AND offset >= coalesce(
                    (SELECT next FROM readers WHERE stream = 'dead' AND name = '{DEAD_LETTERS_READER}'), 0)"
            ))?,
            bytes: Some(used_bytes(&connection)?),
        })
    }
}

struct EmbeddedReader {
    connection: Connection,
    shared: Arc<Shared>,
    stream: Stream,
    name: String,
    next: u64,
}

impl EmbeddedReader {
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

    fn oldest(&self) -> Result<u64, Error> {
        let sql = format!("SELECT min(offset) FROM {}", self.stream.as_str());
        let oldest: Option<u64> = self.connection.query_row(&sql, [], |row| row.get(0))?;
        match oldest {
            Some(offset) => Ok(offset),
            None => end_of(&self.connection, self.stream),
        }
    }
}

impl Reader for EmbeddedReader {
    fn seek(&mut self, checkpoint: &Checkpoint) -> Result<Checkpoint, Error> {
        let committed: Option<u64> = self
            .connection
            .query_row(
                "SELECT next FROM readers WHERE stream = ?1 AND name = ?2",
                params![self.stream.as_str(), self.name],
                |row| row.get(0),
            )
            .optional()?;
        let oldest = self.oldest()?;
        let wanted = checkpoint.0.get(&0).copied().or(committed).unwrap_or(oldest);
        if wanted < oldest {
            return Err(Error::Expired { stream: self.stream.as_str(), wanted, oldest });
        }
        self.next = wanted;
        Ok(Checkpoint::at(wanted))
    }

    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, Error> {
        let deadline = Instant::now() + wait;
        loop {
            let seen = *self.shared.appended.lock().unwrap_or_else(PoisonError::into_inner);
            let entries = self.read(max)?;
            if let Some(last) = entries.last() {
                self.next = last.offset + 1;
                return Ok(entries);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(entries);
            }
            let guard = self.shared.appended.lock().unwrap_or_else(PoisonError::into_inner);
            drop(self.shared.wake.wait_timeout_while(guard, left, |appended| *appended == seen));
        }
    }

    fn position(&self) -> Checkpoint {
        Checkpoint::at(self.next)
    }

    /// Not synced by itself: the next append does that. A power cut before it takes the position back, and a repeat is harmless.
    fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        // SQLite has one writer at a time. Who waits for this lock goes on at once, who waits for SQLite's sleeps.
        let _turn = self.shared.writer();
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO readers (stream, name, next) VALUES (?1, ?2, ?3)
             ON CONFLICT (stream, name) DO UPDATE SET next = max(next, excluded.next)",
        )?;
        insert.execute(params![self.stream.as_str(), self.name, checkpoint.next(0)])?;
        Ok(())
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // Else SQLite plans a statement anew for each value that it is asked with.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16000;
         PRAGMA wal_autocheckpoint = {LOG_PAGES};",
    ))?;
    Ok(connection)
}

/// The offset that the next message will get.
fn end_of(connection: &Connection, stream: Stream) -> Result<u64, Error> {
    let last: Option<u64> = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = ?1", [stream.as_str()], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or(0) + 1)
}

fn used_bytes(connection: &Connection) -> Result<u64, Error> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    Ok((pragma("page_count")? - pragma("freelist_count")?) * pragma("page_size")?)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::Full("the disk is full".into()),
            _ => Error::Backend(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    const DAY: Duration = Duration::from_secs(24 * 3600);

    struct Fixture {
        folder: tempfile::TempDir,
        now: Arc<AtomicI64>,
        limits: Limits,
    }

    impl Fixture {
        fn new(max_bytes: u64) -> Fixture {
            Fixture {
                folder: tempfile::tempdir().unwrap(),
                now: Arc::new(AtomicI64::new(1_790_000_000)),
                limits: Limits { keep: DAY, max_bytes },
            }
        }

        fn open(&self) -> Embedded {
            let now = Arc::clone(&self.now);
            let clock: Clock = Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap());
            Embedded::open(&self.folder.path().join("journal.db"), self.limits, clock).unwrap()
        }

        fn pass(&self, time: Duration) {
            self.now.fetch_add(time.as_secs() as i64, Ordering::Relaxed);
        }
    }

    fn records(range: std::ops::Range<u32>) -> Vec<Record> {
        range.map(|n| Record::new(format!("vk:-1_{n}"), n.to_string().into_bytes())).collect()
    }

    #[test]
    fn it_keeps_the_contract() {
        let fixture = Fixture::new(u64::MAX);
        crate::contract::all(&|name| {
            let fixture = Fixture { folder: tempfile::tempdir().unwrap(), now: Arc::clone(&fixture.now), ..fixture };
            let journal = fixture.open();
            let path = fixture.folder.keep();
            eprintln!("{name} in {}", path.display());
            Box::new(Removed(journal, path))
        });
    }

    /// Removes its folder when the contract is done with it.
    struct Removed(Embedded, PathBuf);

    impl Journal for Removed {
        fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error> {
            self.0.append(stream, records)
        }
        fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
            self.0.reader(stream, name)
        }
        fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
            self.0.shared_reader(stream, name)
        }
        fn end(&self, stream: Stream) -> Result<Checkpoint, Error> {
            self.0.end(stream)
        }
        fn expire(&self) -> Result<u64, Error> {
            self.0.expire()
        }
        fn sizes(&self) -> Result<Sizes, Error> {
            self.0.sizes()
        }
        fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error> {
            self.0.position_at(stream, time)
        }
    }

    impl Drop for Removed {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.1);
        }
    }

    #[test]
    fn positions_survive_a_restart_and_are_never_given_twice() {
        let fixture = Fixture::new(u64::MAX);
        let journal = fixture.open();
        journal.append(Stream::Posts, &records(0..3)).unwrap();
        journal.reader(Stream::Posts, "r").unwrap().commit(&Checkpoint::at(4)).unwrap();
        drop(journal);
        fixture.pass(10 * DAY);
        let journal = fixture.open();
        assert_eq!(journal.expire().unwrap(), 2);
        assert_eq!(journal.append(Stream::Posts, &records(3..4)).unwrap(), Checkpoint::at(5));
        let next = journal.reader(Stream::Posts, "r").unwrap().poll(10, Duration::ZERO).unwrap();
        assert_eq!(next.iter().map(|entry| entry.offset).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn retention_never_passes_the_slowest_reader() {
        let fixture = Fixture::new(u64::MAX);
        let journal = fixture.open();
        journal.append(Stream::Posts, &records(0..10)).unwrap();
        journal.reader(Stream::Posts, "slow").unwrap().commit(&Checkpoint::at(3)).unwrap();
        journal.reader(Stream::Posts, "quick").unwrap().commit(&Checkpoint::at(11)).unwrap();
        assert_eq!(journal.expire().unwrap(), 0, "nothing is old yet");
        fixture.pass(2 * DAY);
        assert_eq!(journal.expire().unwrap(), 2);
        let mut quick = journal.reader(Stream::Posts, "quick").unwrap();
        assert!(matches!(quick.seek(&Checkpoint::at(2)), Err(Error::Expired { wanted: 2, oldest: 3, .. })));
        journal.forget_reader(Stream::Posts, "slow").unwrap();
        assert_eq!(journal.expire().unwrap(), 7);
    }

    #[test]
    fn at_the_size_limit_it_takes_nothing_in_and_still_gives_out() {
        let fixture = Fixture::new(1 << 20);
        let journal = fixture.open();
        let big = [Record::new("vk:-1_1", vec![b'x'; 700 << 10])];
        journal.append(Stream::Posts, &big).unwrap();
        journal.append(Stream::Posts, &big).unwrap();
        assert!(matches!(journal.append(Stream::Posts, &big), Err(Error::Full(_))));
        assert_eq!(journal.reader(Stream::Posts, "r").unwrap().poll(10, Duration::ZERO).unwrap().len(), 2);
    }

    #[test]
    fn a_full_disk_takes_nothing_in_and_loses_nothing() {
        let fixture = Fixture::new(u64::MAX);
        let journal = fixture.open();
        journal.append(Stream::Posts, &records(0..10)).unwrap();
        // At its greatest number of pages SQLite answers as it does where the disk has no room.
        let allow = |pages: u64| journal.shared.writer().pragma_update(None, "max_page_count", pages).unwrap();
        allow(1);
        let big = [Record::new("vk:-1_10", vec![b'x'; 1 << 20])];
        assert!(matches!(journal.append(Stream::Posts, &big), Err(Error::Full(_))));
        let mut reader = journal.reader(Stream::Posts, "r").unwrap();
        assert_eq!(reader.poll(20, Duration::ZERO).unwrap().len(), 10);
        allow(1 << 30);
        assert_eq!(journal.append(Stream::Posts, &big).unwrap(), Checkpoint::at(12));
        assert_eq!(reader.poll(20, Duration::ZERO).unwrap().len(), 1);
    }

    #[test]
    fn a_tombstone_takes_the_text_out_of_the_file() {
        let fixture = Fixture::new(u64::MAX);
        let journal = fixture.open();
        let secret = "сокровенное".as_bytes();
        journal.append(Stream::Posts, &[Record::new("vk:-1_1", secret.to_vec())]).unwrap();
        journal.append(Stream::Dead, &[Record::new("vk:-1_1", secret.to_vec())]).unwrap();
        let tombstone = Record { tombstone: true, ..Record::new("vk:-1_1", b"{}".to_vec()) };
        journal.append(Stream::Posts, &[tombstone]).unwrap();
        let entries = journal.reader(Stream::Posts, "r").unwrap().poll(10, Duration::ZERO).unwrap();
        let payloads: Vec<&[u8]> = entries.iter().map(|entry| &entry.payload[..]).collect();
        assert_eq!(payloads, [&b""[..], b"{}"]);
        assert_eq!(journal.sizes().unwrap().posts, 0);
        journal.truncate_log().unwrap();
        for file in std::fs::read_dir(fixture.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret));
        }
    }

    #[test]
    fn a_waiting_reader_wakes_when_something_comes() {
        let fixture = Fixture::new(u64::MAX);
        let journal = fixture.open();
        let mut reader = journal.reader(Stream::Tagged, "r").unwrap();
        let waiting = std::thread::spawn(move || reader.poll(10, Duration::from_secs(60)).unwrap().len());
        journal.append(Stream::Tagged, &records(0..1)).unwrap();
        assert_eq!(waiting.join().unwrap(), 1);
    }
}
