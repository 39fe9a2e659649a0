//! The stories in the file: which one a post joins, and what a story adds up to.

use model::{Level, PostId, Time};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::book::{no_rows, time};
use crate::post::{self, BookPost, level_of, rank};
use crate::similar::{Reason, Recent};
use crate::story::{Candidate, Decision, Incoming, JoinReason, Windows, decide};
use crate::{AlertError, Alerts};

/// Stories of one kind looked at for a post: so many at once are more than a person tells apart.
const MAX_CANDIDATES: usize = 200;

/// A story as it adds up.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    pub id: String,
    pub kind: String,
    pub place: Option<String>,
    pub sector: Option<String>,
    pub recipient: Option<String>,
    pub headline: String,
    pub posts: u64,
    pub voices: u64,
    pub sources: u64,
    pub views: u64,
    pub level: Option<Level>,
    /// The closed story that it brings back.
    pub previous: Option<String>,
    /// Publication of its first post.
    pub first: Time,
}

/// Where a post went.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    pub story: String,
    /// `None`: it began the story.
    pub reason: Option<JoinReason>,
    /// The story that became part of this one.
    pub merged: Option<String>,
}

impl Alerts {
    /// Finds or begins the story of a post. A post stays in its story while the kind stays.
    pub(crate) fn assign(
        &self,
        transaction: &Transaction<'_>,
        recent: &Recent<String>,
        post: &BookPost,
        kind: &str,
        headline: &str,
        before: Option<&str>,
    ) -> Result<Assigned, AlertError> {
        let rules = &self.config().alerts;
        if let Some(story) = corrected(transaction, &post.id)? {
            return Ok(Assigned { story, reason: Some(JoinReason::Corrected), merged: None });
        }
        let windows =
            Windows { group_s: rules.group_window.as_secs() as i64, wide_s: rules.wide_window.as_secs() as i64 };
        let incoming = Incoming {
            id: post.id.clone(),
            kind: kind.to_owned(),
            wide: rules.wide_kinds.iter().any(|wide| wide == kind) && post.level >= Some(rules.risk_level()),
            is_risk: post.risk.is_some(),
            place: post.place.clone(),
            published_at: time(post.at)?,
        };
        let mut candidates = candidates(transaction, &incoming, windows.group_s, rules.risk_level())?;
        if let Some(before) = before
            && let Some(same) = candidate(transaction, before, rules.risk_level())?.filter(|story| story.kind == kind)
        {
            return Ok(Assigned { story: same.id, reason: None, merged: None });
        }
        let near = match recent.nearest(incoming.published_at, post.signature, post.sketch.as_ref()) {
            Some((story, reason)) => {
                let reason = match reason {
                    Reason::NearCopy(_) => JoinReason::NearCopy,
                    Reason::SameEvent(_) => JoinReason::SameEvent,
                };
                let story = resolve(transaction, story)?;
                candidate(transaction, &story, rules.risk_level())?.map(|story| (story, reason))
            }
            None => None,
        };
        candidates.sort_by(|a, b| (a.first, &a.id).cmp(&(b.first, &b.id)));
        let near = near.as_ref().map(|(story, reason)| (story, *reason));
        Ok(match decide(&incoming, near, &candidates, windows) {
            Decision::Join { story, reason } => Assigned { story, reason: Some(reason), merged: None },
            Decision::Merge { keep, gone, reason } => {
                merge(transaction, &keep, &gone)?;
                Assigned { story: keep, reason: Some(reason), merged: Some(gone) }
            }
            Decision::Open { story, previous } => {
                let previous = match previous {
                    Some(previous) => Some(previous),
                    None => self.closed_before(transaction, &incoming)?,
                };
                begin(transaction, &story, kind, post, headline, previous.as_deref())?;
                Assigned { story, reason: None, merged: None }
            }
        })
    }

    /// A story of the same kind and place whose alert was closed not long before: the new one may be its return.
    fn closed_before(&self, database: &Connection, post: &Incoming) -> Result<Option<String>, AlertError> {
        let within = self.config().alerts.rules.iter().find_map(|rule| match rule.kind {
            config::RuleKind::Recurrence { within, .. } => Some(within.as_millis() as i64),
            _ => None,
        });
        let (Some(within), Some(place)) = (within, &post.place) else { return Ok(None) };
        let at = post.published_at.as_millisecond();
        let mut select = database.prepare_cached(
            "SELECT story.id FROM alert JOIN story ON story.id = alert.story
             WHERE alert.life = 'resolved' AND alert.life_at BETWEEN ?1 AND ?2 AND story.kind = ?3 AND story.place = ?4
             ORDER BY alert.life_at DESC LIMIT 1",
        )?;
        Ok(select.query_row(params![at - within, at, post.kind, place], |row| row.get(0)).map(Some).or_else(no_rows)?)
    }
}

