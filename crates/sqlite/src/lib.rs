//! How every SQLite file of the data folder is opened, and how its tables change from one build to the next.
//!
//! A file says in `PRAGMA user_version` how many schema steps it has taken. Each crate lists the steps of its own file, oldest
//! first, and [`open`] takes those that the file has not taken yet, all in one transaction:
//!
//! ```
//! const STEPS: &[sqlite::Step] = &[
//!     // 1: files written before steps were numbered have these tables already, hence IF NOT EXISTS.
//!     |file| file.execute_batch("CREATE TABLE IF NOT EXISTS digest (date TEXT PRIMARY KEY, digest TEXT NOT NULL)"),
//!     // 2
//!     |file| file.execute_batch("ALTER TABLE digest ADD COLUMN ids TEXT NOT NULL DEFAULT '[]'"),
//! ];
//! # let folder = tempfile::tempdir().unwrap();
//! let reports = sqlite::open(&folder.path().join("reports.db"), STEPS)?;
//! # Ok::<(), sqlite::OpenError>(())
//! ```
//!
//! To change a schema, append a step. Never edit one that has been released: files that took it would miss the edit. A file that
//! took more steps than this build lists was written by a newer build, and is refused untouched ([`OpenError::Newer`]).
//!
//! `rusqlite_migration` keeps the same count in the same place, and a file could pass to it; the version at hand, 2.6, needs
//! `rusqlite` 0.40, and only one copy of SQLite can be linked.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

/// One change of a file's tables. It runs at most once for a file, and must work on whatever the steps before it leave.
pub type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// How long a statement waits while another connection writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer build wrote the file, and its tables may mean something else by now.
    #[error(
        "{file} was written by a newer build (schema {found}, this build knows up to {known}); \
         start that build or a later one, or restore a backup made by this one"
    )]
    Newer {
        /// The file's path.
        file: String,
        /// Steps that the file has taken.
        found: usize,
        /// Steps that this build knows.
        known: usize,
    },
    /// SQLite failed: a full or read-only disk, or a broken file.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Opens a file, which is created if it is not there, and takes the steps that it has not taken yet.
pub fn open(path: &Path, steps: &[Step]) -> Result<Connection, OpenError> {
    let mut connection = connect(path)?;
    migrate(&mut connection, steps)?;
    Ok(connection)
}

/// Opens one more connection to a file whose tables are up to date.
///
/// What is committed survives a power cut (`synchronous = FULL`), readers do not wait for the writer (`WAL`), and what is deleted
/// leaves the file (`secure_delete`).
pub fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Without it SQLite plans a statement again for each value bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;")?;
    Ok(connection)
}

/// Opens a connection that only reads, to a file that another connection has opened: it waits for no writer.
pub fn connect_reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Takes the steps that a file has not taken yet, for connections that are opened otherwise than by [`open`].
pub fn migrate(connection: &mut Connection, steps: &[Step]) -> Result<(), OpenError> {
    if taken(connection)? == steps.len() {
        return Ok(());
    }
    // Immediate, so that of two processes that open the file at once the second one sees what the first one has done.
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = taken(&change)?;
    let Some(missing) = steps.get(found..) else {
        let file = change.path().unwrap_or_default().to_owned();
        return Err(OpenError::Newer { file, found, known: steps.len() });
    };
    for step in missing {
        step(&change)?;
    }
    change.pragma_update(None, "user_version", steps.len())?;
    Ok(change.commit()?)
}

fn taken(connection: &Connection) -> rusqlite::Result<usize> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests;
