//! The voices and sources of a story, or of an alert that is about no single story, each with the number of its posts.

use rusqlite::{Transaction, params};

use crate::store::error::AlertError;

/// Counts a voice or a source into a story or an alert; 1 if it is new there.
pub fn add_member(transaction: &Transaction<'_>, of: &str, what: &str, value: Option<&str>) -> Result<u64, AlertError> {
    let Some(value) = value else { return Ok(0) };
    let known = transaction
        .prepare_cached("UPDATE member SET posts = posts + 1 WHERE story = ?1 AND what = ?2 AND value = ?3")?
        .execute(params![of, what, value])?;
    if known > 0 {
        return Ok(0);
    }
    let new = transaction
        .prepare_cached("INSERT INTO member (story, what, value, posts) VALUES (?1, ?2, ?3, 1)")?
        .execute(params![of, what, value])?;
    Ok(new as u64)
}

/// Takes a voice or a source out again; 1 if that was its only post.
pub fn remove_member(
    transaction: &Transaction<'_>,
    of: &str,
    what: &str,
    value: Option<&str>,
) -> Result<u64, AlertError> {
    let Some(value) = value else { return Ok(0) };
    let others = transaction
        .prepare_cached(
            "UPDATE member SET posts = posts - 1 WHERE story = ?1 AND what = ?2 AND value = ?3 AND posts > 1",
        )?
        .execute(params![of, what, value])?;
    if others > 0 {
        return Ok(0);
    }
    let gone = transaction
        .prepare_cached("DELETE FROM member WHERE story = ?1 AND what = ?2 AND value = ?3")?
        .execute(params![of, what, value])?;
    Ok(gone as u64)
}
