//! A copy of a stream as it came, made beside the running product.
//!
//! A deletion empties what was said before it, here and in the journal; but whoever read the stream meanwhile saw it whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use journal::{Embedded, Limits, Stream};
use model::Time;
use rusqlite::{Connection, OpenFlags};

/// How often new messages are copied. Posts live longer before they are deleted.
const EVERY: Duration = Duration::from_millis(50);

/// A copy under way.
pub struct Kept {
    path: PathBuf,
    end: Sender<()>,
    copying: JoinHandle<u64>,
}

impl Kept {
    /// Copies a stream of the journal in a data folder, from now on, into a journal of its own.
    pub fn start(data: &Path, stream: Stream, path: PathBuf) -> Kept {
        drop(open(&path));
        let mut copy = Connection::open(&path).unwrap();
        let (end, ended) = channel();
        let journal = data.join("journal.db");
        let copying = std::thread::spawn(move || {
            let mut copied = 0;
            loop {
                let last = ended.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout);
                copied += copy_new(&mut copy, &journal, stream.as_str());
                if last {
                    return copied;
                }
            }
        });
        Kept { path, end, copying }
    }

    /// Copies what is left, and opens the copy.
    pub fn finish(self) -> Embedded {
        self.end.send(()).unwrap();
        assert!(self.copying.join().unwrap() > 0, "nothing was copied");
        open(&self.path)
    }
}

fn open(path: &Path) -> Embedded {
    let limits = Limits { keep: Duration::from_secs(u64::from(u32::MAX)), max_bytes: u64::MAX };
    Embedded::open(path, limits, Arc::new(Time::now)).unwrap()
}

/// Copies what has come since the last time. The product may be starting, or dead: then there is nothing yet.
fn copy_new(copy: &mut Connection, journal: &Path, table: &str) -> u64 {
    let Ok(live) = Connection::open_with_flags(journal, OpenFlags::SQLITE_OPEN_READ_WRITE) else { return 0 };
    let known: i64 =
        copy.query_row(&format!("SELECT coalesce(max(offset), 0) FROM {table}"), [], |row| row.get(0)).unwrap();
    let select = format!("SELECT offset, at, key, tombstone, payload FROM {table} WHERE offset > ?1 ORDER BY offset");
    let Ok(mut select) = live.prepare(&select) else { return 0 };
    let rows = select.query_map([known], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)));
    let Ok(rows) = rows else { return 0 };
    let transaction = copy.transaction().unwrap();
    let mut copied = 0;
    for row in rows {
        // Busy: what is left comes next time.
        let Ok((offset, at, key, tombstone, payload)) = row else { break };
        let (offset, at, key, tombstone, payload): (i64, i64, String, bool, Vec<u8>) =
            (offset, at, key, tombstone, payload);
        let sql = format!("INSERT INTO {table} (offset, at, key, tombstone, payload) VALUES (?1, ?2, ?3, ?4, ?5)");
        transaction.execute(&sql, (offset, at, key, tombstone, payload)).unwrap();
        copied += 1;
    }
    transaction.commit().unwrap();
    copied
}
