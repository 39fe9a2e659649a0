//! How much the file holds, counted along with what it counts.
//!
//! Counting anew reads an entry of every message, and how the installation is doing is asked every few seconds: on 300,000 posts that
//! alone kept an idle machine busy. Triggers count, so that each number changes in the transaction of what it counts, whoever writes.

use rusqlite::{Connection, Transaction};

use super::shared::used_bytes;
use crate::api::{DEAD_LETTERS_READER, Error, Sizes};

/// Distinct posts whose newest message is not a tombstone, counted anew.
const POSTS: &str = "SELECT count(*) FROM (SELECT max(offset), tombstone FROM posts GROUP BY key) WHERE NOT tombstone";

/// Dead letters before which the reader that retries them stands, counted anew.
fn dead_letters() -> String {
    format!("SELECT count(*) FROM dead WHERE length(payload) > 0 AND offset >= {}", retried())
}

/// Up to where dead letters are dealt with.
fn retried() -> String {
    format!("coalesce((SELECT next FROM readers WHERE stream = 'dead' AND name = '{DEAD_LETTERS_READER}'), 0)")
}

/// The step that begins to count. It counts what an earlier build stored, once.
pub(super) fn count_along(file: &Transaction<'_>) -> rusqlite::Result<()> {
    let (dead_letters, retried) = (dead_letters(), retried());
    file.execute_batch(&format!(
        "CREATE TABLE size (what TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
         INSERT INTO size VALUES ('posts', ({POSTS})), ('dead', ({dead_letters}));

         CREATE TRIGGER post_comes AFTER INSERT ON posts BEGIN
             UPDATE size SET n = n + (NOT new.tombstone) - coalesce(
                 (SELECT NOT tombstone FROM posts WHERE key = new.key AND offset < new.offset ORDER BY offset DESC LIMIT 1), 0)
             WHERE what = 'posts';
         END;
         CREATE TRIGGER post_goes AFTER DELETE ON posts
         WHEN NOT EXISTS (SELECT 1 FROM posts WHERE key = old.key AND offset > old.offset) BEGIN
             UPDATE size SET n = n - (NOT old.tombstone) + coalesce(
                 (SELECT NOT tombstone FROM posts WHERE key = old.key ORDER BY offset DESC LIMIT 1), 0)
             WHERE what = 'posts';
         END;

         CREATE TRIGGER dead_letter_comes AFTER INSERT ON dead WHEN length(new.payload) > 0 AND new.offset >= {retried} BEGIN
             UPDATE size SET n = n + 1 WHERE what = 'dead';
         END;
         CREATE TRIGGER dead_letter_goes AFTER DELETE ON dead WHEN length(old.payload) > 0 AND old.offset >= {retried} BEGIN
             UPDATE size SET n = n - 1 WHERE what = 'dead';
         END;
         CREATE TRIGGER dead_letter_is_emptied AFTER UPDATE OF payload ON dead WHEN new.offset >= {retried} BEGIN
             UPDATE size SET n = n + (length(new.payload) > 0) - (length(old.payload) > 0) WHERE what = 'dead';
         END;"
    ))?;
    // Retries are few, and what is left after one is read over soon.
    for (change, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
        let name = change.to_lowercase();
        file.execute_batch(&format!(
            "CREATE TRIGGER dead_letters_retried_{name} AFTER {change} ON readers
             WHEN {row}.stream = 'dead' AND {row}.name = '{DEAD_LETTERS_READER}' BEGIN
                 UPDATE size SET n = ({dead_letters}) WHERE what = 'dead';
             END;"
        ))?;
    }
    Ok(())
}

