//! The posts of an alert: those of its story, or those put into it one by one.

use model::PostId;
use rusqlite::{Connection, OptionalExtension, params};

use super::alert::Alert;
use super::error::AlertError;
use super::post::StoredPost;
use super::post_table::{COLUMNS, read};

/// Which posts.
#[derive(Debug, Clone, Copy)]
pub enum PostsOf<'a> {
    /// Those of a story.
    Story(&'a str),
    /// Those put into an alert that is about no single story.
    Alert(&'a str),
}

/// What the posts add up to.
#[derive(Debug, Clone, Default)]
pub struct PostSums {
    pub posts: u64,
    pub views: u64,
    /// Publication of the first and the last, in milliseconds.
    pub first: Option<i64>,
    pub last: Option<i64>,
}

impl<'a> From<&'a Alert> for PostsOf<'a> {
    fn from(alert: &'a Alert) -> PostsOf<'a> {
        match &alert.story {
            Some(story) => PostsOf::Story(story),
            None => PostsOf::Alert(&alert.id),
        }
    }
}

impl PostsOf<'_> {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            PostsOf::Story(id) => ("FROM post WHERE story = ?1", id),
            PostsOf::Alert(id) => (
                "FROM post JOIN alert_post ON alert_post.post = post.id WHERE alert_post.alert = ?1 AND story IS NOT NULL",
                id,
            ),
        }
    }

    /// What they add up to.
    pub fn sums(&self, database: &Connection) -> Result<PostSums, AlertError> {
        let (from, id) = self.parts();
        let sql = format!("SELECT count(*), coalesce(sum(views), 0), min(at), max(at) {from}");
        let sum = database.prepare_cached(&sql)?.query_row([id], |row| {
            Ok(PostSums { posts: row.get(0)?, views: row.get(1)?, first: row.get(2)?, last: row.get(3)? })
        })?;
        Ok(sum)
    }

    /// The most telling ones: the worst first, then the most seen. After the first one only those that have a voice of their own: a text
    /// that was copied ten thousand times hides nothing.
    pub fn most_telling(&self, database: &Connection, limit: usize) -> Result<Vec<StoredPost>, AlertError> {
        let (from, id) = self.parts();
        let mut posts: Vec<StoredPost> = Vec::new();
        for (condition, limit) in [("text <> ''", 1), ("text <> '' AND voice IS NOT NULL", limit)] {
            let sql = format!(
                "SELECT {COLUMNS} {from} AND {condition} ORDER BY coalesce(level, -1) DESC, views DESC, id LIMIT ?2"
            );
            let mut select = database.prepare_cached(&sql)?;
            let mut rows = select.query(params![id, limit])?;
            while let Some(row) = rows.next()? {
                let post = read(row)?;
                if posts.first().is_none_or(|first| first.id != post.id) {
                    posts.push(post);
                }
            }
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

/// How many posts an alert has that is about no single story, as they are counted along.
pub fn count_of_alert(database: &Connection, alert: &str) -> Result<u64, AlertError> {
    let mut select = database.prepare_cached("SELECT posts FROM alert_size WHERE alert = ?1")?;
    Ok(select.query_row([alert], |row| row.get(0)).optional()?.unwrap_or(0))
}
