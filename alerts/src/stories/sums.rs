//! What the posts of a story add up to, counted along as posts come and go.

use rusqlite::{Transaction, params};

use super::members::{add_member, remove_member};
use super::relation;
use super::story::{Story, load};
use crate::store::columns::{self, rank};
use crate::store::error::AlertError;
use crate::store::post::StoredPost;

/// Counts a post into its story, and returns the story as it is then. A story of a topic in which a post tells a risk is about that risk.
///
/// It is updated and then read: `RETURNING` makes SQLite keep a journal for the statement, which costs more than reading the row
/// again. The members are counted in the same way.
pub fn count(transaction: &Transaction<'_>, story: &str, post: &StoredPost) -> Result<Story, AlertError> {
    let sources = add_member(transaction, story, "source", Some(&post.source))?;
    let voices = add_member(transaction, story, "voice", post.voice.as_deref())?;
    let level = post.level.map(rank);
    transaction
        .prepare_cached(
            "UPDATE story SET posts = posts + 1, views = views + ?3,
                first = CASE posts WHEN 0 THEN ?2 ELSE min(first, ?2) END,
                last = CASE posts WHEN 0 THEN ?2 ELSE max(last, ?2) END,
                level = CASE WHEN posts = 0 OR level IS NULL THEN ?4 WHEN ?4 IS NULL THEN level ELSE max(level, ?4) END,
                recipient = coalesce(recipient, ?5), place = coalesce(place, ?6), voices = voices + ?7, sources = sources + ?8,
                kind = CASE WHEN level IS NULL AND ?9 IS NOT NULL THEN ?9 ELSE kind END,
                event = CASE WHEN posts = 0 OR event IS NULL OR (level IS NULL AND ?9 IS NOT NULL) THEN coalesce(?10, event)
                        ELSE event END,
                events = CASE WHEN posts = 0 OR event IS NULL OR (level IS NULL AND ?9 IS NOT NULL) THEN coalesce(?11, events)
                         ELSE events END
             WHERE id = ?1",
        )?
        .execute(params![
            story,
            post.at,
            post.views,
            level,
            post.recipient,
            post.place,
            voices,
            sources,
            post.risk,
            post.events.first().map(relation::code),
            columns::events_json(&post.events)
        ])?;
    load(transaction, story)?.ok_or(AlertError::Database(rusqlite::Error::QueryReturnedNoRows))
}

/// Takes a version of a post out of its story; the row stays and counts for nothing. Call [`refresh`] once the post is where it belongs.
pub fn uncount(transaction: &Transaction<'_>, story: &str, post: &StoredPost) -> Result<(), AlertError> {
    let voices = remove_member(transaction, story, "voice", post.voice.as_deref())?;
    let sources = remove_member(transaction, story, "source", Some(&post.source))?;
    transaction.prepare_cached("UPDATE post SET story = NULL WHERE id = ?1")?.execute([post.id.as_str()])?;
    transaction
        .prepare_cached(
            "UPDATE story SET posts = posts - 1, views = views - ?2, voices = voices - ?3, sources = sources - ?4
             WHERE id = ?1",
        )?
        .execute(params![story, post.views, voices, sources])?;
    Ok(())
}

/// Looks up the sums that cannot be counted along (first and last post, worst level) after a version of a post was taken out of a story: three
/// look-ups, however many posts it has.
pub fn refresh(transaction: &Transaction<'_>, story: &str) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "UPDATE story SET
                first = coalesce((SELECT min(at) FROM post WHERE story = ?1), first),
                last = coalesce((SELECT max(at) FROM post WHERE story = ?1), last),
                level = (SELECT max(level) FROM post WHERE story = ?1 AND level IS NOT NULL)
             WHERE id = ?1",
        )?
        .execute([story])?;
    Ok(())
}

/// Adds a story up from its posts, when many of them came or went at once. Without posts it is empty and keeps its name.
pub fn recount(transaction: &Transaction<'_>, story: &str) -> Result<(), AlertError> {
    transaction.prepare_cached("DELETE FROM member WHERE story = ?1")?.execute([story])?;
    for what in ["source", "voice"] {
        let sql = format!(
            "INSERT INTO member (story, what, value, posts)
             SELECT ?1, '{what}', {what}, count(*) FROM post WHERE story = ?1 AND {what} IS NOT NULL GROUP BY {what}"
        );
        transaction.prepare_cached(&sql)?.execute([story])?;
    }
    transaction
        .prepare_cached(
            "UPDATE story SET
                (first, last, posts, views, level) =
                (SELECT coalesce(min(at), first), coalesce(max(at), last), count(*), coalesce(sum(views), 0), max(level)
                 FROM post WHERE post.story = ?1),
                voices = (SELECT count(*) FROM member WHERE story = ?1 AND what = 'voice'),
                sources = (SELECT count(*) FROM member WHERE story = ?1 AND what = 'source')
             WHERE id = ?1",
        )?
        .execute([story])?;
    Ok(())
}
