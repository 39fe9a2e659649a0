//! The tables of `ingest.db` and the numbered steps that lead to them.

use rusqlite::{Result, Transaction};
use sqlite::Step;

/// In the order in which a file takes them. A step that was released is never edited: append one.
pub(super) const STEPS: &[Step] = &[unnumbered, masks, forgotten, of_old, chats];

/// What files had before steps were numbered. The oldest lack two columns.
fn unnumbered(file: &Transaction<'_>) -> Result<()> {
    for (table, old, new, kind) in
        [("post", "page_at", "parent", "TEXT"), ("spent", "calls", "spare", "INTEGER NOT NULL DEFAULT 0")]
    {
        let has = |column| file.prepare(&format!("SELECT {column} FROM {table}")).is_ok();
        if has(old) && !has(new) {
            file.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {new} {kind}"))?;
        }
    }
    file.execute_batch(UNNUMBERED)
}

/// Which masks a post was remembered with. The first had no number.
fn masks(file: &Transaction<'_>) -> Result<()> {
    file.execute_batch("ALTER TABLE post ADD COLUMN masks INTEGER NOT NULL DEFAULT 1")
}

/// Posts that are never taken in again because somebody asked for it, and since when, in milliseconds.
fn forgotten(file: &Transaction<'_>) -> Result<()> {
    file.execute_batch("CREATE TABLE forgotten (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID")
}

/// Which posts have no date and were found, not met as they came.
fn of_old(file: &Transaction<'_>) -> Result<()> {
    file.execute_batch("ALTER TABLE post ADD COLUMN of_old INTEGER NOT NULL DEFAULT 0")
}

/// Chats that a bot was told of by events, which is all that it ever hears of them, and where it goes on to be told. Times are in
/// milliseconds; `left_at` is when it was put out of one.
fn chats(file: &Transaction<'_>) -> Result<()> {
    file.execute_batch(
        "CREATE TABLE chat (
             platform TEXT NOT NULL, id INTEGER NOT NULL, is_channel INTEGER, title TEXT, since INTEGER NOT NULL, left_at INTEGER,
             PRIMARY KEY (platform, id)
         ) WITHOUT ROWID;
         CREATE TABLE marker (platform TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;",
    )
}

const UNNUMBERED: &str = "
    CREATE TABLE IF NOT EXISTS source (id TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS post (
        source TEXT NOT NULL, id TEXT NOT NULL, number INTEGER, content BLOB NOT NULL,
        views INTEGER, reactions INTEGER, reposts INTEGER, comments INTEGER,
        seen_at INTEGER NOT NULL, published_at INTEGER NOT NULL, deleted INTEGER NOT NULL, checked_at INTEGER,
        page_at INTEGER NOT NULL, parent TEXT,
        PRIMARY KEY (source, id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS post_number ON post (source, number);
    CREATE INDEX IF NOT EXISTS post_published ON post (source, published_at);
    CREATE INDEX IF NOT EXISTS post_parent ON post (source, parent) WHERE parent IS NOT NULL;
    CREATE INDEX IF NOT EXISTS post_id ON post (id);
    CREATE TABLE IF NOT EXISTS thread (
        source TEXT NOT NULL, post TEXT NOT NULL, told INTEGER, read_at INTEGER NOT NULL, PRIMARY KEY (source, post)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS spent (
        token TEXT NOT NULL, method TEXT NOT NULL, span INTEGER NOT NULL, calls INTEGER NOT NULL,
        spare INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (token, method, span)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS refused (
        source TEXT NOT NULL, position TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (source, position, reason)
    ) WITHOUT ROWID;";

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::state::State;

    /// A file as the builds before numbered steps left it.
    fn unnumbered_file(change: impl Fn(&str) -> String) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ingest.db");
        let file = Connection::open(&path).unwrap();
        file.execute_batch(&change(UNNUMBERED)).unwrap();
        (dir, path)
    }

    fn spent(state: &State) -> Vec<(i64, u32, u32)> {
        state.spent().unwrap().iter().map(|spent| (spent.span, spent.calls, spent.spare)).collect()
    }

    #[test]
    fn a_file_of_the_build_before_numbered_steps_is_read_on() {
        let (_dir, path) =
            unnumbered_file(|tables| format!("{tables} INSERT INTO spent VALUES ('$A', 'wall.get', 7, 10, 3);"));
        for _ in 0..2 {
            assert_eq!(spent(&State::open(&path).unwrap()), [(7, 10, 3)]);
        }
        let version = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let file = Connection::open(&path).unwrap();
        assert_eq!(file.query_row("PRAGMA user_version", [], version).unwrap(), STEPS.len() as i64);
    }

    #[test]
    fn a_file_that_lacks_columns_gets_them() {
        let (_dir, path) = unnumbered_file(|tables| {
            let old = tables.replace(", parent TEXT", "").replace("spare INTEGER NOT NULL DEFAULT 0, ", "");
            let old = old.lines().filter(|line| !line.contains("post_parent")).collect::<Vec<_>>().join("\n");
            format!("{old} INSERT INTO spent VALUES ('$A', 'wall.get', 7, 10);")
        });
        let state = State::open(&path).unwrap();
        assert_eq!(spent(&state), [(7, 10, 0)]);
        assert_eq!(state.comments_of("s", &model::PostId::new("tg:gorod/1").unwrap()).unwrap(), []);
    }
}
