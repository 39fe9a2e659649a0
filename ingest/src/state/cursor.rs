//! A source's cursor: where it was read to and how its polls went.

use model::Time;
use rusqlite::{Connection, OptionalExtension, Result};
use serde::{Deserialize, Serialize};

use super::file::State;
use crate::fetch::Validators;

/// A source's place: where it was read to and how its polls went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// What the source's address was: a source whose address changed starts from the beginning.
    pub address: String,
    /// Number of the newest post of the last poll that read everything down to the one before.
    pub last_number: Option<u64>,
    /// Of a feed too long for one poll: the item that the next one goes on with; 0: nothing is left.
    pub go_on: usize,
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

impl State {
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

    /// Writes a cursor alone.
    pub(crate) fn put_cursor(&self, source: &str, cursor: &Cursor) -> Result<()> {
        write_cursor(&self.db, source, cursor)
    }
}

pub(super) fn write_cursor(db: &Connection, source: &str, cursor: &Cursor) -> Result<()> {
    let json = String::from_utf8_lossy(&model::wire::write(cursor)).into_owned();
    db.execute("INSERT OR REPLACE INTO source (id, cursor) VALUES (?1, ?2)", [source, &json]).map(|_| ())
}
