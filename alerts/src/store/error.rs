//! What can fail.

/// A failure of `alerts.db`.
#[derive(Debug, thiserror::Error)]
pub enum AlertError {
    /// SQLite failed: a full or read-only disk, or a broken file.
    #[error("alerts file: {0}; check the disk of the data folder")]
    Database(#[from] rusqlite::Error),
    /// What was stored cannot be read back.
    #[error("alerts file holds an unreadable {0}")]
    Stored(String),
    /// Work on the file panicked; what it had begun is rolled back.
    #[error("work on the alerts file failed: see the log")]
    Panicked,
    /// A newer build wrote the file.
    #[error("alerts file: {0}")]
    Newer(sqlite::OpenError),
}

impl From<sqlite::OpenError> for AlertError {
    fn from(error: sqlite::OpenError) -> AlertError {
        match error {
            sqlite::OpenError::Sqlite(error) => AlertError::Database(error),
            newer @ sqlite::OpenError::Newer { .. } => AlertError::Newer(newer),
        }
    }
}
