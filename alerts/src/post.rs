//! A post as the book of alerts keeps it.

use config::Config;
use model::{Level, Origin, PostId, Signature, Sketch, TaggedPost};
use rusqlite::{Connection, Row, Transaction, params};

use crate::AlertError;
use crate::book::no_rows;

/// A quote is cut here: an alert is read on a phone.
const QUOTE_CHARS: usize = 300;

/// Topics and places that one post is counted under: a list of everything is about nothing.
const MAX_KEYS: usize = 8;

/// What a post counts for.
#[derive(Debug, Clone, PartialEq)]
pub struct BookPost {
    pub id: PostId,
    pub version: i64,
    /// Publication, in milliseconds.
    pub at: i64,
    pub story: Option<String>,
    pub risk: Option<String>,
    pub level: Option<Level>,
    pub sector: String,
    pub place: Option<String>,
    pub recipient: Option<String>,
    /// What it is counted under: `sector:jkh topic:jkh.water place:mira`.
    pub keys: String,
    pub source: String,
    /// Whose voice it is: the author's hash, else the source. `None`: a near-copy, or it is not counted yet.
    pub voice: Option<String>,
    pub reply_to: Option<String>,
    pub url: Option<String>,
    pub text: String,
    pub why: Vec<String>,
    pub views: u64,
    pub reposts: u64,
    pub counted_at: i64,
    pub signature: Option<Signature>,
    pub sketch: Option<Sketch>,
    /// Live when it came: only then it may notify.
    pub live: bool,
}

impl BookPost {
    /// What a version of a post counts for; `None` where it counts for nothing: deleted, elsewhere, or about nothing known.
    pub fn of(tagged: &TaggedPost, version: i64) -> Option<BookPost> {
        let (post, tags) = (&tagged.post, &tagged.tags);
        // The worst risk comes first; the post's subject speaks of the same.
        let risk = tags.risks.first();
        let about = risk.is_some() || !tags.topics.is_empty() || !tags.matched.is_empty();
        if post.is_deleted() || tags.elsewhere.is_some() || !about {
            return None;
        }
        let mut keys = vec![format!("sector:{}", tags.sector.as_str())];
        keys.extend(tags.topics.iter().take(MAX_KEYS).map(|topic| format!("topic:{topic}")));
        keys.extend(tags.places.iter().take(MAX_KEYS).map(|place| format!("place:{place}")));
        Some(BookPost {
            id: post.id.clone(),
            version,
            at: post.published_at.as_millisecond(),
            story: None,
            risk: risk.map(|risk| risk.kind.clone()),
            level: risk.map(|risk| risk.level),
            sector: tags.sector.as_str().to_owned(),
            place: tags.places.first().cloned(),
            recipient: tags.recipient.clone(),
            keys: keys.join(" "),
            source: post.source.clone(),
            voice: Some(post.author.clone().unwrap_or_else(|| post.source.clone())),
            reply_to: post.in_reply_to.clone(),
            url: post.url.clone(),
            text: cut(post.title.as_deref(), &post.text),
            why: risk.map(|risk| risk.why.clone()).unwrap_or_default(),
            views: post.views.unwrap_or(0),
            reposts: post.reposts.unwrap_or(0),
            counted_at: post.seen().as_millisecond(),
            signature: tags.signature,
            sketch: tags.sketch.clone(),
            live: post.origin == Origin::Live,
        })
    }

    /// What it is about: its risk, else its topic, else the search that it matched.
    pub fn kind(&self, tagged: &TaggedPost) -> String {
        let tags = &tagged.tags;
        self.risk
            .clone()
            .or_else(|| tags.topics.first().cloned())
            .or_else(|| tags.matched.first().cloned())
            .unwrap_or_default()
    }

    /// What it is counted under.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.split(' ').filter(|key| !key.is_empty())
    }
}

/// What, where: the line above everything else.
pub fn headline(tagged: &TaggedPost, kind: &str, config: &Config) -> String {
    let name = kind_name(config, kind);
    match (&tagged.tags.subject, tagged.tags.places.first()) {
        (Some(subject), _) => subject.clone(),
        (None, Some(place)) => format!("{name}, {}", config.place_name(place)),
        (None, None) => name.to_owned(),
    }
}

/// The name people see for a kind of risk, a topic or a saved search.
pub fn kind_name<'a>(config: &'a Config, kind: &'a str) -> &'a str {
    match config.risk_name(kind) {
        name if name != kind => name,
        _ => match config.topic_name(kind) {
            name if name != kind => name,
            _ => config.search_name(kind),
        },
    }
}

/// The stored version of a post; a row without a story counts for nothing.
pub fn load(database: &Connection, id: &PostId) -> Result<Option<BookPost>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE id = ?1");
    let row =
        database.prepare_cached(&sql)?.query_row([id.as_str()], |row| Ok(read(row))).map(Some).or_else(no_rows)?;
    row.transpose()
}

/// The stored posts of a story, oldest first.
pub fn of_story(database: &Connection, story: &str, limit: usize) -> Result<Vec<BookPost>, AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE story = ?1 ORDER BY at, id LIMIT ?2");
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query(params![story, limit])?;
    let mut posts = Vec::new();
    while let Some(row) = rows.next()? {
        posts.push(read(row)?);
    }
    Ok(posts)
}