/// How much the file holds: three look-ups, however much it is.
pub(super) fn read(connection: &Connection) -> Result<Sizes, Error> {
    let counted = |what: &str| {
        connection.prepare_cached("SELECT n FROM size WHERE what = ?1")?.query_row([what], |row| row.get::<_, u64>(0))
    };
    Ok(Sizes { posts: counted("posts")?, dead_letters: counted("dead")?, bytes: Some(used_bytes(connection)?) })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::time::Duration;

    use model::{Clock, Time};
    use proptest::prelude::*;

    use super::*;
    use crate::api::{Checkpoint, Journal, Record, Stream};
    use crate::embedded::{Embedded, Limits, schema};

    const KEEP: Duration = Duration::from_secs(100);

    /// What may happen to a journal. Few keys, so that posts are edited, deleted and come back.
    #[derive(Debug, Clone)]
    enum Step {
        Append(Stream, Vec<(u8, bool)>),
        /// Readers of a stream come so far, in percent.
        Read(Stream, u64),
        Retry(u64),
        Forget,
        Pass(u8),
        Expire,
        Reopen,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let stream = || prop::sample::select(vec![Stream::Posts, Stream::Posts, Stream::Tagged, Stream::Dead]);
        let step = prop_oneof![
            6 => (stream(), prop::collection::vec((0..6u8, prop::bool::weighted(0.2)), 1..8))
                .prop_map(|(stream, records)| Step::Append(stream, records)),
            1 => (stream(), 0..=100u64).prop_map(|(stream, percent)| Step::Read(stream, percent)),
            1 => (0..=100u64).prop_map(Step::Retry),
            1 => Just(Step::Forget),
            2 => (1..80u8).prop_map(Step::Pass),
            2 => Just(Step::Expire),
            1 => Just(Step::Reopen),
        ];
        prop::collection::vec(step, 1..60)
    }

    fn anew(path: &Path) -> (u64, u64) {
        let connection = schema::connect(path).unwrap();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
        (count(POSTS), count(&dead_letters()))
    }

    /// Counted along, and counted anew: in the file, and in what a kill at this moment would leave of it.
    fn check(journal: &Embedded, folder: &Path, step: &Step) {
        let path = folder.join("journal.db");
        let sizes = journal.sizes().unwrap();
        assert_eq!((sizes.posts, sizes.dead_letters), anew(&path), "after {step:?}");
        let killed = tempfile::tempdir().unwrap();
        for name in ["journal.db", "journal.db-wal"].into_iter().filter(|name| folder.join(name).exists()) {
            std::fs::copy(folder.join(name), killed.path().join(name)).unwrap();
        }
        let left = killed.path().join("journal.db");
        let after = read(&schema::open(&left).unwrap()).unwrap();
        assert_eq!((after.posts, after.dead_letters), anew(&left), "killed after {step:?}");
    }

    fn take(journal: &Embedded, now: &AtomicI64, step: &Step) {
        let until = |stream, percent| Checkpoint::at(journal.end(stream).unwrap().next(0) * percent / 100);
        match step {
            Step::Append(stream, records) => {
                let record = |&(key, tombstone): &(u8, bool)| Record {
                    tombstone: tombstone && *stream != Stream::Dead,
                    ..Record::new(format!("vk:-1_{key}"), b"text".to_vec())
                };
                journal.append(*stream, &records.iter().map(record).collect::<Vec<_>>()).map(drop).unwrap();
            }
            Step::Read(stream, percent) => {
                // One that retention has passed cannot go on, and moves nothing.
                if let Ok(mut reader) = journal.reader(*stream, "index") {
                    reader.commit(&until(*stream, *percent)).unwrap();
                }
            }
            Step::Retry(percent) => {
                if let Ok(mut reader) = journal.reader(Stream::Dead, DEAD_LETTERS_READER) {
                    reader.commit(&until(Stream::Dead, *percent)).unwrap();
                }
            }
            Step::Forget => journal.forget_reader(Stream::Dead, DEAD_LETTERS_READER).unwrap(),
            Step::Pass(seconds) => drop(now.fetch_add(i64::from(*seconds), Ordering::Relaxed)),
            Step::Expire => drop(journal.expire().unwrap()),
            Step::Reopen => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

        #[test]
        fn what_is_counted_along_is_what_is_there_whatever_comes_changes_goes_or_is_killed(steps in steps()) {
            let folder = tempfile::tempdir().unwrap();
            let now = Arc::new(AtomicI64::new(1_790_000_000));
            let open = || {
                let now = Arc::clone(&now);
                let clock: Clock = Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap());
                let limits = Limits { keep: KEEP, max_bytes: u64::MAX };
                Embedded::open(&folder.path().join("journal.db"), limits, clock).unwrap()
            };
            let mut journal = open();
            for step in &steps {
                if matches!(step, Step::Reopen) {
                    drop(journal);
                    journal = open();
                }
                take(&journal, &now, step);
                check(&journal, folder.path(), step);
            }
        }
    }

    #[test]
    fn a_file_of_an_earlier_build_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let earlier = sqlite::open(&path, &schema::STEPS[..2]).unwrap();
        earlier
            .execute_batch(
                "INSERT INTO posts (at, key, tombstone, payload) VALUES (1, 'a', 0, x'31'), (1, 'b', 0, x'31'),
                    (2, 'a', 0, x'31'), (3, 'b', 1, x'31'), (3, 'c', 0, x'31');
                 INSERT INTO dead (at, key, tombstone, payload) VALUES (1, 'a', 0, x'31'), (1, 'b', 0, x''), (1, 'c', 0, x'31');
                 INSERT INTO readers VALUES ('dead', 'dead-letters', 2);",
            )
            .unwrap();
        drop(earlier);
        let sizes = read(&schema::open(&path).unwrap()).unwrap();
        assert_eq!((sizes.posts, sizes.dead_letters), (2, 1));
    }
}
