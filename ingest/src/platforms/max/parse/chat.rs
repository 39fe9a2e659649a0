//! What the API says of a chat (`GET /chats/{chatId}`, <https://dev.max.ru/docs-api/methods/GET/chats/-chatId->) and of the bot in it
//! (`GET /chats/{chatId}/members/me`).

use model::{PageLink, Platform};

use crate::parsing::PageError;
use crate::parsing::api_answer::{json_value, one_line};

/// A chat.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platforms::max) struct ChatInfo {
    pub id: i64,
    pub kind: ChatKind,
    pub title: Option<String>,
    /// The public name, where it has one.
    pub name: Option<String>,
}

/// What a chat is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::platforms::max) enum ChatKind {
    Group,
    Channel,
    Dialogue,
}

/// What the bot may do in a chat.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platforms::max) struct Membership {
    pub is_admin: bool,
    /// Of a group it sees all messages, not only those that are meant for it.
    pub reads_all: bool,
}

/// Reads a chat. One of a kind that is not known counts as a dialogue: it is not read.
pub(in crate::platforms::max) fn parse_chat(json: &[u8]) -> Result<ChatInfo, PageError> {
    let chat = json_value(json, "MAX")?;
    let id = chat["chat_id"].as_i64().ok_or_else(|| PageError::Format("a chat of MAX without its number".into()))?;
    let kind = match chat["type"].as_str() {
        Some("channel") => ChatKind::Channel,
        Some("chat") => ChatKind::Group,
        _ => ChatKind::Dialogue,
    };
    let link = chat["link"].as_str().filter(|_| chat["is_public"] == true);
    let name = link.and_then(PageLink::parse).filter(|page| page.platform == Platform::Max);
    let name = name.and_then(|page| {
        let mut parts = page.parts();
        let name = parts.next().filter(|name| !matches!(*name, "c" | "u" | "join"))?.to_owned();
        parts.next().is_none().then_some(name)
    });
    Ok(ChatInfo { id, kind, title: chat["title"].as_str().map(one_line), name })
}

/// Reads what the bot may do in a chat.
pub(in crate::platforms::max) fn parse_membership(json: &[u8]) -> Result<Membership, PageError> {
    let member = json_value(json, "MAX")?;
    let holds = |right: &str| member["permissions"].as_array().is_some_and(|all| all.iter().any(|own| own == right));
    let is_admin = member["is_admin"] == true || member["is_owner"] == true;
    Ok(Membership { is_admin, reads_all: holds("read_all_messages") })
}
