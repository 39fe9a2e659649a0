//! The audit: who saw, acknowledged, silenced, closed. It is append-only, and a hash binds each entry to the one before.
//!
//! An entry holds ids, names of persons on duty and their words, never a post's text, so that no deletion has to touch it.

use model::Time;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::columns::time;
use super::error::AlertError;
use super::handle::Alerts;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number, from 1 without gaps.
    pub n: u64,
    /// When.
    pub at: Time,
    /// Who: a person, or `otklik`.
    pub who: String,
    /// What: `raised`, `sent`, `ack`, `silence`, …
    pub what: String,
    /// On what: the id of an alert, a silence, a cause.
    pub subject: String,
    /// More about it.
    pub detail: String,
    /// Hash over this entry and the hash of the one before, hexadecimal.
    pub hash: String,
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheck {
    /// Entries read.
    pub entries: u64,
    /// The number of the first entry that does not follow from those before it.
    pub broken_at: Option<u64>,
    /// The hash of the last good entry. Whoever keeps it elsewhere can tell whether the end was cut off.
    pub last_hash: String,
}

/// Who did what no person did.
pub(crate) const OTKLIK: &str = "otklik";

/// What is to be entered.
pub(crate) struct Record<'a> {
    pub at: Time,
    pub who: &'a str,
    pub what: &'a str,
    pub subject: &'a str,
    pub detail: &'a str,
}

/// Appends an entry, in the transaction of what it tells of.
pub(crate) fn append(transaction: &Transaction<'_>, record: &Record<'_>) -> Result<(), AlertError> {
    let last = transaction
        .prepare_cached("SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, u64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    let (n, before) = last.unwrap_or_default();
    let n = n + 1;
    let millis = record.at.as_millisecond();
    let hash = chained(&before, n, millis, record.who, record.what, record.subject, record.detail);
    transaction
        .prepare_cached(
            "INSERT INTO audit (n, at, who, what, subject, detail, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![n, millis, record.who, record.what, record.subject, record.detail, hash])?;
    Ok(())
}

fn chained(before: &str, n: u64, millis: i64, who: &str, what: &str, subject: &str, detail: &str) -> String {
    let mut hash = Sha256::new();
    for part in [before, &n.to_string(), &millis.to_string(), who, what, subject, detail] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

impl Alerts {
    /// Entries about a subject, or all of them, oldest first; at most `limit` of the newest, or of those with a number below `before`.
    pub fn audit(
        &self,
        subject: Option<&str>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, AlertError> {
        let before = before.map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX));
        self.read(|database| {
            let condition = if subject.is_some() { "subject = ?3" } else { "?3 IS NULL" };
            let mut select = database.prepare_cached(&format!(
                "SELECT n, at, who, what, subject, detail, hash FROM audit WHERE n < ?1 AND {condition} ORDER BY n DESC LIMIT ?2"
            ))?;
            let mut rows = select.query(params![before, limit, subject])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(read(row)?);
            }
            entries.reverse();
            Ok(entries)
        })
    }

    /// Recomputes the chain from its beginning.
    pub fn verify_audit(&self) -> Result<AuditCheck, AlertError> {
        self.read(verify)
    }
}

fn verify(database: &Connection) -> Result<AuditCheck, AlertError> {
    let mut select = database.prepare_cached("SELECT n, at, who, what, subject, detail, hash FROM audit ORDER BY n")?;
    let mut rows = select.query([])?;
    let mut check = AuditCheck { entries: 0, broken_at: None, last_hash: String::new() };
    while let Some(row) = rows.next()? {
        let entry = read(row)?;
        let hash = chained(
            &check.last_hash,
            check.entries + 1,
            entry.at.as_millisecond(),
            &entry.who,
            &entry.what,
            &entry.subject,
            &entry.detail,
        );
        if entry.n != check.entries + 1 || entry.hash != hash {
            check.broken_at = Some(check.entries + 1);
            break;
        }
        check.entries += 1;
        check.last_hash = hash;
    }
    Ok(check)
}

fn read(row: &rusqlite::Row<'_>) -> Result<AuditEntry, AlertError> {
    Ok(AuditEntry {
        n: row.get(0)?,
        at: time(row.get(1)?)?,
        who: row.get(2)?,
        what: row.get(3)?,
        subject: row.get(4)?,
        detail: row.get(5)?,
        hash: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::store::schema;

    fn file(entries: usize) -> Connection {
        let mut database = schema::open(Path::new(":memory:")).unwrap();
        let transaction = database.transaction().unwrap();
        for n in 0..entries {
            let at = Time::from_second(1_790_000_000 + n as i64).unwrap();
            let subject = format!("alert-{n}");
            append(&transaction, &Record { at, who: "Иванова", what: "ack", subject: &subject, detail: "" }).unwrap();
        }
        transaction.commit().unwrap();
        database
    }

    /// Anybody who has the file can drop its triggers; the chain still shows the change.
    #[track_caller]
    fn broken(change: &str, expect: Option<u64>) {
        let database = file(5);
        database.execute_batch("DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays;").unwrap();
        database.execute_batch(change).unwrap();
        assert_eq!(verify(&database).unwrap().broken_at, expect, "{change}");
    }

    #[test]
    fn a_change_a_removal_and_an_insertion_break_the_chain_where_they_were_made() {
        broken("SELECT 1", None);
        broken("UPDATE audit SET who = 'Петров' WHERE n = 3", Some(3));
        broken("UPDATE audit SET at = at + 1 WHERE n = 1", Some(1));
        broken("DELETE FROM audit WHERE n = 2", Some(2));
        broken("INSERT INTO audit SELECT 6, at, who, what, subject, detail, hash FROM audit WHERE n = 5", Some(6));
    }

    #[test]
    fn the_file_itself_refuses_changes() {
        let database = file(2);
        assert!(database.execute("UPDATE audit SET who = ''", []).is_err());
        assert!(database.execute("DELETE FROM audit", []).is_err());
    }

    #[test]
    fn the_end_cut_off_shows_in_the_last_hash() {
        let (whole, cut) = (file(5), file(4));
        assert_ne!(verify(&whole).unwrap().last_hash, verify(&cut).unwrap().last_hash);
    }
}
