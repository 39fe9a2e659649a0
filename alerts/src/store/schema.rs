//! The tables of `alerts.db`, and the steps by which they came to be.

use std::path::Path;

use rusqlite::{Connection, Transaction};

/// The steps that a file takes, oldest first. Files of builds that checked a format instead have taken the first two.
const STEPS: &[sqlite::Step] =
    &[drop_first_tables, create_tables, tag_corrections, add_events, count_along, find_what_is_due];

/// Statements kept prepared: about as many as there are.
const STATEMENTS: usize = 128;

/// The first builds had other tables of these names, with nothing in them that a person had entered: their alerts come again from the
/// journal, and alerts of posts that are no longer fresh notify nobody.
fn drop_first_tables(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "DROP TABLE IF EXISTS position; DROP TABLE IF EXISTS alert; DROP TABLE IF EXISTS alert_post;
         DROP TABLE IF EXISTS outbox;",
    )
}

fn create_tables(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(TABLES)
}

/// What people said of posts, by post, as the message has it; `waits_for` is how far the tagged posts were read when it came, until the
/// post is tagged anew.
fn tag_corrections(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "CREATE TABLE tag_correction (post TEXT PRIMARY KEY, message TEXT NOT NULL, waits_for TEXT) WITHOUT ROWID;",
    )
}

/// What posts tell and what stories are about, as JSON of [`model::Event`]s; `event` is the main one, `object:state`. Rows that are there
/// know none until their posts are classified again.
fn add_events(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "ALTER TABLE post ADD COLUMN events TEXT;
         ALTER TABLE post ADD COLUMN since INTEGER;
         ALTER TABLE story ADD COLUMN event TEXT;
         ALTER TABLE story ADD COLUMN events TEXT;
         CREATE INDEX story_event ON story (event, last) WHERE event IS NOT NULL;",
    )
}

/// What is asked every few seconds is counted along instead of anew: the posts of an alert that is about no single story, and the newest
/// of them (`published`: of those that count), messages by their state, and critical messages that may be late. Alerts are listed by their age,
/// page by page.
fn count_along(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "ALTER TABLE alert_post ADD COLUMN published INTEGER;
         UPDATE alert_post SET published = (SELECT at FROM post WHERE post.id = alert_post.post AND story IS NOT NULL);
         CREATE INDEX alert_post_published ON alert_post (alert, published);
         ALTER TABLE alert_size ADD COLUMN posts INTEGER NOT NULL DEFAULT 0;
         UPDATE alert_size SET posts =
             (SELECT count(*) FROM alert_post WHERE alert_post.alert = alert_size.alert AND published IS NOT NULL);

         CREATE INDEX alert_opened ON alert (opened_at DESC, id);

         CREATE TABLE outbox_size (state TEXT PRIMARY KEY, messages INTEGER NOT NULL) WITHOUT ROWID;
         INSERT INTO outbox_size SELECT state, count(*) FROM outbox GROUP BY state;
         CREATE TRIGGER message_comes AFTER INSERT ON outbox BEGIN
             INSERT INTO outbox_size VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET messages = messages + 1;
         END;
         CREATE TRIGGER message_goes AFTER DELETE ON outbox BEGIN
             UPDATE outbox_size SET messages = messages - 1 WHERE state = old.state;
         END;
         CREATE TRIGGER message_changes AFTER UPDATE OF state ON outbox WHEN new.state <> old.state BEGIN
             UPDATE outbox_size SET messages = messages - 1 WHERE state = old.state;
             INSERT INTO outbox_size VALUES (new.state, 1) ON CONFLICT (state) DO UPDATE SET messages = messages + 1;
         END;
         CREATE INDEX outbox_late ON outbox (state, created_at)
             WHERE level = 3 AND state IN ('pending', 'trying', 'unconfirmed', 'undelivered');",
    )
}

/// What is to be told by now, and what was told already, without looking at the thousands that an import leaves.
fn find_what_is_due(file: &Transaction<'_>) -> rusqlite::Result<()> {
    file.execute_batch(
        "CREATE INDEX alert_due ON alert (notify_at) WHERE notify_at IS NOT NULL;
         CREATE INDEX alert_told ON alert (life) WHERE notified_at IS NOT NULL;",
    )
}

