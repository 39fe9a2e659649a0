//! Events: `GET /updates` (<https://dev.max.ru/docs-api/methods/GET/updates>), and what MAX posts to a webhook, one event a request
//! (<https://dev.max.ru/docs-api/objects/Update>).

use serde_json::Value;

use super::message::{self, Unread};
use super::messages::{Chat, parse_messages};
use crate::parsing::api_answer::{json_value, one_line};
use crate::parsing::{Page, PageError, Parsed};

/// What happened.
#[derive(Debug, Default)]
pub struct Updates {
    /// Where the next request goes on; none: where this one did.
    pub marker: Option<i64>,
    /// What was said in each of the chats that are read, in their order: messages, new and edited, and those that are gone.
    pub pages: Vec<Page>,
    /// What became of chats, read or not, in the order of the events.
    pub chats: Vec<ChatNews>,
}

/// What became of a chat.
#[derive(Debug, PartialEq, Eq)]
pub struct ChatNews {
    /// Its number.
    pub chat: i64,
    /// What became of it.
    pub change: ChatChange,
}

/// How the bot stands to a chat.
#[derive(Debug, PartialEq, Eq)]
pub enum ChatChange {
    /// It was admitted, or given other rights.
    Admitted {
        /// Whether it is a channel, where that is told.
        is_channel: Option<bool>,
    },
    /// It heard something there.
    Heard {
        /// Whether it is a channel.
        is_channel: bool,
    },
    /// It was put out.
    Removed,
    /// The chat is called otherwise.
    Titled(String),
}

/// Reads events. Of private dialogues with the bot nothing is taken, not even that there was one.
pub fn parse_updates(json: &[u8], chats: &[Chat]) -> Result<Updates, PageError> {
    let answer = json_value(json, "MAX")?;
    let events = match &answer["updates"] {
        Value::Array(events) => events.as_slice(),
        _ if answer["update_type"].is_string() => std::slice::from_ref(&answer),
        _ => return Err(PageError::Format("an answer of MAX without updates".into())),
    };
    let pages = chats.iter().map(|_| Page::default()).collect();
    let mut updates = Updates { marker: answer["marker"].as_i64(), pages, chats: Vec::new() };
    for event in events {
        read(event, chats, &mut updates);
    }
    Ok(updates)
}

/// Reads messages or events, whichever these are, of whichever chat.
pub fn parse_any(json: &[u8], source: &str) -> Result<Page, PageError> {
    let chat = Chat::any(source);
    match parse_updates(json, std::slice::from_ref(&chat)) {
        Ok(updates) => Ok(updates.pages.into_iter().next().unwrap_or_default()),
        Err(_) => parse_messages(json, &chat),
    }
}

fn read(event: &Value, chats: &[Chat], updates: &mut Updates) {
    let kind = event["update_type"].as_str().unwrap_or_default();
    let message = &event["message"];
    let chat = event["chat_id"].as_i64().or(message["recipient"]["chat_id"].as_i64());
    let Some(chat) = chat else { return };
    let is_channel = event["is_channel"].as_bool();
    let mut note = |change| updates.chats.push(ChatNews { chat, change });
    match kind {
        "message_created" | "message_edited" => {
            let is_channel = match message["recipient"]["chat_type"].as_str() {
                Some("channel") => true,
                Some("chat") => false,
                _ => return,
            };
            note(ChatChange::Heard { is_channel });
            add(chats, chat, updates, |own| message::read(message, own));
        }
        "message_removed" => {
            let mid = event["message_id"].as_str().unwrap_or_default();
            add(chats, chat, updates, |own| message::removed(chat, mid, own));
        }
        "bot_added" | "bot_admin_permissions_changed" => note(ChatChange::Admitted { is_channel }),
        "bot_removed" => note(ChatChange::Removed),
        "chat_title_changed" => note(ChatChange::Titled(one_line(event["title"].as_str().unwrap_or_default()))),
        _ => {}
    }
}

/// Adds what was said to the page of its chat, if that is read.
fn add(chats: &[Chat], chat: i64, updates: &mut Updates, read: impl Fn(&Chat) -> Result<Parsed, Unread>) {
    let Some(number) = chats.iter().position(|own| own.is(chat)) else { return };
    let (Some(own), Some(page)) = (chats.get(number), updates.pages.get_mut(number)) else { return };
    page.blocks += 1;
    match read(own) {
        Ok(parsed) => {
            let position = parsed.post.id.to_string();
            page.admit(parsed, &position);
        }
        Err(Unread::Because(reason)) => page.problem(format!("max:{chat}"), reason),
        Err(Unread::Dialogue) => page.problem(format!("max:{chat}"), "not_published: a private dialogue"),
    }
}
