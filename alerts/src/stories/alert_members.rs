//! The posts of an alert that is about no single story, and what they add up to, counted along as posts come and go.

use model::PostId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::members::{add_member, remove_member};
use super::story::{self, Size};
use crate::store::alert::Alert;
use crate::store::error::AlertError;
use crate::store::post::StoredPost;
use crate::store::post_table;

/// Voices and sources of an alert as they are counted along, without a look at each post of a flood.
pub fn size(database: &Connection, alert: &Alert) -> Result<Size, AlertError> {
    if alert.story.is_some() {
        return recounted_size(database, alert);
    }
    let mut select = database.prepare_cached("SELECT voices, sources FROM alert_size WHERE alert = ?1")?;
    let size =
        select.query_row([&alert.id], |row| Ok(Size { voices: row.get(0)?, sources: row.get(1)? })).optional()?;
    Ok(size.unwrap_or_default())
}

/// Voices and sources of an alert, added up from its posts.
pub fn recounted_size(database: &Connection, alert: &Alert) -> Result<Size, AlertError> {
    if let Some(story) = &alert.story {
        let story = story::load(database, story)?;
        return Ok(story.map_or_else(Size::default, |story| story.size()));
    }
    let mut select = database.prepare_cached(
        "SELECT count(DISTINCT voice), count(DISTINCT source) FROM post JOIN alert_post ON alert_post.post = post.id
         WHERE alert_post.alert = ?1 AND post.story IS NOT NULL",
    )?;
    Ok(select.query_row([&alert.id], |row| Ok(Size { voices: row.get(0)?, sources: row.get(1)? }))?)
}

/// Adds a post to an alert that is about no single story. Where the caller does not have the post it is read, if it is new there.
pub fn join(
    transaction: &Transaction<'_>,
    alert: &str,
    id: &PostId,
    post: Option<&StoredPost>,
) -> Result<(), AlertError> {
    let added = transaction
        .prepare_cached("INSERT OR IGNORE INTO alert_post (alert, post) VALUES (?1, ?2)")?
        .execute(params![alert, id.as_str()])?;
    if added == 0 {
        return Ok(());
    }
    let read = if post.is_none() { post_table::load(transaction, id)? } else { None };
    match post.or(read.as_ref()).filter(|post| post.story.is_some()) {
        Some(post) => count_in(transaction, alert, post),
        None => Ok(()),
    }
}

/// The alerts that are about no single story and hold a post, whether or not a version of it counts now.
pub fn alerts_holding(transaction: &Transaction<'_>, post: &PostId) -> Result<Vec<String>, AlertError> {
    let mut select = transaction.prepare_cached("SELECT alert FROM alert_post WHERE post = ?1 ORDER BY alert")?;
    let alerts = select.query_map([post.as_str()], |row| row.get(0))?;
    Ok(alerts.collect::<Result<_, _>>()?)
}

/// Counts a version of a post into the sums of an alert that has it.
pub fn count_in(transaction: &Transaction<'_>, alert: &str, post: &StoredPost) -> Result<(), AlertError> {
    let voices = add_member(transaction, alert, "voice", post.voice.as_deref())?;
    let sources = add_member(transaction, alert, "source", Some(&post.source))?;
    set_time(transaction, alert, post, Some(post.at))?;
    transaction
        .prepare_cached(
            "INSERT INTO alert_size (alert, voices, sources, posts) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (alert) DO UPDATE SET
                voices = voices + excluded.voices, sources = sources + excluded.sources, posts = posts + 1",
        )?
        .execute(params![alert, voices, sources])?;
    Ok(())
}

/// Notes when a post of an alert was published, by which the newest is found; none: no version of it counts.
fn set_time(transaction: &Transaction<'_>, alert: &str, post: &StoredPost, at: Option<i64>) -> Result<(), AlertError> {
    transaction
        .prepare_cached("UPDATE alert_post SET published = ?3 WHERE alert = ?1 AND post = ?2")?
        .execute(params![alert, post.id.as_str(), at])?;
    Ok(())
}

/// Takes a version of a post out of those sums. They are never added up from the posts: for the alert of a flood that takes seconds,
/// with each post that goes.
pub fn count_out(transaction: &Transaction<'_>, alert: &str, post: &StoredPost) -> Result<(), AlertError> {
    let voices = remove_member(transaction, alert, "voice", post.voice.as_deref())?;
    let sources = remove_member(transaction, alert, "source", Some(&post.source))?;
    set_time(transaction, alert, post, None)?;
    transaction
        .prepare_cached(
            "UPDATE alert_size SET voices = voices - ?2, sources = sources - ?3, posts = posts - 1 WHERE alert = ?1",
        )?
        .execute(params![alert, voices, sources])?;
    Ok(())
}