/// Opens the file, which is created if it is not there, with its tables up to date.
pub fn open(path: &Path) -> Result<Connection, sqlite::OpenError> {
    let connection = sqlite::open(path, STEPS)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 8000;")?;
    Ok(connection)
}

const TABLES: &str = "
-- How far each stream is applied.
CREATE TABLE position (stream TEXT PRIMARY KEY, checkpoint TEXT NOT NULL) WITHOUT ROWID;

-- The latest version of each post that counts for anything. A row without a story is a tombstone or a post that no longer counts.
-- Rows as long as these are kept in the order in which they come, and only their ids by order of id: else each post writes a page
-- of its own somewhere in the file, and one more where a row is longer than a quarter of a page.
CREATE TABLE post (
    id TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, story TEXT, risk TEXT, level INTEGER,
    sector TEXT, place TEXT, recipient TEXT, keys TEXT NOT NULL, source TEXT NOT NULL, voice TEXT, reply_to TEXT, url TEXT,
    text TEXT NOT NULL, why TEXT NOT NULL, views INTEGER NOT NULL, reposts INTEGER NOT NULL, counted_at INTEGER NOT NULL,
    signature TEXT, sketch TEXT, live INTEGER NOT NULL);
CREATE INDEX post_story ON post (story, at, id);
CREATE INDEX post_level ON post (story, level) WHERE level IS NOT NULL;
CREATE INDEX post_at ON post (at);

CREATE TABLE story (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, place TEXT, sector TEXT, recipient TEXT, headline TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, posts INTEGER NOT NULL, views INTEGER NOT NULL, level INTEGER,
    voices INTEGER NOT NULL, sources INTEGER NOT NULL, previous TEXT) WITHOUT ROWID;
CREATE INDEX story_kind ON story (kind, last);
-- Voices and sources of a story, or of an alert that is about none, each with the number of its posts.
CREATE TABLE member (story TEXT NOT NULL, what TEXT NOT NULL, value TEXT NOT NULL, posts INTEGER NOT NULL,
    PRIMARY KEY (story, what, value)) WITHOUT ROWID;
-- Stories that became part of another.
CREATE TABLE merged (story TEXT PRIMARY KEY, into_story TEXT NOT NULL) WITHOUT ROWID;
-- Where a person put a post; it holds against every later version.
CREATE TABLE correction (post TEXT PRIMARY KEY, story TEXT NOT NULL) WITHOUT ROWID;
-- Views and reposts that a story gained by hour.
CREATE TABLE growth (story TEXT NOT NULL, hour INTEGER NOT NULL, views INTEGER NOT NULL, reposts INTEGER NOT NULL,
    PRIMARY KEY (story, hour)) WITHOUT ROWID;

-- Posts by counted key and hour, for eight weeks.
CREATE TABLE baseline (key TEXT NOT NULL, hour INTEGER NOT NULL, posts INTEGER NOT NULL, PRIMARY KEY (key, hour)) WITHOUT ROWID;
-- Bursts under way, each with the alert that knows of it.
CREATE TABLE burst (rule TEXT NOT NULL, key TEXT NOT NULL, alert TEXT NOT NULL, PRIMARY KEY (rule, key)) WITHOUT ROWID;

CREATE TABLE alert (
    id TEXT NOT NULL PRIMARY KEY, rule TEXT NOT NULL, subject TEXT NOT NULL, story TEXT, kind TEXT NOT NULL, place TEXT, sector TEXT,
    recipient TEXT, headline TEXT NOT NULL, level INTEGER NOT NULL, reasons TEXT NOT NULL,
    opened_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, life TEXT NOT NULL, life_at INTEGER NOT NULL, life_by TEXT, note TEXT,
    passed_to TEXT, notify_at INTEGER, notified_at INTEGER, notified_level INTEGER, notified_voices INTEGER, notified_sources INTEGER,
    notifications INTEGER NOT NULL, step INTEGER, step_at INTEGER, shown_posts INTEGER NOT NULL,
    shown_at INTEGER NOT NULL, held TEXT, held_until INTEGER, clocks TEXT, previous TEXT);
