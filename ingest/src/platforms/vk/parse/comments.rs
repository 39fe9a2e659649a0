//! Answers of `wall.getComments`, and what in a thread is still to be asked for.

use serde_json::Value;

use super::answer::json_value;
use super::item::{self, Context};
use super::posts;
use crate::parsing::{Page, PageError};

/// One answer of `wall.getComments`.
#[derive(Debug, Default)]
pub struct Comments {
    /// The comments, those of threads included.
    pub page: Page,
    /// Comments of the level that was asked for on this page: what the next `offset` grows by.
    pub level: usize,
    /// How many of this level there are in all, by VK's own count.
    pub level_count: Option<u64>,
    /// Numbers of comments whose thread holds more answers than came with them.
    pub open_threads: Vec<i64>,
}

/// Reads an answer of `wall.getComments` for the post `(owner_id, post_id)`, threads included. Old versions of the API name
/// neither in the comments.
///
/// # Errors
/// As [`super::parse_wall`].
pub fn parse_comments(json: &[u8], source: &str, post: (i64, i64)) -> Result<Comments, PageError> {
    read(&json_value(json)?, source, post)
}

fn read(answer: &Value, source: &str, post: (i64, i64)) -> Result<Comments, PageError> {
    let page = posts::read(answer, Context { source, post: Some(post), markup: false })?;
    let response = answer.get("response").unwrap_or(answer);
    let items = response["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let count = |name: &str| item::number(&response[name]).and_then(|count| u64::try_from(count).ok());
    let open_threads =
        items.iter().filter(|item| has_more(&item["thread"])).filter_map(|item| item::number(&item["id"]));
    Ok(Comments {
        page,
        level: items.len(),
        level_count: count("current_level_count").or_else(|| count("count")),
        open_threads: open_threads.filter(|id| *id > 0).collect(),
    })
}

fn has_more(thread: &Value) -> bool {
    let shown = thread["items"].as_array().map_or(0, Vec::len);
    item::number(&thread["count"]).is_some_and(|count| count > shown as i64)
}
