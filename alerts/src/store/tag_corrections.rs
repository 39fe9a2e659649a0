//! What people said of posts: the last message of each post, and whether its post was tagged anew since.

use journal::Checkpoint;
use model::{Correction, PostId, wire};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::error::AlertError;

/// A correction whose post is yet to be tagged anew.
#[derive(Debug)]
pub struct Waiting {
    pub said: Correction,
    /// How far the tagged posts were read when it came: every later version meets it.
    pub since: Checkpoint,
}

/// Whether anybody said anything: for most installations and times, nothing of any post.
pub fn any(database: &Connection) -> Result<bool, AlertError> {
    let mut select = database.prepare_cached("SELECT EXISTS (SELECT 1 FROM tag_correction)")?;
    Ok(select.query_row([], |row| row.get(0))?)
}

/// The last message about a post.
pub fn of_post(database: &Connection, post: &PostId) -> Result<Option<Correction>, AlertError> {
    let mut select = database.prepare_cached("SELECT message FROM tag_correction WHERE post = ?1")?;
    let message: Option<String> = select.query_row([post.as_str()], |row| row.get(0)).optional()?;
    message.map(|message| read(&message)).transpose()
}

/// Notes a message; its post waits to be tagged anew.
pub fn note(transaction: &Transaction<'_>, said: &Correction, since: &Checkpoint) -> Result<(), AlertError> {
    let since = serde_json::to_string(since).map_err(|error| AlertError::Stored(error.to_string()))?;
    let message = String::from_utf8_lossy(&wire::write(said)).into_owned();
    transaction.execute(
        "INSERT OR REPLACE INTO tag_correction (post, message, waits_for) VALUES (?1, ?2, ?3)",
        params![said.id.as_str(), message, since],
    )?;
    Ok(())
}

/// Forgets what was said of a post.
pub fn forget(transaction: &Transaction<'_>, post: &PostId) -> Result<(), AlertError> {
    transaction.execute("DELETE FROM tag_correction WHERE post = ?1", [post.as_str()])?;
    Ok(())
}

/// Drops the words of what was said of a post that was deleted at its source.
pub fn drop_note(transaction: &Transaction<'_>, post: &PostId) -> Result<(), AlertError> {
    transaction
        .prepare_cached("UPDATE tag_correction SET message = json_remove(message, '$.note') WHERE post = ?1")?
        .execute([post.as_str()])?;
    Ok(())
}

/// The corrections whose posts wait to be tagged anew, by post, at most `limit`.
pub fn waiting(database: &Connection, limit: usize) -> Result<Vec<Waiting>, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT message, waits_for FROM tag_correction WHERE waits_for IS NOT NULL ORDER BY post LIMIT ?1",
    )?;
    let mut rows = select.query([limit])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let (message, since): (String, String) = (row.get(0)?, row.get(1)?);
        let since = serde_json::from_str(&since).map_err(|_| AlertError::Stored("position of a correction".into()))?;
        waiting.push(Waiting { said: read(&message)?, since });
    }
    Ok(waiting)
}

/// Notes that a post was tagged anew as the last message about it says. Of what was withdrawn nothing stays.
pub fn settle(transaction: &Transaction<'_>, said: &Correction) -> Result<(), AlertError> {
    match said.withdrawn {
        true => forget(transaction, &said.id),
        false => {
            transaction
                .prepare_cached("UPDATE tag_correction SET waits_for = NULL WHERE post = ?1")?
                .execute([said.id.as_str()])?;
            Ok(())
        }
    }
}

fn read(message: &str) -> Result<Correction, AlertError> {
    wire::read(message.as_bytes()).map_err(|_| AlertError::Stored("correction of a post".into()))
}
