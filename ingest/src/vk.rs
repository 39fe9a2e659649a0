//! Answers of VK's API (<https://dev.vk.com/ru/reference>, versions 2 to 5.199).
//!
//! One reader for all the shapes a list of posts comes in: `wall.get`, `wall.getById`, `newsfeed.search`, `newsfeed.get`,
//! `wall.getComments`, `execute`, and the events of Callback API and Bots Long Poll. Unknown fields are ignored and one
//! broken item spoils nothing.

mod comments;
pub(crate) mod errors;
mod events;
mod execute;
mod groups;
mod item;

use std::borrow::Cow;
use std::collections::HashSet;

use model::wire::mend_surrogates;
use serde_json::Value;

use crate::decode::decode;
use crate::{Page, PageError};
pub use comments::Comments;
pub use events::{Callback, LongPoll, parse_callback, parse_long_poll};
pub use execute::parse_execute;
pub use groups::{Group, GroupState, parse_groups};
use item::Context;

/// A page of 200 posts with everything is some 3 MB; a larger answer is not one.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// VK's words are shown to the operator in one line.
const MAX_MESSAGE_BYTES: usize = 300;

/// Reads an answer that lists posts. Comments in it (threads, replies found by a search) are read as comments.
///
/// # Errors
/// [`PageError::Vk`] for an error answer, whose request parameters are dropped: they carry the token.
pub fn parse_wall(json: &[u8], source: &str) -> Result<Page, PageError> {
    read(&json_value(json)?, Context { source, post: None, markup: false })
}

/// Reads an answer of `wall.getComments` for the post `(owner_id, post_id)`, threads included. Old versions of the API name
/// neither in the comments.
///
/// # Errors
/// As [`parse_wall`].
pub fn parse_comments(json: &[u8], source: &str, post: (i64, i64)) -> Result<Comments, PageError> {
    comments::read(&json_value(json)?, source, post)
}

/// Reads an answer of another kind: what stands in its `response`.
///
/// # Errors
/// As [`parse_wall`].
pub(crate) fn parse_response(json: &[u8]) -> Result<Value, PageError> {
    let mut answer = json_value(json)?;
    match answer.get("error").filter(|error| !error.is_null()) {
        Some(error) => Err(vk_error(error)),
        None => Ok(answer["response"].take()),
    }
}

fn read(answer: &Value, mut context: Context<'_>) -> Result<Page, PageError> {
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        return Err(vk_error(error));
    }
    let mut page = Page::default();
    let mut items = Vec::new();
    let mut is_list = false;
    if answer.get("type").is_some() && answer.get("object").is_some() {
        events::items(std::slice::from_ref(answer), &mut items);
    } else if let Some(Value::Array(updates)) = answer.get("updates") {
        events::items(updates, &mut items);
    } else {
        let response = answer.get("response").unwrap_or(answer);
        if response.is_null()
            && let Some(error) = answer["execute_errors"].as_array().and_then(|errors| errors.first())
        {
            return Err(vk_error(error));
        }
        context.markup = is_old(response);
        is_list = true;
        if !list(response, &mut items) {
            return Err(PageError::Format("an answer of VK without a list of posts".into()));
        }
        page.older = response["next_from"].as_str().filter(|cursor| !cursor.is_empty()).map(str::to_owned);
        page.title = title(response, &items);
    }
    context.post = context.post.or_else(|| item::common_post(&items));
    page.blocks = items.len();
    let mut seen = HashSet::new();
    for (number, item) in items.iter().enumerate() {
        match item::read(item, &context) {
            // Events tell of one post several times, and what comes later counts.
            Ok(parsed) if seen.insert(parsed.post.id.clone()) || !is_list => {
                let position = parsed.post.id.to_string();
                page.admit(parsed, &position);
            }
            Ok(parsed) => page.problem(parsed.post.id, "repeated: the same item again"),
            Err(reason) => page.problem(number, reason),
        }
    }
    Ok(page)
}

fn json_value(json: &[u8]) -> Result<Value, PageError> {
    if json.len() > MAX_ANSWER_BYTES {
        return Err(PageError::Broken(format!(
            "an answer of {} bytes, at most {MAX_ANSWER_BYTES} are read",
            json.len()
        )));
    }
    let text = match std::str::from_utf8(json) {
        Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Err(_) => decode(json, None),
    };
    let start = text.trim_start();
    if !start.starts_with(['{', '[']) {
        let what = if start.starts_with('<') { "HTML or XML" } else { "no JSON" };
        return Err(PageError::Format(format!("{what} for an answer of VK")));
    }
    serde_json::from_slice(&mend_surrogates(text.as_bytes())).map_err(|error| PageError::Broken(error.to_string()))
}

fn vk_error(error: &Value) -> PageError {
    let code = item::number(&error["error_code"]).unwrap_or(0);
    let words = error["error_msg"].as_str().or(error.as_str()).unwrap_or("no message");
    let message = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    PageError::Vk { code, message: message[..message.floor_char_boundary(MAX_MESSAGE_BYTES)].to_owned() }
}

/// Versions before 5 put the count first in a bare list, and HTML into texts.
fn is_old(response: &Value) -> bool {
    response.as_array().is_some_and(|list| list.first().is_some_and(Value::is_number))
        || response["wall"].as_array().is_some_and(|list| list.first().is_some_and(Value::is_number))
}

/// Collects the items of a list, threads and the several answers of an `execute` included. False: there is no list.
fn list<'a>(response: &'a Value, items: &mut Vec<Cow<'a, Value>>) -> bool {
    match response {
        Value::Array(list) => {
            for item in list {
                // The count of old versions, and `false` for a call of `execute` that failed.
                if item.is_number() || item.is_boolean() {
                    continue;
                }
                if item.get("items").is_none() || !self::list(item, items) {
                    items.push(Cow::Borrowed(item));
                }
            }
            true
        }
        Value::Object(fields) => match fields.get("items").or_else(|| fields.get("wall")) {
            Some(Value::Array(list)) => {
                for item in list.iter().filter(|item| !item.is_number()) {
                    items.push(Cow::Borrowed(item));
                    if let Some(Value::Array(thread)) = item.get("thread").and_then(|thread| thread.get("items")) {
                        items.extend(thread.iter().map(Cow::Borrowed));
                    }
                }
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The community's name out of `groups`, if all items stand on one wall.
fn title(response: &Value, items: &[Cow<'_, Value>]) -> Option<String> {
    let mut owners = items.iter().filter_map(|item| item::owner(item));
    let owner = owners.next().filter(|owner| *owner < 0)?;
    if owners.any(|other| other != owner) {
        return None;
    }
    let groups = response["groups"].as_array()?;
    let group = groups.iter().find(|group| item::number(&group["id"]) == owner.checked_neg())?;
    group["name"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
