//! The table of posts: the latest version of each post that counts for anything.

use model::{PostId, Signature, Sketch, TaggedPost};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::columns::{self, level_of, rank};
use super::error::AlertError;
use super::post::StoredPost;

pub const COLUMNS: &str = "id, version, at, story, risk, level, sector, place, recipient, keys, source, voice, reply_to, url, text, why, \
                       views, reposts, counted_at, signature, sketch, live, events, since";

/// The stored version of a post; a row without a story counts for nothing.
pub fn load(database: &Connection, id: &PostId) -> Result<Option<StoredPost>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE id = ?1");
    let row = database.prepare_cached(&sql)?.query_row([id.as_str()], |row| Ok(read(row))).optional()?;
    row.transpose()
}

/// The stored posts of a story, oldest first.
pub fn of_story(database: &Connection, story: &str, limit: usize) -> Result<Vec<StoredPost>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE story = ?1 ORDER BY at, id LIMIT ?2");
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query(params![story, limit])?;
    let mut posts = Vec::new();
    while let Some(row) = rows.next()? {
        posts.push(read(row)?);
    }
    Ok(posts)
}

/// Posts that count, published at or after a time in milliseconds, oldest first: what the detector reads at the start.
pub fn since(database: &Connection, at: i64, mut each: impl FnMut(StoredPost)) -> Result<(), AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE at >= ?1 AND story IS NOT NULL ORDER BY at, id");
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query([at])?;
    while let Some(row) = rows.next()? {
        each(read(row)?);
    }
    Ok(())
}

/// The same for the posts counted under one key.
pub fn of_key(database: &Connection, key: &str, at: i64, mut each: impl FnMut(StoredPost)) -> Result<(), AlertError> {
    let (condition, value) = match key.strip_prefix("story:") {
        Some(story) => ("story = ?2", story),
        None => ("instr(' ' || keys || ' ', ' ' || ?2 || ' ') > 0", key),
    };
    let sql =
        format!("SELECT {COLUMNS} FROM post WHERE at >= ?1 AND story IS NOT NULL AND {condition} ORDER BY at, id");
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query(params![at, value])?;
    while let Some(row) = rows.next()? {
        each(read(row)?);
    }
    Ok(())
}

/// Stores a version that counts.
pub fn store(transaction: &Transaction<'_>, post: &StoredPost) -> Result<(), AlertError> {
    let why = serde_json::to_string(&post.why).unwrap_or_else(|_| "[]".into());
    let events = columns::events_json(&post.events);
    let sql = format!(
        "INSERT OR REPLACE INTO post ({COLUMNS}) VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)"
    );
    transaction.prepare_cached(&sql)?.execute(params![
        post.id.as_str(),
        post.version,
        post.at,
        post.story,
        post.risk,
        post.level.map(rank),
        post.sector,
        post.place,
        post.recipient,
        post.keys,
        post.source,
        post.voice,
        post.reply_to,
        post.url,
        post.text,
        why,
        post.views,
        post.reposts,
        post.counted_at,
        post.signature.map(String::from),
        post.sketch.clone().map(String::from),
        post.live,
        events,
        post.since,
    ])?;
    Ok(())
}

/// Stores that a version counts for nothing, so that an older one that comes late does not bring the post back.
pub fn store_uncounted(transaction: &Transaction<'_>, tagged: &TaggedPost, version: i64) -> Result<(), AlertError> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO post (id, version, at, keys, source, text, why, views, reposts, counted_at, live)
             VALUES (?1, ?2, ?3, '', ?4, '', '[]', 0, 0, 0, 0)",
        )?
        .execute(params![
            tagged.post.id.as_str(),
            version,
            tagged.post.published_at.as_millisecond(),
            tagged.post.source
        ])?;
    Ok(())
}

/// A post of a row with [`COLUMNS`].
pub fn read(row: &Row<'_>) -> Result<StoredPost, AlertError> {
    let stored = |what: &str| AlertError::Stored(format!("{what} of a post"));
    Ok(StoredPost {
        id: PostId::new(row.get::<_, String>(0)?).map_err(|_| stored("id"))?,
        version: row.get(1)?,
        at: row.get(2)?,
        story: row.get(3)?,
        risk: row.get(4)?,
        level: row.get::<_, Option<i64>>(5)?.map(level_of).transpose()?,
        sector: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
        place: row.get(7)?,
        recipient: row.get(8)?,
        keys: row.get(9)?,
        source: row.get(10)?,
        voice: row.get(11)?,
        reply_to: row.get(12)?,
        url: row.get(13)?,
        text: row.get(14)?,
        why: serde_json::from_str(&row.get::<_, String>(15)?).map_err(|_| stored("reason"))?,
        views: row.get(16)?,
        reposts: row.get(17)?,
        counted_at: row.get(18)?,
        signature: row
            .get::<_, Option<String>>(19)?
            .map(|hex| Signature::try_from(hex).map_err(|_| stored("signature")))
            .transpose()?,
        sketch: row
            .get::<_, Option<String>>(20)?
            .map(|text| Sketch::try_from(text).map_err(|_| stored("sketch")))
            .transpose()?,
        live: row.get(21)?,
        events: columns::events_of(row.get(22)?).ok_or_else(|| stored("events"))?,
        since: row.get(23)?,
    })
}
