//! What was seen of each source, by the coverage of its polls.

use std::collections::BTreeMap;

use model::{Coverage, Time};
use rusqlite::{Connection, Transaction, params};

use super::columns::time;
use super::error::AlertError;

/// Notes a poll.
pub fn note(transaction: &Transaction<'_>, poll: &Coverage) -> Result<(), AlertError> {
    let at = poll.at.as_millisecond();
    // A poll that covers nothing has not seen the source, whatever its outcome.
    let ok = poll.covers_from.map(|_| at);
    transaction
        .prepare_cached(
            "INSERT INTO source_seen (source, platform, ok_at, last_at, outcome) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (source) DO UPDATE SET platform = excluded.platform,
                ok_at = CASE WHEN excluded.ok_at IS NULL THEN ok_at ELSE max(coalesce(ok_at, 0), excluded.ok_at) END,
                outcome = CASE WHEN excluded.last_at >= last_at THEN excluded.outcome ELSE outcome END,
                last_at = max(last_at, excluded.last_at)",
        )?
        .execute(params![poll.source, poll.platform.as_str(), ok, at, poll.outcome])?;
    Ok(())
}

/// When each source was last seen.
pub fn all(database: &Connection) -> Result<BTreeMap<String, Option<Time>>, AlertError> {
    let mut select = database.prepare_cached("SELECT source, ok_at FROM source_seen")?;
    let mut rows = select.query([])?;
    let mut seen = BTreeMap::new();
    while let Some(row) = rows.next()? {
        seen.insert(row.get(0)?, row.get::<_, Option<i64>>(1)?.map(time).transpose()?);
    }
    Ok(seen)
}
