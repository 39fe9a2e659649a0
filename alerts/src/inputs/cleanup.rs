//! Removes what nothing needs any more.

use model::Time;
use rusqlite::Transaction;

use crate::rules::baseline;
use crate::store::error::AlertError;
use crate::store::meta;

/// Seconds between two runs.
const CLEAR_EVERY_S: i64 = 6 * 3600;

/// Posts that no alert holds are kept for so many days, which is beyond the eight weeks of history.
const KEEP_DAYS: i64 = 60;

/// Whether a post that was published then, in milliseconds, is no longer kept.
pub fn is_let_go(at: i64, now: Time) -> bool {
    at < oldest_kept(now)
}

fn oldest_kept(now: Time) -> i64 {
    now.as_millisecond() - KEEP_DAYS * 86_400_000
}

/// Removes what nothing needs any more, if it is time to.
pub fn run(transaction: &Transaction<'_>, now: Time) -> Result<(), AlertError> {
    let last = meta::get(transaction, "cleared_at")?.and_then(|at| at.parse::<i64>().ok());
    if last.is_some_and(|last| now.as_second() - last < CLEAR_EVERY_S) {
        return Ok(());
    }
    meta::set(transaction, "cleared_at", &now.as_second().to_string())?;
    baseline::forget(transaction, now.as_millisecond())?;
    let oldest = oldest_kept(now);
    // Posts of alerts stay with them. Of the others only tombstones stay, so that nothing deleted comes back.
    transaction.execute(
        "DELETE FROM post WHERE at < ?1 AND story IS NOT NULL
            AND story NOT IN (SELECT story FROM alert WHERE story IS NOT NULL)
            AND id NOT IN (SELECT post FROM alert_post)",
        [oldest],
    )?;
    transaction.execute(
        "DELETE FROM story WHERE last < ?1 AND id NOT IN (SELECT story FROM alert WHERE story IS NOT NULL)",
        [oldest],
    )?;
    transaction.execute(
        "DELETE FROM member WHERE story NOT IN (SELECT id FROM story) AND story NOT IN (SELECT alert FROM alert_size)",
        [],
    )?;
    transaction.execute("DELETE FROM growth WHERE hour < ?1", [oldest / 3_600_000])?;
    transaction.execute("DELETE FROM taken WHERE hour < ?1", [oldest / 3_600_000])?;
    Ok(())
}
