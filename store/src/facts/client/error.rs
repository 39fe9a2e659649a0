//! What can go wrong with the figures.

use clickhouse::error::Error;

/// Why the figures do not answer or take nothing in, told apart by what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// Nothing answers: try again; nothing is lost, the journal keeps what is to be stored.
    #[error(
        "ClickHouse at {url} does not answer: {source}; check that it runs and that [facts] url is its HTTP interface"
    )]
    Unreachable {
        /// Where it was asked.
        url: String,
        /// What the connection says.
        source: Error,
    },
    /// No answer in time: try again.
    #[error("ClickHouse at {url} did not answer within {seconds} s; see what it is busy with")]
    Timeout {
        /// Where it was asked.
        url: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The server refused: a right is missing, the disk is full, a table is not as the migrations made it.
    #[error("ClickHouse refused: {0}")]
    Refused(String),
    /// The answer is not what was asked for.
    #[error("ClickHouse answered something else than was asked for: {0}; is the release 26.7 or near it?")]
    Answer(Error),
    /// The tables were made by a newer build.
    #[error("the figures' tables are of version {found}, this build knows {known}; start the newer build")]
    Newer {
        /// In the database.
        found: u32,
        /// In this build.
        known: u32,
    },
    /// A change of the tables that has no form for a cluster: a mistake of this build.
    #[error("change {0} of the figures' tables cannot be made on a cluster; use a build that can, or one server")]
    NotForClusters(u32),
    /// A stored row cannot be read back.
    #[error("a stored row is unreadable: {0}; rebuild the figures")]
    Stored(String),
    /// The time zone has no name that ClickHouse knows.
    #[error("the configured time zone has no IANA name; set `timezone` to one, e.g. Europe/Moscow")]
    TimeZone,
    /// A day outside the calendar.
    #[error("no such day: {0}")]
    Date(#[from] jiff::Error),
}

impl FactsError {
    pub(in crate::facts) fn new(url: &str, error: Error) -> FactsError {
        match error {
            Error::BadResponse(text) => FactsError::Refused(text),
            Error::Network(_) => FactsError::Unreachable { url: url.to_owned(), source: error },
            other => FactsError::Answer(other),
        }
    }
}