CREATE INDEX alert_story ON alert (story);
CREATE INDEX alert_subject ON alert (rule, subject);
CREATE INDEX alert_life ON alert (life);
-- Posts of an alert that is about no single story.
CREATE TABLE alert_post (alert TEXT NOT NULL, post TEXT NOT NULL, PRIMARY KEY (alert, post)) WITHOUT ROWID;
CREATE INDEX alert_post_post ON alert_post (post);
-- What those posts add up to, by alert; whose voices and sources they are is in member, under the alert's id.
CREATE TABLE alert_size (alert TEXT PRIMARY KEY, voices INTEGER NOT NULL, sources INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE silence (
    id TEXT PRIMARY KEY, matcher TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, from_at INTEGER NOT NULL,
    until INTEGER NOT NULL, ended_at INTEGER) WITHOUT ROWID;
CREATE TABLE cause (
    id TEXT PRIMARY KEY, matcher TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, post TEXT, from_at INTEGER NOT NULL,
    until INTEGER NOT NULL, expected INTEGER NOT NULL, ended_at INTEGER, ended_why TEXT) WITHOUT ROWID;
CREATE TABLE suppressed (alert TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL, until INTEGER, PRIMARY KEY (alert, at, why)) WITHOUT ROWID;

CREATE TABLE outbox (
    key TEXT NOT NULL PRIMARY KEY, alert TEXT, purpose TEXT NOT NULL, person TEXT, channel TEXT NOT NULL, address TEXT NOT NULL,
    rank INTEGER NOT NULL, level INTEGER, message TEXT NOT NULL, created_at INTEGER NOT NULL, attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL, state TEXT NOT NULL, detail TEXT, message_id TEXT);
CREATE INDEX outbox_state ON outbox (state, next_at);
CREATE INDEX outbox_alert ON outbox (alert);

-- What was seen of each source, by the coverage ledger.
CREATE TABLE source_seen (
    source TEXT PRIMARY KEY, platform TEXT NOT NULL, ok_at INTEGER, last_at INTEGER NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
-- Posts taken in, by hour of their reading: what a shift report counts.
CREATE TABLE taken (hour INTEGER PRIMARY KEY, posts INTEGER NOT NULL);

CREATE TABLE audit (
    n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL,
    hash TEXT NOT NULL);
CREATE INDEX audit_subject ON audit (subject);
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- Numbers and names that outlive a restart: what was reported last, offsets of the bots, links that were used.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables as the first builds wrote them.
    const FIRST: &str = "
        CREATE TABLE position (stream TEXT PRIMARY KEY, checkpoint TEXT NOT NULL);
        CREATE TABLE alert (id TEXT PRIMARY KEY, rule TEXT NOT NULL);
        CREATE TABLE alert_post (alert TEXT NOT NULL, post TEXT NOT NULL);
        CREATE TABLE outbox (key TEXT PRIMARY KEY);
        INSERT INTO position VALUES ('tagged', '{}');";

    fn tables(connection: &Connection) -> Vec<String> {
        let mut select =
            connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_file_that_has_a_format_opens_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("alerts.db"), folder.path().join("new.db"));
        let before = Connection::open(&path).unwrap();
        before.execute_batch(TABLES).unwrap();
        before.execute_batch("INSERT INTO meta VALUES ('cleared_at', '7'); PRAGMA user_version = 2;").unwrap();
        drop(before);
        let opened = open(&path).unwrap();
        let kept: String = opened.query_row("SELECT value FROM meta", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "7");
        assert_eq!(tables(&opened), tables(&open(&new).unwrap()));
    }

    #[test]
    fn a_file_of_the_first_builds_opens_and_is_filled_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.db");
        Connection::open(&path).unwrap().execute_batch(FIRST).unwrap();
        let opened = open(&path).unwrap();
        let positions: i64 = opened.query_row("SELECT count(*) FROM position", [], |row| row.get(0)).unwrap();
        assert_eq!(positions, 0);
        assert_eq!(tables(&opened), tables(&open(&folder.path().join("new.db")).unwrap()));
    }
}
