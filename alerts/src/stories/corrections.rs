//! Stories that become one, and posts that a person puts elsewhere.

use model::PostId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::story::{Story, begin};
use super::sums::recount;
use crate::store::error::AlertError;
use crate::store::post::StoredPost;
use crate::store::post_table;

/// Makes a story part of another.
pub fn merge(transaction: &Transaction<'_>, keep: &str, gone: &str) -> Result<(), AlertError> {
    transaction.execute("UPDATE post SET story = ?1 WHERE story = ?2", params![keep, gone])?;
    transaction.execute("UPDATE correction SET story = ?1 WHERE story = ?2", params![keep, gone])?;
    transaction.execute(
        "UPDATE story SET (event, events) = (SELECT event, events FROM story AS gone WHERE gone.id = ?2)
         WHERE id = ?1 AND event IS NULL",
        params![keep, gone],
    )?;
    transaction.execute("INSERT OR REPLACE INTO merged (story, into_story) VALUES (?1, ?2)", params![gone, keep])?;
    transaction.execute("DELETE FROM story WHERE id = ?1", [gone])?;
    transaction.execute("DELETE FROM member WHERE story = ?1", [gone])?;
    recount(transaction, keep)
}

/// The story that a person put a post into.
pub fn corrected_story(database: &Connection, post: &PostId) -> Result<Option<String>, AlertError> {
    let mut select = database.prepare_cached("SELECT story FROM correction WHERE post = ?1")?;
    Ok(select.query_row([post.as_str()], |row| row.get(0)).optional()?)
}

/// Puts a post into a story for good: it holds against every later version of the post.
pub fn correct(transaction: &Transaction<'_>, post: &StoredPost, story: &str) -> Result<(), AlertError> {
    transaction
        .execute("INSERT OR REPLACE INTO correction (post, story) VALUES (?1, ?2)", params![post.id.as_str(), story])?;
    let moved = StoredPost { story: Some(story.to_owned()), ..post.clone() };
    post_table::store(transaction, &moved)?;
    for story in post.story.iter().map(String::as_str).chain([story]) {
        recount(transaction, story)?;
    }
    Ok(())
}

/// Begins a story for a post that a person took out of another.
pub fn begin_apart(
    transaction: &Transaction<'_>,
    post: &StoredPost,
    story: &str,
    from: &Story,
) -> Result<(), AlertError> {
    begin(transaction, story, &from.kind, post, &from.headline, None)
}
