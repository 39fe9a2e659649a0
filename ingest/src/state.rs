//! What the collectors remember between polls: a cursor a source, and of each recent post enough to tell a repeat from an edit.
//!
//! No text is kept here, only hashes. Everything of a poll is written in one transaction, after the journal has the posts.

mod again;

pub(crate) use again::Thread;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use model::{Post, PostId, Time};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fetch::Validators;
use crate::schedule::earlier;

/// Posts are remembered for this long after publication, and feeds may show them again within it without making a version.
const KEEP: Duration = Duration::from_secs(40 * 24 * 3600);

/// And for this long after they left the page, however old they are.
const KEEP_OFF_PAGE: Duration = Duration::from_secs(7 * 24 * 3600);

/// `page_at` is not rewritten more often: a poll without news should not rewrite every row of the page.
const PAGE_AT_STEP: Duration = Duration::from_secs(6 * 3600);

/// Of a recent post it is rewritten whenever this part of its age has passed, which is well below the pause after which it
/// is read again ([`crate::reread`]).
const PAGE_AT_PART: u32 = 16;

/// A source's place: where it was read to and how its polls went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// What the source's address was: a source that moved begins anew.
    pub address: String,
    /// Number of the newest post of the last poll that read everything down to the one before.
    pub last_number: Option<u64>,
    /// For conditional requests.
    pub validators: Validators,
    /// Everything before this is vouched for in the ledger.
    pub covered_until: Option<Time>,
    /// Since when the polls have failed.
    pub failing_since: Option<Time>,
    /// Telegram: when the widget last showed the comments under a post.
    pub discussion_at: Option<Time>,
    /// Telegram: when it was last asked for them.
    pub discussion_asked_at: Option<Time>,
    /// Polls in a row that did not read the source.
    pub failures: u32,
    /// Polls in a row that brought nothing new; of feeds.
    pub quiet: u32,
    /// When to poll next.
    pub next_at: Option<Time>,
    /// When the last poll ended.
    pub last_at: Option<Time>,
    /// When the last poll that read the source ended.
    pub last_ok_at: Option<Time>,
    /// How the last poll ended.
    pub outcome: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// Telegram: the channel's number, by which exports know it.
    pub channel_number: Option<i64>,
    /// Posts ever taken in.
    pub posts: u64,
    /// Blocks that looked like posts when something was last read, and those of them that were not understood.
    pub blocks: (u32, u32),
}

/// Views, reactions, reposts and comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts(pub [Option<u64>; 4]);

impl Counts {
    pub(crate) fn of(post: &Post) -> Counts {
        Counts([post.views, post.reactions, post.reposts, post.comments])
    }

    /// These counters, and the older ones where these are not given.
    pub(crate) fn or(self, older: Counts) -> Counts {
        Counts(std::array::from_fn(|i| self.0[i].or(older.0[i])))
    }
}

/// What is remembered of a post.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    /// The post's number in its channel or wall; a comment has none.
    pub number: Option<u64>,
    /// Of a comment, the post it stands under.
    pub parent: Option<String>,
    /// Hash of its content.
    pub content: [u8; 16],
    /// Its counters as last told.
    pub counts: Counts,
    /// `seen_at` of its last version.
    pub seen_at: Time,
    /// When it was published.
    pub published_at: Time,
    /// A tombstone was written.
    pub deleted: bool,
    /// When it was last looked for in vain.
    pub checked_at: Option<Time>,
    /// When it was last on a page.
    pub page_at: Time,
}

impl Known {
    /// Whether `page_at` is old enough to be worth a write.
    pub(crate) fn page_at_is_stale(&self, now: Time) -> bool {
        let age = Duration::try_from(now.duration_since(self.published_at)).unwrap_or_default();
        self.page_at <= earlier(now, (age / PAGE_AT_PART).min(PAGE_AT_STEP))
    }
}

/// A problem that became a dead letter and must not become one again with every poll.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Refused {
    /// Where on the page.
    pub position: String,
    /// The named reason.
    pub reason: String,
}

/// Hash of what makes a version of a post; the same fields as [`Post::same_content`].
pub(crate) fn content_hash(post: &Post) -> [u8; 16] {
    let content = (
        (&post.text, &post.title, &post.poll, &post.url),
        (post.deleted_at.is_some(), post.edited_at, &post.forwarded_from, &post.in_reply_to),
    );
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(model::wire::write(&content))[..16]);
    hash
}

