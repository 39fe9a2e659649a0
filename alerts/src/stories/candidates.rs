//! The stories that a post may belong to.

use model::Level;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::choice::{Candidate, IncomingPost};
use super::relation;
use crate::store::columns::{self, rank, time};
use crate::store::error::AlertError;

/// Stories of one kind or event that are considered for a post: nobody can tell more of them apart.
const MAX_CANDIDATES: usize = 200;

const CANDIDATE: &str = "SELECT story.id, story.kind, story.place, story.first, story.last,
        (SELECT max(life_at) FROM alert WHERE alert.story = story.id AND alert.life IN ('resolved', 'false_alarm')), story.level,
        story.events
     FROM story";

/// Stories of the post's kind or event that lie within its window, oldest first. A topic is no kind: a street has holes every day, and
/// only the event or the wording shows that two posts mean the same one.
pub fn in_window(
    database: &Connection,
    post: &IncomingPost,
    window_s: i64,
    serious: Level,
) -> Result<Vec<Candidate>, AlertError> {
    // A second more, because the decision is made in whole seconds.
    let window = (window_s + 1) * 1000;
    let at = post.published_at.as_millisecond();
    let mut found: Vec<Candidate> = Vec::new();
    let kind = post.is_risk.then(|| ("kind", post.kind.clone()));
    let events = post.events.iter().map(|event| ("event", relation::code(event)));
    for (column, value) in kind.into_iter().chain(events) {
        let sql = format!("{CANDIDATE} WHERE {column} = ?1 AND last >= ?2 AND first <= ?3 ORDER BY first, id LIMIT ?4");
        let mut select = database.prepare_cached(&sql)?;
        let mut rows = select.query(params![value, at - window, at + window, MAX_CANDIDATES])?;
        while let Some(row) = rows.next()? {
            let story = read(row, serious)?;
            if !found.iter().any(|known| known.id == story.id) {
                found.push(story);
            }
        }
    }
    found.sort_by(|a, b| (a.first, &a.id).cmp(&(b.first, &b.id)));
    Ok(found)
}

/// One story as a candidate.
pub fn load(database: &Connection, id: &str, serious: Level) -> Result<Option<Candidate>, AlertError> {
    let sql = format!("{CANDIDATE} WHERE story.id = ?1");
    let row = database.prepare_cached(&sql)?.query_row([id], |row| Ok(read(row, serious))).optional()?;
    row.transpose()
}

fn read(row: &Row<'_>, serious: Level) -> Result<Candidate, AlertError> {
    Ok(Candidate {
        id: row.get(0)?,
        kind: row.get(1)?,
        events: columns::events_of(row.get(7)?).ok_or_else(|| AlertError::Stored("events of a story".into()))?,
        place: row.get(2)?,
        around: Vec::new(),
        first: time(row.get(3)?)?,
        last: time(row.get(4)?)?,
        closed_at: row.get::<_, Option<i64>>(5)?.map(time).transpose()?,
        is_serious: row.get::<_, Option<i64>>(6)?.is_some_and(|level| level >= rank(serious)),
    })
}
