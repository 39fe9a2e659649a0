//! The table of stories.

use model::{Event, Level, Time};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::relation;
use crate::store::columns::{self, level_of, time};
use crate::store::error::AlertError;
use crate::store::post::StoredPost;

/// What several posts tell of one event, with its sums.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    pub id: String,
    pub kind: String,
    /// What it is about, the main event first; empty where no post tells one.
    pub events: Vec<Event>,
    pub place: Option<String>,
    pub sector: Option<String>,
    pub recipient: Option<String>,
    pub headline: String,
    pub posts: u64,
    pub voices: u64,
    pub sources: u64,
    pub views: u64,
    pub level: Option<Level>,
    /// The closed story whose event is back.
    pub previous: Option<String>,
    /// Publication of its first post.
    pub first: Time,
}

/// How many speak of something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Different voices.
    pub voices: u64,
    /// Different sources.
    pub sources: u64,
}

impl Story {
    /// Its voices and sources.
    pub fn size(&self) -> Size {
        Size { voices: self.voices, sources: self.sources }
    }
}

const COLUMNS: &str =
    "id, kind, place, sector, recipient, headline, posts, views, level, voices, sources, previous, first, events";

/// A story by its id.
pub fn load(database: &Connection, id: &str) -> Result<Option<Story>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM story WHERE id = ?1");
    let row = database.prepare_cached(&sql)?.query_row([id], |row| Ok(read(row))).optional()?;
    row.transpose()
}

fn read(row: &Row<'_>) -> Result<Story, AlertError> {
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
        events: columns::events_of(row.get(13)?).ok_or_else(|| AlertError::Stored("events of a story".into()))?,
    })
}

/// The id of the story that a story is part of by now; its own where it was not merged.
pub fn resolve(database: &Connection, mut story: String) -> Result<String, AlertError> {
    let mut select = database.prepare_cached("SELECT into_story FROM merged WHERE story = ?1")?;
    while let Some(into) = select.query_row([&story], |row| row.get::<_, String>(0)).optional()? {
        story = into;
    }
    Ok(story)
}

/// Begins a story, which counts no post yet.
pub fn begin(
    transaction: &Transaction<'_>,
    id: &str,
    kind: &str,
    post: &StoredPost,
    headline: &str,
    previous: Option<&str>,
) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "INSERT INTO story (id, kind, place, sector, recipient, headline, first, last, posts, views, level, voices, sources, previous,
                event, events)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 0, 0, NULL, 0, 0, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            id,
            kind,
            post.place,
            post.sector,
            post.recipient,
            headline,
            post.at,
            previous,
            post.events.first().map(relation::code),
            columns::events_json(&post.events)
        ])?;
    Ok(())
}
