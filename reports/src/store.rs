//! `reports.db`: the digests as they were made, each with the ids of the day's posts.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::digest::Digest;
use crate::error::ReportError;

const STEPS: &[sqlite::Step] = &[digests];

/// Files written before steps were numbered have the table.
fn digests(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "CREATE TABLE IF NOT EXISTS digest (date TEXT PRIMARY KEY, digest TEXT NOT NULL, ids TEXT NOT NULL);",
    )
}

/// The file. Cheap to clone.
#[derive(Clone)]
pub struct DigestStore {
    database: Arc<Mutex<Connection>>,
}

impl DigestStore {
    /// Opens the file, which is created if it is not there.
    pub fn open(path: &Path) -> Result<DigestStore, ReportError> {
        Ok(DigestStore { database: Arc::new(Mutex::new(sqlite::open(path, STEPS)?)) })
    }

    /// The digest of a day, where it is kept.
    pub fn digest(&self, date: Date) -> Result<Option<Digest>, ReportError> {
        let kept = self.column("SELECT digest FROM digest WHERE date = ?1", date)?;
        Ok(kept.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// The posts that were in the digest of a day, where it is kept.
    pub fn ids(&self, date: Date) -> Result<Option<BTreeSet<String>>, ReportError> {
        let kept = self.column("SELECT ids FROM digest WHERE date = ?1", date)?;
        Ok(kept.map(|json| serde_json::from_str(&json)).transpose()?)
    }

    /// Whether the digest of a day is kept.
    pub fn contains(&self, date: Date) -> Result<bool, ReportError> {
        Ok(self.column("SELECT date FROM digest WHERE date = ?1", date)?.is_some())
    }

    /// Keeps the digest of a day, unless one is kept already.
    pub fn keep(&self, date: Date, digest: &Digest, ids: &[String]) -> Result<(), ReportError> {
        self.database().execute(
            "INSERT INTO digest (date, digest, ids) VALUES (?1, ?2, ?3) ON CONFLICT (date) DO NOTHING",
            params![date.to_string(), serde_json::to_string(digest)?, serde_json::to_string(ids)?],
        )?;
        Ok(())
    }

    /// The last days whose digests are kept, newest first.
    pub fn days(&self, limit: usize) -> Result<Vec<Date>, ReportError> {
        let database = self.database();
        let mut select = database.prepare_cached("SELECT date FROM digest ORDER BY date DESC LIMIT ?1")?;
        let dates = select.query_map([limit], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        dates.iter().map(|date| Ok(date.parse()?)).collect()
    }

    fn column(&self, select: &str, date: Date) -> Result<Option<String>, ReportError> {
        Ok(self.database().query_row(select, [date.to_string()], |row| row.get(0)).optional()?)
    }

    /// A panic while the lock was held left a transaction to roll back: the connection is still good.
    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_an_earlier_build_opens_with_its_digests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports.db");
        // As the builds before numbered steps wrote it.
        let earlier = "CREATE TABLE digest (date TEXT PRIMARY KEY, digest TEXT NOT NULL, ids TEXT NOT NULL);
             INSERT INTO digest VALUES ('2026-11-23', '{}', '[\"vk:-1_1\"]');";
        Connection::open(&path).unwrap().execute_batch(earlier).unwrap();
        let day: Date = "2026-11-23".parse().unwrap();
        for _ in 0..2 {
            let store = DigestStore::open(&path).unwrap();
            assert_eq!(store.days(9).unwrap(), [day]);
            assert!(store.contains(day).unwrap() && !store.contains(day.tomorrow().unwrap()).unwrap());
            assert_eq!(store.ids(day).unwrap(), Some(["vk:-1_1".to_owned()].into()));
        }
        let version: u32 =
            Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version as usize, STEPS.len());
    }
}
