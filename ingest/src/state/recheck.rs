//! Which remembered posts are due to be read again, and how often each source posts.

use std::collections::{HashMap, HashSet};

use config::Reread;
use model::{PostId, Time};
use rusqlite::{Result, params};

use super::file::State;
use super::known::{COLUMNS, Known, read_known};
use crate::schedule::reread;

impl State {
    /// Posts that are due to be read again and are not `present`, the newest first.
    pub(crate) fn due(
        &self,
        source: &str,
        present: &HashSet<PostId>,
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

    /// Posts of each source published since a time.
    pub(crate) fn published_since(&self, since: Time) -> Result<HashMap<String, u64>> {
        let sql = "SELECT source, count(*) FROM post WHERE published_at > ?1 AND parent IS NULL GROUP BY source";
        let mut find = self.db.prepare_cached(sql)?;
        let rows = find.query_map([since.as_millisecond()], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        rows.collect()
    }
}
