//! Which chat a pasted text means, and what the bot may see of it.

use config::Address;
use model::{PageLink, Platform, PostLink};

use super::client::MaxClient;
use super::parse::{ChatInfo, ChatKind, parse_chat, parse_membership};
use crate::platforms::connector::Unresolved;
use crate::platforms::recognise::{Given, Target, TryError};
use crate::poll::Failure;

/// What a link to MAX, or the number of a chat as `max:-7`, names.
pub(super) fn recognise(given: &Given<'_>) -> Option<Result<Target, TryError>> {
    let chat =
        |number: &str| number.parse().ok().filter(|chat| *chat != 0).map(|chat| Address::Max { chat, name: None });
    if let Some(number) = given.text.strip_prefix("max:") {
        let number = number.split('/').next().unwrap_or_default();
        return Some(chat(number).map(Target::Address).ok_or_else(|| given.unknown()));
    }
    let page = PageLink::parse(given.text).filter(|page| page.platform == Platform::Max)?;
    if let Some(PostLink::Max { chat: name, .. }) = PostLink::parse(given.text)
        && !name.starts_with("c/")
    {
        return Some(Ok(Target::Name(name)));
    }
    let mut path = page.parts();
    Some(match (path.next(), path.next()) {
        (Some("join"), _) => Err(TryError::Invitation),
        (Some("u"), _) => Err(TryError::Person),
        // The messenger in a browser opens a chat as `web.max.ru/-7`.
        (Some("c"), Some(number)) | (Some(number), _) if chat(number).is_some() => {
            chat(number).map(Target::Address).ok_or_else(|| given.unknown())
        }
        (Some(name), None) if name != "c" => Ok(Target::Name(name.to_owned())),
        _ => Err(given.unknown()),
    })
}

/// The chat of a public name (<https://dev.max.ru/docs-api/methods/GET/chats/-chatLink->).
pub(super) async fn resolve(max: MaxClient<'_>, name: &str) -> Result<Address, Unresolved> {
    let found = max.get(&format!("chats/{name}"), &[], parse_chat).await.map_err(Unresolved::Failed)?;
    match found.kind {
        ChatKind::Dialogue => Err(Unresolved::Rejected(TryError::Person)),
        ChatKind::Group | ChatKind::Channel => Ok(Address::Max { chat: found.id, name: Some(name.to_owned()) }),
    }
}

/// What a chat is.
pub(super) async fn look(max: MaxClient<'_>, chat: i64) -> Result<ChatInfo, Failure> {
    max.get(&format!("chats/{chat}"), &[], parse_chat).await
}

/// Words on what the bot may do in a chat, for who wonders why it sees nothing.
pub(super) async fn standing(max: MaxClient<'_>, chat: i64) -> &'static str {
    match max.get(&format!("chats/{chat}/members/me"), &[], parse_membership).await {
        Ok(member) if !member.is_admin => "бот в чате не администратор: историю ему не отдают",
        Ok(member) if !member.reads_all => "у бота нет права читать все сообщения",
        Ok(_) => "бот — администратор и читает все сообщения",
        Err(_) => "бота в этом чате нет",
    }
}