/// `ingest.db`.
pub(crate) struct State {
    db: Connection,
}

type Result<T> = std::result::Result<T, rusqlite::Error>;

const SCHEMA: &str = "
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

const COLUMNS: &str = "id, number, content, views, reactions, reposts, comments, seen_at, published_at, deleted, checked_at, page_at, parent";

impl State {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path) -> Result<State> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "secure_delete", "ON")?;
        // Columns that files of earlier versions lack.
        for (table, old, new, kind) in
            [("post", "page_at", "parent", "TEXT"), ("spent", "calls", "spare", "INTEGER NOT NULL DEFAULT 0")]
        {
            let has = |column| db.prepare(&format!("SELECT {column} FROM {table}")).is_ok();
            if has(old) && !has(new) {
                db.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {new} {kind}"))?;
            }
        }
        db.execute_batch(SCHEMA)?;
        Ok(State { db })
    }

    /// The cursors of all sources.
    pub(crate) fn cursors(&self) -> Result<Vec<Cursor>> {
        let mut find = self.db.prepare("SELECT cursor FROM source")?;
        let rows = find.query_map([], |row| row.get::<_, String>(0))?;
        Ok(rows.collect::<Result<Vec<_>>>()?.iter().filter_map(|json| serde_json::from_str(json).ok()).collect())
    }

    /// A source's cursor. A source whose address changed, or that was never polled, has an empty one and no posts.
    pub(crate) fn cursor(&mut self, source: &str, address: &str) -> Result<Cursor> {
        let find = "SELECT cursor FROM source WHERE id = ?1";
        let stored: Option<String> = self.db.query_row(find, [source], |row| row.get(0)).optional()?;
        let cursor = stored.and_then(|json| serde_json::from_str::<Cursor>(&json).ok());
        if let Some(cursor) = cursor.filter(|cursor| cursor.address == address) {
            return Ok(cursor);
        }
        let change = self.db.transaction()?;
        for table in ["post", "refused", "thread"] {
            change.execute(&format!("DELETE FROM {table} WHERE source = ?1"), [source])?;
        }
        change.commit()?;
        Ok(Cursor { address: address.to_owned(), ..Cursor::default() })
    }

    /// What is remembered of these posts.
    pub(crate) fn known<'a>(
        &self,
        source: &str,
        ids: impl Iterator<Item = &'a PostId>,
    ) -> Result<HashMap<PostId, Known>> {
        let sql = format!("SELECT {COLUMNS} FROM post WHERE source = ?1 AND id = ?2");
        let mut find = self.db.prepare_cached(&sql)?;
        let mut known = HashMap::new();
        for id in ids {
            if let Some((_, found)) = find.query_row([source, id.as_str()], read_known).optional()? {
                known.insert(id.clone(), found);
            }
        }
        Ok(known)
    }

    /// Posts numbered from `lowest` on that are remembered, not deleted and not `present`, and were not looked for since
    /// `checked_before`; the oldest check first.
    pub(crate) fn missing(
        &self,
        source: &str,
        lowest: u64,
        present: &HashSet<&PostId>,
        checked_before: Time,
    ) -> Result<Vec<(PostId, Known)>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM post WHERE source = ?1 AND number >= ?2 AND deleted = 0
             AND (checked_at IS NULL OR checked_at < ?3) ORDER BY checked_at, number DESC"
        );
        let mut find = self.db.prepare_cached(&sql)?;
        let rows = find.query_map(params![source, lowest as i64, checked_before.as_millisecond()], read_known)?;
        let mut missing = Vec::new();
        for row in rows {
            let (id, known) = row?;
            if let Some(id) = PostId::new(id).ok().filter(|id| !present.contains(id)) {
                missing.push((id, known));
            }
        }
        Ok(missing)
    }

    /// Ids of the most recently published posts of a source.
    pub(crate) fn newest(&self, source: &str, count: usize) -> Result<HashSet<String>> {
        let sql = "SELECT id FROM post WHERE source = ?1 AND deleted = 0 ORDER BY published_at DESC LIMIT ?2";
        let mut find = self.db.prepare_cached(sql)?;
        let rows = find.query_map(params![source, count as i64], |row| row.get(0))?;
        rows.collect()
    }

    /// Whether a problem is not a dead letter yet.
    pub(crate) fn unheard(&self, source: &str, refused: &Refused) -> Result<bool> {
        let sql = "SELECT 1 FROM refused WHERE source = ?1 AND position = ?2 AND reason = ?3";
        let mut find = self.db.prepare_cached(sql)?;
        Ok(!find.exists([source, &refused.position, &refused.reason])?)
    }

    /// Writes what a poll brought, all of it or nothing.
    pub(crate) fn commit(
        &mut self,
        source: &str,
        cursor: &Cursor,
        posts: &[(PostId, Known)],
        refused: &[Refused],
        now: Time,
    ) -> Result<()> {
        let change = self.db.transaction()?;
        write_cursor(&change, source, cursor)?;
        write_posts(&change, source, posts, refused, now)?;
        change.commit()
    }

    /// Writes what came without a poll, all of it or nothing.
    pub(crate) fn remember(
        &mut self,
        source: &str,
        posts: &[(PostId, Known)],
        refused: &[Refused],
        now: Time,
    ) -> Result<()> {
        let change = self.db.transaction()?;
        write_posts(&change, source, posts, refused, now)?;
        change.commit()
    }

    /// Writes a cursor alone.
    pub(crate) fn put_cursor(&self, source: &str, cursor: &Cursor) -> Result<()> {
        write_cursor(&self.db, source, cursor)
    }

    /// Forgets posts that are old and long off the page. A source that is not read forgets nothing.
    pub(crate) fn prune(&self, now: Time) -> Result<usize> {
        let old = earlier(now, KEEP).as_millisecond();
        self.db.execute("DELETE FROM refused WHERE at < ?1", [old])?;
        self.db.execute("DELETE FROM thread WHERE read_at < ?1", [old])?;
        self.db.execute("DELETE FROM spent WHERE span < ?1", [crate::quota::oldest_span(now)])?;
        self.db.execute(
            "DELETE FROM post WHERE published_at < ?1
             AND page_at < (SELECT max(page_at) FROM post AS other WHERE other.source = post.source) - ?2",
            params![old, KEEP_OFF_PAGE.as_millis() as i64],
        )
    }
}

