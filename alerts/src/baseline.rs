//! How many posts of a key an hour of the week usually has, by eight weeks of hours.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};

use crate::AlertError;
use crate::book::no_rows;

/// Hours are compared over so many weeks; older ones are forgotten.
pub const WEEKS: i64 = 8;

const HOUR_MS: i64 = 3_600_000;
const WEEK_HOURS: i64 = 168;

/// Counts of a batch, before they go into the file.
#[derive(Debug, Default)]
pub struct Counts {
    changes: HashMap<(String, i64), i64>,
}

impl Counts {
    /// A post of a key, published at a time in milliseconds, came (`1`) or went (`-1`).
    pub fn add(&mut self, key: &str, at: i64, posts: i64) {
        *self.changes.entry((key.to_owned(), at.div_euclid(HOUR_MS))).or_default() += posts;
    }

    /// Writes what was counted and forgets it.
    pub fn flush(&mut self, transaction: &Transaction<'_>) -> Result<(), AlertError> {
        let mut write = transaction.prepare_cached(
            "INSERT INTO baseline (key, hour, posts) VALUES (?1, ?2, ?3)
             ON CONFLICT (key, hour) DO UPDATE SET posts = posts + excluded.posts",
        )?;
        for ((key, hour), posts) in self.changes.drain() {
            write.execute(params![key, hour, posts])?;
        }
        Ok(())
    }
}

/// The mean number of posts in the same span of the last weeks, and how many weeks of history there are. The span is in milliseconds.
pub fn usual(database: &Connection, key: &str, from: i64, to: i64) -> Result<(f64, i64), AlertError> {
    let weeks = weeks(database, to)?.min(WEEKS);
    if weeks == 0 {
        return Ok((0.0, 0));
    }
    let mut select = database.prepare_cached("SELECT posts FROM baseline WHERE key = ?1 AND hour = ?2")?;
    let mut posts = 0.0;
    for week in 1..=weeks {
        let (from, to) = (from - week * WEEK_HOURS * HOUR_MS, to - week * WEEK_HOURS * HOUR_MS);
        for hour in from.div_euclid(HOUR_MS)..=to.div_euclid(HOUR_MS) {
            let counted: Option<i64> =
                select.query_row(params![key, hour], |row| row.get(0)).map(Some).or_else(no_rows)?;
            let overlap = (to.min((hour + 1) * HOUR_MS) - from.max(hour * HOUR_MS)).max(0);
            posts += counted.unwrap_or(0) as f64 * overlap as f64 / HOUR_MS as f64;
        }
    }
    Ok((posts / weeks as f64, weeks))
}

/// Whole weeks between the first counted hour and a time.
fn weeks(database: &Connection, at: i64) -> Result<i64, AlertError> {
    let first: Option<i64> = database
        .prepare_cached("SELECT value FROM meta WHERE name = 'history_from'")?
        .query_row([], |row| row.get::<_, String>(0))
        .map(Some)
        .or_else(no_rows)?
        .and_then(|value| value.parse().ok());
    Ok(first.map_or(0, |first| ((at - first).max(0)) / (WEEK_HOURS * HOUR_MS)))
}

/// Notes that history reaches back to a time, if it did not yet.
pub fn reaches(transaction: &Transaction<'_>, at: i64) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "INSERT INTO meta (name, value) VALUES ('history_from', ?1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value
             WHERE CAST(excluded.value AS INTEGER) < CAST(meta.value AS INTEGER)",
        )?
        .execute([at.to_string()])?;
    Ok(())
}

/// Forgets hours that no comparison reaches any more.
pub fn forget(transaction: &Transaction<'_>, now: i64) -> Result<(), AlertError> {
    let oldest = now.div_euclid(HOUR_MS) - (WEEKS + 1) * WEEK_HOURS;
    transaction.execute("DELETE FROM baseline WHERE hour < ?1", [oldest])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    const WEEK: i64 = WEEK_HOURS * HOUR_MS;

    #[test]
    fn usual_is_the_mean_of_the_same_hours_of_the_weeks_there_are() {
        let mut database = Connection::open_in_memory().unwrap();
        schema::prepare(&mut database).unwrap();
        let transaction = database.transaction().unwrap();
        let now = 3_000 * WEEK;
        let mut counts = Counts::default();
        for week in 1..=5 {
            for _ in 0..week {
                counts.add("topic:water", now - week * WEEK - HOUR_MS / 2, 1);
            }
            counts.add("topic:water", now - week * WEEK - 30 * HOUR_MS, 1);
        }
        reaches(&transaction, now - 5 * WEEK - HOUR_MS).unwrap();
        reaches(&transaction, now).unwrap();
        counts.flush(&transaction).unwrap();
        assert_eq!(usual(&transaction, "topic:water", now - HOUR_MS, now).unwrap(), (3.0, 5));
        assert_eq!(usual(&transaction, "topic:water", now - HOUR_MS / 2, now).unwrap(), (1.5, 5));
        assert_eq!(usual(&transaction, "topic:gas", now - HOUR_MS, now).unwrap(), (0.0, 5));
        // A post that went is taken back.
        counts.add("topic:water", now - WEEK - HOUR_MS / 2, -1);
        counts.flush(&transaction).unwrap();
        assert_eq!(usual(&transaction, "topic:water", now - HOUR_MS, now).unwrap(), (2.8, 5));
    }
}
