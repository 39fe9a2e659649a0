//! Why the index cannot be opened, or has no answer.

use std::io;
use std::path::PathBuf;

use tantivy::TantivyError;
use text::QueryError;

use super::version::IndexVersion;

/// Why the index cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or read.
    #[error("cannot open the search index in {folder}: {error}")]
    Folder {
        /// Where.
        folder: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A build with another schema wrote it.
    #[error(
        "the search index in {folder} has version {found}, this build needs {}; run `otklik rebuild index`",
        IndexVersion::CURRENT
    )]
    Schema {
        /// Where.
        folder: PathBuf,
        /// What its version file says.
        found: String,
    },
    /// Its single writer is taken.
    #[error("the search index in {folder} is being written by another process; stop that one first")]
    Busy {
        /// Where.
        folder: PathBuf,
    },
    /// Its files are damaged or unreadable.
    #[error("the search index in {folder} cannot be read: {error}; run `otklik rebuild index`")]
    Damaged {
        /// Where.
        folder: PathBuf,
        /// Why.
        error: TantivyError,
    },
}

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query is not understood; says where, in Russian.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The request is refused; says why, in Russian.
    #[error("{0}")]
    Request(String),
    /// It took longer than it may.
    #[error(
        "Поиск не уложился в {seconds} с и остановлен. Сузьте его: добавьте даты, источник или отрасль, уберите частые слова и слова со звёздочкой."
    )]
    TimedOut {
        /// How long it may take.
        seconds: u64,
    },
    /// Nobody waits for the answer.
    #[error("the search was stopped: nobody waits for its answer")]
    Cancelled,
    /// The index failed.
    #[error("search index: {0}")]
    Index(#[from] TantivyError),
    /// What the index holds cannot be read.
    #[error("search index is damaged: {0}; run `otklik rebuild index`")]
    Damaged(String),
}

impl From<io::Error> for SearchError {
    fn from(error: io::Error) -> SearchError {
        SearchError::Index(error.into())
    }
}
