//! Chats that a bot was told of, and where it goes on to be told.

use std::path::Path;

use model::{Platform, Time};
use rusqlite::{OptionalExtension, Result, params};

use super::file::State;

/// A bot is in some hundred chats; whoever adds it to chats without end fills no disk of ours.
const MAX_CHATS: i64 = 10_000;

/// A chat that a bot was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownChat {
    /// Its number.
    pub id: i64,
    /// Whether it is a channel; none: it was not told.
    pub is_channel: Option<bool>,
    /// Its name, once that was changed or asked for.
    pub title: Option<String>,
    /// Since when the bot is in it.
    pub since: Time,
    /// When it was put out of it.
    pub left_at: Option<Time>,
}

impl KnownChat {
    /// The chats of a platform that a data folder knows of, by number; none where nothing was collected yet.
    ///
    /// # Errors
    /// Where `ingest.db` is there and cannot be read.
    pub fn read(data_dir: &Path, platform: Platform) -> std::result::Result<Vec<KnownChat>, sqlite::OpenError> {
        let path = data_dir.join("ingest.db");
        if !path.exists() {
            return Ok(Vec::new());
        }
        Ok(State::open(&path)?.chats(platform)?)
    }
}

impl State {
    /// Notes that a bot is in a chat. One that it was put out of it is in again since now.
    pub(crate) fn note_chat(&self, platform: Platform, id: i64, is_channel: Option<bool>, now: Time) -> Result<()> {
        let sql = "INSERT INTO chat (platform, id, is_channel, since)
                   SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM chat) < ?5 OR EXISTS (SELECT 1 FROM chat WHERE platform = ?1 AND id = ?2)
                   ON CONFLICT DO UPDATE SET is_channel = coalesce(excluded.is_channel, is_channel),
                       since = iif(left_at IS NULL, since, excluded.since), left_at = NULL";
        let mut note = self.db.prepare_cached(sql)?;
        note.execute(params![platform.as_str(), id, is_channel, now.as_millisecond(), MAX_CHATS]).map(drop)
    }

    /// Notes what a chat is called now.
    pub(crate) fn title_chat(&self, platform: Platform, id: i64, title: &str) -> Result<()> {
        let sql = "UPDATE chat SET title = ?3 WHERE platform = ?1 AND id = ?2";
        self.db.execute(sql, params![platform.as_str(), id, title]).map(drop)
    }

    /// Notes that a bot was put out of a chat.
    pub(crate) fn leave_chat(&self, platform: Platform, id: i64, now: Time) -> Result<()> {
        let sql = "UPDATE chat SET left_at = ?3 WHERE platform = ?1 AND id = ?2 AND left_at IS NULL";
        self.db.execute(sql, params![platform.as_str(), id, now.as_millisecond()]).map(drop)
    }

    /// The chats of a platform that are known, by number.
    pub(crate) fn chats(&self, platform: Platform) -> Result<Vec<KnownChat>> {
        let sql = "SELECT id, is_channel, title, since, left_at FROM chat WHERE platform = ?1 ORDER BY id";
        let mut find = self.db.prepare(sql)?;
        let time = |millis| Time::from_millisecond(millis).unwrap_or(Time::UNIX_EPOCH);
        let rows = find.query_map([platform.as_str()], |row| {
            Ok(KnownChat {
                id: row.get(0)?,
                is_channel: row.get(1)?,
                title: row.get(2)?,
                since: time(row.get(3)?),
                left_at: row.get::<_, Option<i64>>(4)?.map(time),
            })
        })?;
        rows.collect()
    }

    /// Where the events of a platform go on.
    pub(crate) fn marker(&self, platform: Platform) -> Result<Option<i64>> {
        let sql = "SELECT at FROM marker WHERE platform = ?1";
        self.db.query_row(sql, [platform.as_str()], |row| row.get(0)).optional()
    }

    /// Keeps where the events of a platform go on, once those before are in the journal.
    pub(crate) fn put_marker(&self, platform: Platform, at: i64) -> Result<()> {
        self.db.execute("INSERT OR REPLACE INTO marker VALUES (?1, ?2)", params![platform.as_str(), at]).map(drop)
    }
}
