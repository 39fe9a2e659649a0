//! Lists of posts and comments, and the events that tell of them.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::answer::{json_value, vk_error};
use super::item::{self, Context, Item};
use super::updates;
use crate::parsing::{Page, PageError};

/// Reads an answer that lists posts. Comments in it (threads, replies found by a search) are read as comments.
///
/// # Errors
/// [`PageError::Api`] for an error answer, whose request parameters are dropped: they carry the token.
pub fn parse_wall(json: &[u8], source: &str) -> Result<Page, PageError> {
    read(&json_value(json)?, Context { source, post: None, markup: false })
}

/// Reads the posts and comments of an answer.
pub(super) fn read(answer: &Value, mut context: Context<'_>) -> Result<Page, PageError> {
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        return Err(vk_error(error));
    }
    let mut page = Page::default();
    let mut items = Vec::new();
    let mut is_list = false;
    if answer.get("type").is_some() && answer.get("object").is_some() {
        updates::items(std::slice::from_ref(answer), &mut items);
    } else if let Some(Value::Array(updates)) = answer.get("updates") {
        updates::items(updates, &mut items);
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
            Ok(Item::Shown(parsed)) if seen.insert(parsed.post.id.clone()) || !is_list => {
                let position = parsed.post.id.to_string();
                page.admit(*parsed, &position);
            }
            Ok(Item::Hidden(parsed)) if seen.insert(parsed.post.id.clone()) => {
                let position = parsed.post.id.to_string();
                page.hide(*parsed, &position, "it is for those who pay the community");
            }
            Ok(Item::Shown(parsed) | Item::Hidden(parsed)) => {
                page.problem(parsed.post.id, "repeated: the same item again");
            }
            Err(reason) => page.problem(number, reason),
        }
    }
    Ok(page)
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
