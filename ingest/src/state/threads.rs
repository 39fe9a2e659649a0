//! The threads of comments under remembered posts.

use std::collections::HashSet;

use config::Reread;
use model::{PostId, Time};
use rusqlite::{OptionalExtension, Result, params};

use super::file::State;
use super::known::{COLUMNS, Known, read_known};
use crate::schedule::reread;

/// A thread of comments that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Thread {
    /// The post above it.
    pub post: PostId,
    /// How many comments the post said it had.
    pub told: Option<u64>,
    /// The comments read, if these are all there are: others that are remembered are gone.
    pub whole: Option<HashSet<PostId>>,
}

impl State {
    /// Of these posts with the comments they say they have, those whose thread is to be read: never read, changed in its
    /// number, or due again. Where the number is unknown, or one comment came as another went, only time decides.
    pub(crate) fn threads_due(
        &self,
        source: &str,
        posts: Vec<(PostId, Time, Option<u64>)>,
        now: Time,
        settings: &Reread,
    ) -> Result<Vec<(PostId, Option<u64>)>> {
        let mut find = self.db.prepare_cached("SELECT told, read_at FROM thread WHERE source = ?1 AND post = ?2")?;
        let mut due = Vec::new();
        for (id, published_at, told) in posts {
            let row = |row: &rusqlite::Row<'_>| -> Result<(Option<i64>, i64)> { Ok((row.get(0)?, row.get(1)?)) };
            let is_due = match find.query_row([source, id.as_str()], row).optional()? {
                Some((before, _)) if told.is_some() && before.map(|n| n as u64) != told => true,
                Some((_, read_at)) => {
                    let read_at = Time::from_millisecond(read_at).unwrap_or(Time::UNIX_EPOCH);
                    told != Some(0) && reread::is_due(published_at, read_at, now, settings)
                }
                None => told != Some(0) && published_at > reread::since(now, settings),
            };
            if is_due {
                due.push((id, told));
            }
        }
        Ok(due)
    }

    /// Remembers that threads were read.
    pub(crate) fn put_threads(&mut self, source: &str, threads: &[Thread], now: Time) -> Result<()> {
        let change = self.db.transaction()?;
        for thread in threads {
            change.execute(
                "INSERT OR REPLACE INTO thread VALUES (?1, ?2, ?3, ?4)",
                params![source, thread.post.as_str(), thread.told.map(|n| n as i64), now.as_millisecond()],
            )?;
        }
        change.commit()
    }

    /// Comments of a post that are remembered and not deleted.
    pub(crate) fn comments_of(&self, source: &str, post: &PostId) -> Result<Vec<(PostId, Known)>> {
        let sql = format!("SELECT {COLUMNS} FROM post WHERE source = ?1 AND parent = ?2 AND deleted = 0");
        let mut find = self.db.prepare_cached(&sql)?;
        let rows = find.query_map([source, post.as_str()], read_known)?;
        let mut comments = Vec::new();
        for row in rows {
            let (id, known) = row?;
            comments.extend(PostId::new(id).ok().map(|id| (id, known)));
        }
        Ok(comments)
    }
}
