//! The posts of each source that are remembered.

use std::collections::{HashMap, HashSet};

use model::{PostId, Time};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::cursor::{Cursor, write_cursor};
use super::file::State;
use super::known::{COLUMNS, Known, read_known};

/// A problem that became a dead letter and must not become one again with every poll.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Rejected {
    /// Where on the page.
    pub position: String,
    /// The named reason.
    pub reason: String,
}

impl State {
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
        present: &HashSet<PostId>,
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
    pub(crate) fn is_unreported(&self, source: &str, rejected: &Rejected) -> Result<bool> {
        let sql = "SELECT 1 FROM refused WHERE source = ?1 AND position = ?2 AND reason = ?3";
        let mut find = self.db.prepare_cached(sql)?;
        Ok(!find.exists([source, &rejected.position, &rejected.reason])?)
    }

    /// Writes what a poll brought, all of it or nothing.
    pub(crate) fn commit(
        &mut self,
        source: &str,
        cursor: &Cursor,
        posts: &[(PostId, Known)],
        rejected: &[Rejected],
        now: Time,
    ) -> Result<()> {
        let change = self.db.transaction()?;
        write_cursor(&change, source, cursor)?;
        write_posts(&change, source, posts, rejected, now)?;
        change.commit()
    }

    /// Writes what came without a poll, all of it or nothing.
    pub(crate) fn remember(
        &mut self,
        source: &str,
        posts: &[(PostId, Known)],
        rejected: &[Rejected],
        now: Time,
    ) -> Result<()> {
        let change = self.db.transaction()?;
        write_posts(&change, source, posts, rejected, now)?;
        change.commit()
    }

    /// Whether a post came in through another source.
    pub(crate) fn is_elsewhere(&self, source: &str, id: &PostId) -> Result<bool> {
        let mut find = self.db.prepare_cached("SELECT 1 FROM post WHERE id = ?1 AND source <> ?2")?;
        find.exists([id.as_str(), source])
    }
}

fn write_posts(
    db: &Connection,
    source: &str,
    posts: &[(PostId, Known)],
    rejected: &[Rejected],
    now: Time,
) -> Result<()> {
    // A poll that read a post before it was forgotten ends after.
    let sql = format!(
        "INSERT OR REPLACE INTO post (source, {COLUMNS}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16
         WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE id = ?2)"
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
            post.masks,
            post.of_old,
        ])?;
    }
    let mut put = db.prepare_cached("INSERT OR REPLACE INTO refused VALUES (?1, ?2, ?3, ?4)")?;
    for rejected in rejected {
        put.execute(params![source, rejected.position, rejected.reason, now.as_millisecond()])?;
    }
    Ok(())
}
