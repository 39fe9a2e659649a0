//! The tables of the alerts' own file.

use rusqlite::Connection;

use crate::AlertError;

/// Raised when the tables change in a way that an older file cannot be read in.
const FORMAT: i64 = 2;

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

/// Makes the tables in an empty file; a file of another format is refused.
pub fn prepare(database: &mut Connection) -> Result<(), AlertError> {
    let transaction = database.transaction()?;
    let format: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (format, tables) {
        (FORMAT, _) => {}
        (_, 0) => {
            transaction.execute_batch(TABLES)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        (found, _) => return Err(AlertError::Format { found, known: FORMAT }),
    }
    Ok(transaction.commit()?)
}
