//! What SQLite's errors mean for a caller of the journal.

use rusqlite::ErrorCode;

use crate::api::Error;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::Full("the disk is full".into()),
            _ => Error::Backend(error.to_string()),
        }
    }
}

impl From<sqlite::OpenError> for Error {
    fn from(error: sqlite::OpenError) -> Error {
        match error {
            sqlite::OpenError::Sqlite(error) => error.into(),
            newer @ sqlite::OpenError::Newer { .. } => Error::Backend(newer.to_string()),
        }
    }
}
