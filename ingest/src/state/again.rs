//! What is asked of the remembered posts to read them, their comments and their walls again, and what VK's tokens have spent.

use std::collections::{HashMap, HashSet};

use config::Reread;
use model::{PostId, Time};
use rusqlite::{OptionalExtension, params};

use super::{COLUMNS, Known, Result, State, read_known};
use crate::quota::Spent;
use crate::reread;

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
    /// Posts that are due to be read again and are not `present`, the newest first.
    pub(crate) fn due(
        &self,
        source: &str,
        present: &HashSet<&PostId>,
        now: Time,
        settings: &Reread,
    ) -> Result<Vec<(PostId, Known)>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM post WHERE source = ?1 AND published_at > ?2 AND deleted = 0 AND parent IS NULL
             ORDER BY published_at DESC"
        );
        let mut find = self.db.prepare_cached(&sql)?;
        let since = reread::since(now, settings).as_millisecond();
        let mut due = Vec::new();
        for row in find.query_map(params![source, since], read_known)? {
            let (id, known) = row?;
            let read_at = known.checked_at.map_or(known.page_at, |checked| checked.max(known.page_at));
            let is_due = reread::is_due(known.published_at, read_at, now, settings);
            if let Some(id) = PostId::new(id).ok().filter(|id| is_due && !present.contains(id)) {
                due.push((id, known));
            }
        }
        Ok(due)
    }

    /// Of these posts with the comments they say they have, those whose thread is to be read: never read, changed in its
    /// number, or due again. Where the number is not told, or a comment came while another went, only time tells.
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

    /// Whether a post came in through another source.
    pub(crate) fn is_elsewhere(&self, source: &str, id: &PostId) -> Result<bool> {
        let mut find = self.db.prepare_cached("SELECT 1 FROM post WHERE id = ?1 AND source <> ?2")?;
        find.exists([id.as_str(), source])
    }

    /// Posts of each source published since a time.
    pub(crate) fn published_since(&self, since: Time) -> Result<HashMap<String, u64>> {
        let sql = "SELECT source, count(*) FROM post WHERE published_at > ?1 AND parent IS NULL GROUP BY source";
        let mut find = self.db.prepare_cached(sql)?;
        let rows = find.query_map([since.as_millisecond()], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        rows.collect()
    }

    /// Saves what tokens have spent in spans.
    pub(crate) fn put_spent(&mut self, spent: &[Spent]) -> Result<()> {
        let change = self.db.transaction()?;
        for spent in spent {
            change.execute(
                "INSERT OR REPLACE INTO spent VALUES (?1, ?2, ?3, ?4, ?5)",
                params![spent.token, spent.method, spent.span, spent.calls, spent.spare],
            )?;
        }
        change.commit()
    }

    /// What tokens have spent, as saved.
    pub(crate) fn spent(&self) -> Result<Vec<Spent>> {
        let mut find = self.db.prepare("SELECT token, method, span, calls, spare FROM spent ORDER BY span")?;
        let rows = find.query_map([], |row| {
            let (token, method, span) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Spent { token, method, span, calls: row.get(3)?, spare: row.get(4)? })
        })?;
        rows.collect()
    }
}
