//! The tables of `journal.db`, and how it is opened.

use std::path::Path;

use rusqlite::{Connection, Transaction};

use super::sizes;

/// Pages of 4 KB in the write-ahead log before they go into the file, 32 MB. Fewer, and pages of the index that every append
/// touches are written and synced over and over; more take disk, and time when the file is opened after a crash.
const LOG_PAGES: u32 = 8_000;

pub(super) const STEPS: &[sqlite::Step] = &[streams_and_readers, corrections, sizes::count_along];

/// A table for each stream, with AUTOINCREMENT so that no position is given twice, and the readers' positions. Files written
/// before steps were numbered have all of it.
fn streams_and_readers(file: &Transaction<'_>) -> rusqlite::Result<()> {
    for stream in ["posts", "tagged", "coverage", "counters", "dead"] {
        file.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {stream} (
                offset INTEGER PRIMARY KEY AUTOINCREMENT,
                at INTEGER NOT NULL,
                key TEXT NOT NULL,
                tombstone INTEGER NOT NULL,
                payload BLOB NOT NULL);
             CREATE INDEX IF NOT EXISTS {stream}_key ON {stream} (key);
             CREATE INDEX IF NOT EXISTS {stream}_at ON {stream} (at);"
        ))?;
    }
    file.execute_batch(
        "CREATE TABLE IF NOT EXISTS readers (
            stream TEXT NOT NULL, name TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (stream, name));",
    )
}

fn corrections(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "CREATE TABLE corrections (
            offset INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            key TEXT NOT NULL,
            tombstone INTEGER NOT NULL,
            payload BLOB NOT NULL);
         CREATE INDEX corrections_key ON corrections (key);",
    )
}

/// Opens the file, which is created if it is not there, with its tables up to date.
pub(super) fn open(path: &Path) -> Result<Connection, sqlite::OpenError> {
    let connection = sqlite::open(path, STEPS)?;
    tune(&connection)?;
    Ok(connection)
}

/// One more connection to a file that is open.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = sqlite::connect(path)?;
    tune(&connection)?;
    Ok(connection)
}

fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = {LOG_PAGES};"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the builds before numbered steps wrote it.
    const UNNUMBERED: &str = "
        CREATE TABLE posts (
            offset INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            key TEXT NOT NULL,
            tombstone INTEGER NOT NULL,
            payload BLOB NOT NULL);
        CREATE INDEX posts_key ON posts (key);
        CREATE INDEX posts_at ON posts (at);
        CREATE TABLE readers (
            stream TEXT NOT NULL, name TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (stream, name));
        INSERT INTO posts VALUES (7, 1, 'vk:-1_1', 0, x'31');
        INSERT INTO readers VALUES ('posts', 'index', 8);";

    fn schema(connection: &Connection) -> Vec<String> {
        let mut select =
            connection.prepare("SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name").unwrap();
        let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|row| row.unwrap().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_file_of_an_earlier_build_opens_with_its_messages_and_positions() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old.db");
        Connection::open(&old).unwrap().execute_batch(UNNUMBERED).unwrap();
        let connection = open(&old).unwrap();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT next FROM readers WHERE stream = 'posts' AND name = 'index'"), 8);
        assert_eq!(count("SELECT offset FROM posts WHERE key = 'vk:-1_1' AND payload = x'31'"), 7);
        assert_eq!(count("SELECT seq FROM sqlite_sequence WHERE name = 'posts'"), 7);
        let new = open(&folder.path().join("new.db")).unwrap();
        assert_eq!(schema(&connection), schema(&new));
        drop(connection);
        open(&old).unwrap();
    }

    #[test]
    fn a_file_of_a_newer_build_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        open(&path).unwrap().pragma_update(None, "user_version", STEPS.len() + 1).unwrap();
        let refused = open(&path).unwrap_err().to_string();
        assert!(refused.contains("was written by a newer build"), "{refused}");
    }
}