fn write_cursor(db: &Connection, source: &str, cursor: &Cursor) -> Result<()> {
    let json = String::from_utf8_lossy(&model::wire::write(cursor)).into_owned();
    db.execute("INSERT OR REPLACE INTO source (id, cursor) VALUES (?1, ?2)", [source, &json]).map(|_| ())
}

fn write_posts(db: &Connection, source: &str, posts: &[(PostId, Known)], refused: &[Refused], now: Time) -> Result<()> {
    let sql = format!(
        "INSERT OR REPLACE INTO post (source, {COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    );
    let mut put = db.prepare_cached(&sql)?;
    for (id, post) in posts {
        let [views, reactions, reposts, comments] = post.counts.0.map(|count| count.map(|n| n as i64));
        put.execute(params![
            source,
            id.as_str(),
            post.number.map(|n| n as i64),
            post.content,
            views,
            reactions,
            reposts,
            comments,
            post.seen_at.as_millisecond(),
            post.published_at.as_millisecond(),
            post.deleted,
            post.checked_at.map(|time| time.as_millisecond()),
            post.page_at.as_millisecond(),
            post.parent,
        ])?;
    }
    let mut put = db.prepare_cached("INSERT OR REPLACE INTO refused VALUES (?1, ?2, ?3, ?4)")?;
    for refused in refused {
        put.execute(params![source, refused.position, refused.reason, now.as_millisecond()])?;
    }
    Ok(())
}

fn read_known(row: &Row<'_>) -> Result<(String, Known)> {
    let count = |column| row.get::<_, Option<i64>>(column).map(|count| count.map(|n| n as u64));
    let time = |millis| Time::from_millisecond(millis).unwrap_or(Time::UNIX_EPOCH);
    let known = Known {
        number: count(1)?,
        content: row.get(2)?,
        counts: Counts([count(3)?, count(4)?, count(5)?, count(6)?]),
        seen_at: time(row.get(7)?),
        published_at: time(row.get(8)?),
        deleted: row.get(9)?,
        checked_at: row.get::<_, Option<i64>>(10)?.map(time),
        page_at: time(row.get(11)?),
        parent: row.get(12)?,
    };
    Ok((row.get(0)?, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-01T10:00:00Z";

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn id(number: u64) -> PostId {
        PostId::new(format!("tg:gorod/{number}")).unwrap()
    }

    fn known(published: &str, on_page: &str) -> Known {
        Known {
            number: Some(1),
            parent: None,
            content: [1; 16],
            counts: Counts([Some(1), None, Some(u64::from(u32::MAX)), Some(0)]),
            seen_at: time(NOW),
            published_at: time(published),
            deleted: false,
            checked_at: None,
            page_at: time(on_page),
        }
    }

    #[test]
    fn what_is_remembered_comes_back_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ingest.db");
        let mut state = State::open(&path).unwrap();
        let mut cursor = state.cursor("s", "telegram:gorod").unwrap();
        (cursor.last_number, cursor.failures, cursor.next_at) = (Some(7), 2, Some(time(NOW)));
        let refused = Refused { position: "1".into(), reason: "no_date".into() };
        let post = known("2026-10-31T10:00:00Z", NOW);
        state.commit("s", &cursor, &[(id(1), post.clone())], std::slice::from_ref(&refused), time(NOW)).unwrap();
        drop(state);
        let mut state = State::open(&path).unwrap();
        assert_eq!(state.cursor("s", "telegram:gorod").unwrap(), cursor);
        assert_eq!(state.known("s", [id(1), id(2)].iter()).unwrap(), HashMap::from([(id(1), post)]));
        assert_eq!(state.known("other", [id(1)].iter()).unwrap(), HashMap::new());
        assert!(!state.unheard("s", &refused).unwrap() && state.unheard("other", &refused).unwrap());
        assert_eq!(state.cursor("s", "telegram:other").unwrap().last_number, None);
        assert_eq!(state.known("s", [id(1)].iter()).unwrap(), HashMap::new());
    }

    #[test]
    fn files_of_earlier_versions_are_read_on() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ingest.db");
        let old = SCHEMA.replace(", parent TEXT", "").replace("spare INTEGER NOT NULL DEFAULT 0, ", "");
        let old = old.lines().filter(|line| !line.contains("post_parent")).collect::<Vec<_>>().join("\n");
        Connection::open(&path)
            .unwrap()
            .execute_batch(&(old + "INSERT INTO spent VALUES ('$A', 'wall.get', 7, 10);"))
            .unwrap();
        let state = State::open(&path).unwrap();
        let spent = state.spent().unwrap();
        assert_eq!(spent.iter().map(|spent| (spent.span, spent.calls, spent.spare)).collect::<Vec<_>>(), [(7, 10, 0)]);
        assert_eq!(state.comments_of("s", &id(1)).unwrap(), []);
    }

    #[test]
    fn only_posts_that_are_old_and_off_the_page_are_forgotten() {
        let mut state = State::open(Path::new(":memory:")).unwrap();
        let posts = [
            (id(1), known("2026-01-01T00:00:00Z", "2026-10-01T00:00:00Z")),
            (id(2), known("2026-01-01T00:00:00Z", NOW)),
            (id(3), known("2026-10-31T00:00:00Z", "2026-10-01T00:00:00Z")),
        ];
        state.commit("read", &Cursor::default(), &posts, &[], time(NOW)).unwrap();
        state.commit("silent", &Cursor::default(), &posts[..1], &[], time(NOW)).unwrap();
        assert_eq!(state.prune(time(NOW)).unwrap(), 1);
        assert_eq!(state.known("read", [id(1), id(2), id(3)].iter()).unwrap().len(), 2);
        assert_eq!(state.known("silent", [id(1)].iter()).unwrap().len(), 1, "what is not read is not off the page");
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Post)) {
        let post: Post = serde_json::from_str(
            r#"{"id":"tg:gorod/1","platform":"telegram","source":"s","published_at":"2026-11-01T10:00:00Z","text":"a"}"#,
        )
        .unwrap();
        let mut other = post.clone();
        change(&mut other);
        assert_eq!(content_hash(&post) == content_hash(&other), post.same_content(&other), "{other:?}");
    }

    #[test]
    fn the_hash_tells_versions_apart_as_the_model_does() {
        check(|_| ());
        check(|post| post.text = "b".into());
        check(|post| post.title = Some("a".into()));
        check(|post| post.url = Some("https://t.me/gorod/1".into()));
        check(|post| post.edited_at = Some(time(NOW)));
        check(|post| post.deleted_at = Some(time(NOW)));
        check(|post| post.forwarded_from = Some("a".into()));
        check(|post| post.in_reply_to = Some("a".into()));
        check(|post| post.poll = Some(model::Poll { question: "a".into(), options: vec![] }));
        check(|post| post.views = Some(5));
        check(|post| post.seen_at = Some(time(NOW)));
        check(|post| post.author = Some("0".repeat(16)));
    }
}