/// Counts a post into its story, and returns the story as it is then.
///
/// Updated and then read: `RETURNING` makes SQLite keep a journal for the statement, which costs more than a second look at the
/// row. So do the members.
pub fn count(transaction: &Transaction<'_>, story: &str, post: &BookPost) -> Result<Story, AlertError> {
    let sources = member(transaction, story, "source", Some(&post.source))?;
    let voices = member(transaction, story, "voice", post.voice.as_deref())?;
    let level = post.level.map(rank);
    transaction
        .prepare_cached(
            "UPDATE story SET posts = posts + 1, views = views + ?3,
                first = CASE posts WHEN 0 THEN ?2 ELSE min(first, ?2) END,
                last = CASE posts WHEN 0 THEN ?2 ELSE max(last, ?2) END,
                level = CASE WHEN posts = 0 OR level IS NULL THEN ?4 WHEN ?4 IS NULL THEN level ELSE max(level, ?4) END,
                recipient = coalesce(recipient, ?5), place = coalesce(place, ?6), voices = voices + ?7, sources = sources + ?8
             WHERE id = ?1",
        )?
        .execute(params![story, post.at, post.views, level, post.recipient, post.place, voices, sources])?;
    load(transaction, story)?.ok_or(AlertError::Database(rusqlite::Error::QueryReturnedNoRows))
}

