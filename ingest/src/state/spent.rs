//! What the tokens of an API have spent of their limits, so that a restart forgets no call.

use rusqlite::{Result, params};

use super::file::State;
use crate::schedule::quota::Spent;

impl State {
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
