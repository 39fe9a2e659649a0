//! Why there is no digest.

use alerts::AlertError;
use store::facts::FactsError;

/// Why there is no digest.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The figures do not answer.
    #[error("the figures do not answer: {0}")]
    Facts(#[from] FactsError),
    /// The alerts cannot be read.
    #[error(transparent)]
    Alerts(#[from] AlertError),
    /// The file of digests cannot be read or written.
    #[error("digests file: {0}; check the disk of the data folder")]
    Database(#[from] rusqlite::Error),
    /// A newer build wrote the file of digests.
    #[error("{0}")]
    Newer(String),
    /// A stored digest cannot be read back.
    #[error("the stored digest is unreadable: {0}")]
    Stored(#[from] serde_json::Error),
    /// Work on a file panicked.
    #[error("the digests cannot be read: {0}")]
    Panicked(#[from] tokio::task::JoinError),
    /// The day is out of the calendar's range.
    #[error("no such day: {0}")]
    Date(#[from] jiff::Error),
    /// The page cannot be written.
    #[error("the page cannot be made: {0}")]
    Page(#[from] askama::Error),
}

impl From<sqlite::OpenError> for ReportError {
    fn from(error: sqlite::OpenError) -> ReportError {
        match error {
            sqlite::OpenError::Sqlite(error) => ReportError::Database(error),
            newer @ sqlite::OpenError::Newer { .. } => ReportError::Newer(newer.to_string()),
        }
    }
}