/// Counts a voice or a source into a story or an alert; 1 if it is new there.
pub fn member(transaction: &Transaction<'_>, of: &str, what: &str, value: Option<&str>) -> Result<u64, AlertError> {
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

/// Takes a voice or a source out again; 1 if it was there once.
pub fn no_member(transaction: &Transaction<'_>, of: &str, what: &str, value: Option<&str>) -> Result<u64, AlertError> {
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

/// Takes a version of a post out of its story; the row stays and counts for nothing. [`settle`] it once the post is where it belongs.
pub fn uncount(transaction: &Transaction<'_>, story: &str, post: &BookPost) -> Result<(), AlertError> {
    let voices = no_member(transaction, story, "voice", post.voice.as_deref())?;
    let sources = no_member(transaction, story, "source", Some(&post.source))?;
    transaction.prepare_cached("UPDATE post SET story = NULL WHERE id = ?1")?.execute([post.id.as_str()])?;
    transaction
        .prepare_cached(
            "UPDATE story SET posts = posts - 1, views = views - ?2, voices = voices - ?3, sources = sources - ?4
             WHERE id = ?1",
        )?
        .execute(params![story, post.views, voices, sources])?;
    Ok(())
}

/// Finds out what a story cannot keep count of, after a version of a post was taken out of it: three look-ups, however many posts
/// it has.
pub fn settle(transaction: &Transaction<'_>, story: &str) -> Result<(), AlertError> {
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

/// Adds a story up anew, when many posts came or went at once. Without posts it is empty and keeps its name.
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

const COLUMNS: &str =
    "id, kind, place, sector, recipient, headline, posts, views, level, voices, sources, previous, first";

/// A story as it adds up.
pub fn load(database: &Connection, id: &str) -> Result<Option<Story>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM story WHERE id = ?1");
    let row = database.prepare_cached(&sql)?.query_row([id], |row| Ok(read_story(row))).optional()?;
    row.transpose()
}

fn read_story(row: &rusqlite::Row<'_>) -> Result<Story, AlertError> {
    Ok(Story {
        id: row.get(0)?,
        kind: row.get(1)?,
        place: row.get(2)?,
        sector: row.get(3)?,
        recipient: row.get(4)?,
        headline: row.get(5)?,
        posts: row.get(6)?,
        views: row.get(7)?,
        level: row.get::<_, Option<i64>>(8)?.map(level_of).transpose()?,
        voices: row.get(9)?,
        sources: row.get(10)?,
        previous: row.get(11)?,
        first: time(row.get(12)?)?,
    })
}

/// A story by the name it has now.
pub fn resolve(database: &Connection, mut story: String) -> Result<String, AlertError> {
    let mut select = database.prepare_cached("SELECT into_story FROM merged WHERE story = ?1")?;
    while let Some(into) = select.query_row([&story], |row| row.get::<_, String>(0)).optional()? {
        story = into;
    }
    Ok(story)
}

fn begin(
    transaction: &Transaction<'_>,
    id: &str,
    kind: &str,
    post: &BookPost,
    headline: &str,
    previous: Option<&str>,
) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "INSERT INTO story (id, kind, place, sector, recipient, headline, first, last, posts, views, level, voices, sources, previous)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 0, 0, NULL, 0, 0, ?8) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![id, kind, post.place, post.sector, post.recipient, headline, post.at, previous])?;
    Ok(())
}

/// Makes two stories one.
fn merge(transaction: &Transaction<'_>, keep: &str, gone: &str) -> Result<(), AlertError> {
    transaction.execute("UPDATE post SET story = ?1 WHERE story = ?2", params![keep, gone])?;
    transaction.execute("UPDATE correction SET story = ?1 WHERE story = ?2", params![keep, gone])?;
    transaction.execute("INSERT OR REPLACE INTO merged (story, into_story) VALUES (?1, ?2)", params![gone, keep])?;
    transaction.execute("DELETE FROM story WHERE id = ?1", [gone])?;
    transaction.execute("DELETE FROM member WHERE story = ?1", [gone])?;
    recount(transaction, keep)
}

fn corrected(database: &Connection, post: &PostId) -> Result<Option<String>, AlertError> {
    let mut select = database.prepare_cached("SELECT story FROM correction WHERE post = ?1")?;
    Ok(select.query_row([post.as_str()], |row| row.get(0)).optional()?)
}

/// Puts a post into a story for good.
pub fn correct(transaction: &Transaction<'_>, post: &BookPost, story: &str) -> Result<(), AlertError> {
    transaction
        .execute("INSERT OR REPLACE INTO correction (post, story) VALUES (?1, ?2)", params![post.id.as_str(), story])?;
    let moved = BookPost { story: Some(story.to_owned()), ..post.clone() };
    post::store(transaction, &moved)?;
    for story in post.story.iter().map(String::as_str).chain([story]) {
        recount(transaction, story)?;
    }
    Ok(())
}

/// Begins a story for a post that a person took out of another.
pub fn begin_apart(
    transaction: &Transaction<'_>,
    post: &BookPost,
    story: &str,
    from: &Story,
) -> Result<(), AlertError> {
    begin(transaction, story, &from.kind, post, &from.headline, None)
}

const CANDIDATE: &str = "SELECT story.id, story.kind, story.place, story.first, story.last,
        (SELECT max(life_at) FROM alert WHERE alert.story = story.id AND alert.life IN ('resolved', 'false_alarm')), story.level
     FROM story";

/// Stories of the post's kind whose posts reach into its window. Of a topic there are none: a street has holes every day, and only
/// the wording tells that two posts mean one of them.
fn candidates(
    database: &Connection,
    post: &Incoming,
    window_s: i64,
    serious: Level,
) -> Result<Vec<Candidate>, AlertError> {
    if !post.is_risk {
        return Ok(Vec::new());
    }
    // A second more: the decision is made in whole seconds.
    let window = (window_s + 1) * 1000;
    let at = post.published_at.as_millisecond();
    let sql = format!("{CANDIDATE} WHERE kind = ?1 AND last >= ?2 AND first <= ?3 ORDER BY first, id LIMIT ?4");
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query(params![post.kind, at - window, at + window, MAX_CANDIDATES])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row, serious)?);
    }
    Ok(found)
}

fn candidate(database: &Connection, id: &str, serious: Level) -> Result<Option<Candidate>, AlertError> {
    let sql = format!("{CANDIDATE} WHERE story.id = ?1");
    let row = database.prepare_cached(&sql)?.query_row([id], |row| Ok(read(row, serious))).optional()?;
    row.transpose()
}

fn read(row: &rusqlite::Row<'_>, serious: Level) -> Result<Candidate, AlertError> {
    Ok(Candidate {
        id: row.get(0)?,
        kind: row.get(1)?,
        place: row.get(2)?,
        first: time(row.get(3)?)?,
        last: time(row.get(4)?)?,
        closed_at: row.get::<_, Option<i64>>(5)?.map(time).transpose()?,
        is_serious: row.get::<_, Option<i64>>(6)?.is_some_and(|level| level >= rank(serious)),
    })
}