/// What posts of an alert add up to.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    pub posts: u64,
    pub views: u64,
    /// Publication of the first and the last, in milliseconds.
    pub first: Option<i64>,
    pub last: Option<i64>,
}

/// Which posts: those of a story, or those put into an alert one by one.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    Story(&'a str),
    Alert(&'a str),
}

impl Of<'_> {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Of::Story(id) => ("FROM post WHERE story = ?1", id),
            Of::Alert(id) => (
                "FROM post JOIN alert_post ON alert_post.post = post.id WHERE alert_post.alert = ?1 AND story IS NOT NULL",
                id,
            ),
        }
    }

    /// What they add up to.
    pub fn sum(&self, database: &Connection) -> Result<Sum, AlertError> {
        let (from, id) = self.parts();
        let sql = format!("SELECT count(*), coalesce(sum(views), 0), min(at), max(at) {from}");
        let sum = database.prepare_cached(&sql)?.query_row([id], |row| {
            Ok(Sum { posts: row.get(0)?, views: row.get(1)?, first: row.get(2)?, last: row.get(3)? })
        })?;
        Ok(sum)
    }

    /// The most telling ones: the worst, then the most seen.
    pub fn telling(&self, database: &Connection, limit: usize) -> Result<Vec<BookPost>, AlertError> {
        let (from, id) = self.parts();
        let sql = format!(
            "SELECT {COLUMNS} {from} AND text <> '' ORDER BY coalesce(level, -1) DESC, views DESC, id LIMIT ?2"
        );
        let mut select = database.prepare_cached(&sql)?;
        let mut rows = select.query(params![id, limit])?;
        let mut posts = Vec::new();
        while let Some(row) = rows.next()? {
            posts.push(read(row)?);
        }
        Ok(posts)
    }

    /// Their ids, oldest first.
    pub fn ids(&self, database: &Connection, limit: usize) -> Result<Vec<PostId>, AlertError> {
        let (from, id) = self.parts();
        let sql = format!("SELECT id {from} ORDER BY at, id LIMIT ?2");
        let mut select = database.prepare_cached(&sql)?;
        let mut rows = select.query(params![id, limit])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            let id = PostId::new(row.get::<_, String>(0)?).map_err(|_| AlertError::Stored("id of a post".into()))?;
            ids.push(id);
        }
        Ok(ids)
    }
}

/// How many posts an alert has that is about no single story.
pub fn count_of_alert(database: &Connection, alert: &str) -> Result<u64, AlertError> {
    let mut select = database.prepare_cached(
        "SELECT count(*) FROM post JOIN alert_post ON alert_post.post = post.id WHERE alert_post.alert = ?1 AND story IS NOT NULL",
    )?;
    Ok(select.query_row([alert], |row| row.get(0))?)
}

/// Posts that count, published at or after a time in milliseconds, oldest first: what memory is filled with at the start.
pub fn since(database: &Connection, at: i64, mut each: impl FnMut(BookPost)) -> Result<(), AlertError> {
    let sql = format!("SELECT {COLUMNS} FROM post WHERE at >= ?1 AND story IS NOT NULL ORDER BY at, id");
    let mut select = database.prepare_cached(&sql)?;
    let mut rows = select.query([at])?;
    while let Some(row) = rows.next()? {
        each(read(row)?);
    }
    Ok(())
}

/// The same, of those counted under a key alone.
pub fn of_key(database: &Connection, key: &str, at: i64, mut each: impl FnMut(BookPost)) -> Result<(), AlertError> {
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

const COLUMNS: &str = "id, version, at, story, risk, level, sector, place, recipient, keys, source, voice, reply_to, url, text, why, \
                       views, reposts, counted_at, signature, sketch, live";

fn read(row: &Row<'_>) -> Result<BookPost, AlertError> {
    let stored = |what: &str| AlertError::Stored(format!("{what} of a post"));
    Ok(BookPost {
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
    })
}

/// Stores a version that counts.
pub fn store(transaction: &Transaction<'_>, post: &BookPost) -> Result<(), AlertError> {
    let why = serde_json::to_string(&post.why).unwrap_or_else(|_| "[]".into());
    let sql = format!(
        "INSERT OR REPLACE INTO post ({COLUMNS}) VALUES
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"
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
    ])?;
    Ok(())
}

/// Stores that a version counts for nothing, so that a late older one does not come back.
pub fn store_nothing(transaction: &Transaction<'_>, tagged: &TaggedPost, version: i64) -> Result<(), AlertError> {
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

/// A level as it is stored: by its order, so that SQL can compare.
pub fn rank(level: Level) -> i64 {
    Level::ALL.iter().zip(0..).find(|(of, _)| **of == level).map_or(0, |(_, rank)| rank)
}

/// The level of a rank.
pub fn level_of(rank: i64) -> Result<Level, AlertError> {
    let level = usize::try_from(rank).ok().and_then(|rank| Level::ALL.get(rank).copied());
    level.ok_or_else(|| AlertError::Stored(format!("level {rank}")))
}

/// Title and text on one line, cut for a quote.
fn cut(title: Option<&str>, text: &str) -> String {
    let whole: Vec<&str> = title.into_iter().chain([text]).flat_map(str::split_whitespace).collect();
    let line = whole.join(" ");
    match line.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
