//! The usual number of posts of a key in an hour of the week, from the hours of eight weeks.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::store::error::AlertError;

/// The usual number is the mean over so many weeks; older hours are forgotten.
pub const WEEKS: i64 = 8;

const HOUR_MS: i64 = 3_600_000;
const WEEK_HOURS: i64 = 168;

/// Keys whose hours are kept in memory: those that are asked for, which are few. With more, they are read again.
const MAX_KNOWN: usize = 512;

/// The hours of keys that a batch has changed and that are not in the file yet, and of keys that were asked for.
///
/// What is usual depends on the posts counted so far, not on where a batch ends.
#[derive(Debug, Default)]
pub struct HourlyCounts {
    changes: HashMap<Box<str>, Hours>,
    /// When the oldest post of the batch was published, in milliseconds.
    oldest: Option<i64>,
    /// The hours of a key in the file and in the batch together.
    known: HashMap<Box<str>, Hours>,
}

/// Posts by hour.
type Hours = HashMap<i64, i64>;

impl HourlyCounts {
    /// A post of a key, published at a time in milliseconds, came (`1`) or went (`-1`).
    pub fn add(&mut self, key: &str, at: i64, posts: i64) {
        let hour = at.div_euclid(HOUR_MS);
        if let Some(hours) = self.known.get_mut(key) {
            *hours.entry(hour).or_default() += posts;
        }
        let changes = match self.changes.get_mut(key) {
            Some(changes) => changes,
            None => self.changes.entry(key.into()).or_default(),
        };
        *changes.entry(hour).or_default() += posts;
        if posts > 0 {
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
        }
    }

    /// Stores what the batch has counted.
    pub fn flush(&mut self, transaction: &Transaction<'_>) -> Result<(), AlertError> {
        let mut write = transaction.prepare_cached(
            "INSERT INTO baseline (key, hour, posts) VALUES (?1, ?2, ?3)
             ON CONFLICT (key, hour) DO UPDATE SET posts = posts + excluded.posts",
        )?;
        for (key, hours) in self.changes.drain() {
            for (hour, posts) in hours {
                write.execute(params![key, hour, posts])?;
            }
        }
        if let Some(oldest) = self.oldest.take() {
            note_history(transaction, oldest)?;
        }
        Ok(())
    }

    /// The mean number of posts in the same span of the last weeks, and how many weeks of history there are. The span is in
    /// milliseconds.
    pub fn usual(&mut self, database: &Connection, key: &str, from: i64, to: i64) -> Result<(f64, i64), AlertError> {
        let first = history_from(database)?.into_iter().chain(self.oldest).min();
        let weeks = first.map_or(0, |first| (to - first).max(0) / (WEEK_HOURS * HOUR_MS)).min(WEEKS);
        if weeks == 0 {
            return Ok((0.0, 0));
        }
        let hours = self.hours(database, key)?;
        let mut posts = 0.0;
        for week in 1..=weeks {
            let (from, to) = (from - week * WEEK_HOURS * HOUR_MS, to - week * WEEK_HOURS * HOUR_MS);
            for hour in from.div_euclid(HOUR_MS)..=to.div_euclid(HOUR_MS) {
                let overlap = (to.min((hour + 1) * HOUR_MS) - from.max(hour * HOUR_MS)).max(0);
                posts += hours.get(&hour).copied().unwrap_or(0) as f64 * overlap as f64 / HOUR_MS as f64;
            }
        }
        Ok((posts / weeks as f64, weeks))
    }

    fn hours(&mut self, database: &Connection, key: &str) -> Result<&Hours, AlertError> {
        if !self.known.contains_key(key) {
            let mut hours = self.changes.get(key).cloned().unwrap_or_default();
            let mut select = database.prepare_cached("SELECT hour, posts FROM baseline WHERE key = ?1")?;
            let mut rows = select.query([key])?;
            while let Some(row) = rows.next()? {
                *hours.entry(row.get(0)?).or_default() += row.get::<_, i64>(1)?;
            }
            if self.known.len() >= MAX_KNOWN {
                self.known.clear();
            }
            self.known.insert(key.into(), hours);
        }
        Ok(&self.known[key])
    }
}

/// The oldest post ever counted in the file, in milliseconds.
fn history_from(database: &Connection) -> Result<Option<i64>, AlertError> {
    let first = database
        .prepare_cached("SELECT value FROM meta WHERE name = 'history_from'")?
        .query_row([], |row| row.get::<_, String>(0))
        .optional()?;
    Ok(first.and_then(|value| value.parse().ok()))
}

/// Notes that the history reaches back at least to a time.
fn note_history(transaction: &Transaction<'_>, at: i64) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "INSERT INTO meta (name, value) VALUES ('history_from', ?1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value
             WHERE CAST(excluded.value AS INTEGER) < CAST(meta.value AS INTEGER)",
        )?
        .execute([at.to_string()])?;
    Ok(())
}

/// Forgets hours before a time in milliseconds, from which on the history then begins.
pub fn let_go(transaction: &Transaction<'_>, before: i64) -> Result<(), AlertError> {
    transaction.execute("DELETE FROM baseline WHERE hour < ?1", [before.div_euclid(HOUR_MS)])?;
    transaction.execute(
        "UPDATE meta SET value = ?1 WHERE name = 'history_from' AND CAST(value AS INTEGER) < CAST(?1 AS INTEGER)",
        [before.to_string()],
    )?;
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
    use std::path::Path;

    use super::*;
    use crate::store::schema;

    const WEEK: i64 = WEEK_HOURS * HOUR_MS;

    #[test]
    fn usual_is_the_mean_of_the_same_hours_of_the_weeks_there_are() {
        let mut database = schema::open(Path::new(":memory:")).unwrap();
        let transaction = database.transaction().unwrap();
        let now = 3_000 * WEEK;
        let mut counts = HourlyCounts::default();
        for week in 1..=5 {
            for _ in 0..week {
                counts.add("topic:water", now - week * WEEK - HOUR_MS / 2, 1);
            }
            counts.add("topic:water", now - week * WEEK - 30 * HOUR_MS, 1);
        }
        counts.add("topic:light", now - 5 * WEEK - HOUR_MS, 1);
        let water =
            |counts: &mut HourlyCounts, span| counts.usual(&transaction, "topic:water", now - span, now).unwrap();
        assert_eq!(water(&mut counts, HOUR_MS), (3.0, 5), "what the batch has counted so far");
        counts.flush(&transaction).unwrap();
        for mut counts in [counts, HourlyCounts::default()] {
            assert_eq!(water(&mut counts, HOUR_MS), (3.0, 5));
            assert_eq!(water(&mut counts, HOUR_MS / 2), (1.5, 5));
            assert_eq!(counts.usual(&transaction, "topic:gas", now - HOUR_MS, now).unwrap(), (0.0, 5));
        }
        // A post that went is taken back.
        let mut counts = HourlyCounts::default();
        counts.add("topic:water", now - WEEK - HOUR_MS / 2, -1);
        assert_eq!(water(&mut counts, HOUR_MS), (2.8, 5));
        counts.flush(&transaction).unwrap();
        assert_eq!(water(&mut HourlyCounts::default(), HOUR_MS), (2.8, 5));
    }
}
