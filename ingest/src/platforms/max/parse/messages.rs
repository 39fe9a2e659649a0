//! Lists of messages: the history of a chat (`GET /messages`) and one message (`GET /messages/{messageId}`).

use std::collections::HashSet;

use serde_json::Value;

use super::message::{self, Unread};
use crate::parsing::api_answer::json_value;
use crate::parsing::{Page, PageError};

/// A chat or channel that is read, as its messages are to be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// Its number; none: whichever the messages are of.
    pub id: Option<i64>,
    /// Id of the source that reads it.
    pub source: String,
    /// Its public name, under which its posts are opened; none: they are opened by its number.
    pub name: Option<String>,
}

impl Chat {
    /// Whichever chat an answer is of.
    pub fn any(source: &str) -> Chat {
        Chat { id: None, source: source.to_owned(), name: None }
    }

    pub(super) fn is(&self, id: i64) -> bool {
        self.id.is_none_or(|own| own == id)
    }
}

/// Reads messages, the newest first as the API gives them. `older` of the page is the time, in milliseconds, from which older ones are
/// asked for: just after the oldest one here.
///
/// # Errors
/// [`PageError::Dialogue`] where they are of a private conversation with the bot.
pub fn parse_messages(json: &[u8], chat: &Chat) -> Result<Page, PageError> {
    let answer = json_value(json, "MAX")?;
    let messages = match &answer["messages"] {
        Value::Array(messages) => messages.as_slice(),
        _ if answer.get("body").is_some() => std::slice::from_ref(&answer),
        _ => return Err(PageError::Format("an answer of MAX without messages".into())),
    };
    let mut page = Page::default();
    let mut seen = HashSet::new();
    for (number, message) in messages.iter().enumerate() {
        page.blocks += 1;
        match message::read(message, chat) {
            Ok(parsed) if seen.insert(parsed.post.id.clone()) => {
                let position = parsed.post.id.to_string();
                page.admit(parsed, &position);
            }
            Ok(parsed) => page.problem(parsed.post.id, "repeated: the same message again"),
            Err(Unread::Dialogue) => return Err(PageError::Dialogue),
            Err(Unread::Because(reason)) => page.problem(number, reason),
        }
    }
    let oldest = messages.iter().filter_map(message::timestamp).min();
    page.older = oldest.map(|oldest| oldest.saturating_add(1).to_string());
    Ok(page)
}
