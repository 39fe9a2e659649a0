//! The connections that read: whoever only looks does not wait for a flood that is written.

use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rusqlite::Connection;

use super::error::AlertError;

/// Connections kept open between questions. Each has three descriptors and a cache of its own; more are opened while more ask at once,
/// which the threads that ask bound, and closed again.
const KEPT: usize = 4;

/// Statements that each keeps prepared: about as many as read.
const STATEMENTS: usize = 64;

/// Connections to a file that only read.
pub struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Nothing is opened before it is needed.
    pub fn new(path: &Path) -> Readers {
        Readers { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    /// Reads the file as it is at one moment, whatever is written meanwhile.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, AlertError>) -> Result<T, AlertError> {
        let kept = self.idle.lock().pop();
        let mut connection = kept.map_or_else(|| self.open(), Ok)?;
        let snapshot = connection.transaction()?;
        let done = read(&snapshot);
        snapshot.finish()?;
        let mut idle = self.idle.lock();
        if idle.len() < KEPT {
            idle.push(connection);
        }
        done
    }

    fn open(&self) -> Result<Connection, AlertError> {
        let connection = sqlite::connect_reading(&self.path)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch("PRAGMA cache_size = -8000;")?;
        Ok(connection)
    }
}
