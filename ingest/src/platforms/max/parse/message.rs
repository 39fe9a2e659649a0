//! One message of a chat or post of a channel.

use model::{MaxMessage, Platform, Post, PostId, PostLink, Time};
use serde_json::Value;

use super::mentions::without_mentions;
use super::messages::Chat;
use crate::Parsed;
use crate::parsing::text::plain;

/// Ids of messages are some 40 characters; a longer one is none.
const MAX_MID_BYTES: usize = 128;

/// Attachments of one message; the application allows a dozen.
const MAX_ATTACHMENTS: usize = 100;

/// Why there is no post.
pub(super) enum Unread {
    /// It was written to the bot alone.
    Dialogue,
    /// A named reason.
    Because(String),
}

impl From<&str> for Unread {
    fn from(reason: &str) -> Unread {
        Unread::Because(reason.to_owned())
    }
}

/// Reads a message of a chat. When it was edited the API does not say.
pub(super) fn read(message: &Value, chat: &Chat) -> Result<Parsed, Unread> {
    let recipient = &message["recipient"];
    let is_channel = match recipient["chat_type"].as_str() {
        Some("channel") => true,
        Some("chat") => false,
        Some("dialog") => return Err(Unread::Dialogue),
        _ => return Err("no_chat_type: the message does not say that it is no private one".into()),
    };
    let id = recipient["chat_id"].as_i64().ok_or("no_id: the message names no chat")?;
    if !chat.is(id) {
        return Err("other_chat: the message is of another chat".into());
    }
    let mid = message["body"]["mid"].as_str().ok_or("no_id: the message has no mid")?;
    let time = timestamp(message).and_then(|millis| Time::from_millisecond(millis).ok());
    let time = time.ok_or("no_date: the message has no time")?;
    let author = Author::of(&message["sender"]);
    let link = Link::of(&message["link"]);
    let post = Post {
        url: url(mid, id, chat),
        views: message["stat"]["views"].as_u64(),
        in_reply_to: link.answered.and_then(|mid| post_id(id, mid).ok()).map(String::from),
        forwarded_from: link.origin,
        ..Post::new(post_id(id, mid)?, Platform::Max, &*chat.source, time, text(&message["body"], link.forwarded))
    };
    // A post of a channel is the channel's own; one that is signed bears the words of who signed it.
    let (private_author, signed) = match author {
        Author::Person(number) if !is_channel => (Some(number), false),
        Author::Person(_) => (None, true),
        Author::Unknown => (None, !is_channel),
        Author::Bot => (None, false),
    };
    Ok(Parsed { private_author, private_words: signed || link.of_a_person, ..Parsed::plain(post) })
}

/// That a message is gone: nothing but its id is known of it.
pub(super) fn removed(chat_id: i64, mid: &str, chat: &Chat) -> Result<Parsed, Unread> {
    let post = Post::new(post_id(chat_id, mid)?, Platform::Max, &*chat.source, crate::parsing::NO_DATE, String::new());
    Ok(Parsed { undated: true, deleted: true, ..Parsed::plain(Post { url: url(mid, chat_id, chat), ..post }) })
}

/// When a message was sent, in milliseconds.
pub(super) fn timestamp(message: &Value) -> Option<i64> {
    message["timestamp"].as_i64().filter(|millis| *millis > 0)
}

/// The pattern is the API's own, with the point that ids have.
fn post_id(chat: i64, mid: &str) -> Result<PostId, Unread> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if mid.is_empty() || mid.len() > MAX_MID_BYTES || !mid.bytes().all(fits) {
        return Err("no_id: the mid is none".into());
    }
    PostId::new(format!("max:{chat}/{mid}")).map_err(|error| Unread::Because(format!("no_id: {error}")))
}

/// The link is made of the id alone: the API gives one in some answers and not in others, and each change would be an edit.
fn url(mid: &str, id: i64, chat: &Chat) -> Option<String> {
    let number = MaxMessage::of_mid(mid)?.number;
    let chat = chat.name.clone().unwrap_or_else(|| format!("c/{id}"));
    Some(PostLink::Max { chat, number }.url())
}

/// Who wrote something.
enum Author {
    Person(String),
    Bot,
    /// A channel says nothing of an author.
    Unknown,
}

impl Author {
    fn of(sender: &Value) -> Author {
        match sender["user_id"].as_i64() {
            Some(_) if sender["is_bot"] == true => Author::Bot,
            Some(number) => Author::Person(number.to_string()),
            None => Author::Unknown,
        }
    }
}

/// What a message answers or passes on.
#[derive(Default)]
struct Link<'a> {
    answered: Option<&'a str>,
    /// The body of what is passed on.
    forwarded: Option<&'a Value>,
    /// Whether a person wrote that.
    of_a_person: bool,
    /// The channel it comes from; a person or a group is not named.
    origin: Option<String>,
}

impl Link<'_> {
    fn of(link: &Value) -> Link<'_> {
        let (body, mid) = (&link["message"], link["message"]["mid"].as_str());
        match link["type"].as_str() {
            Some("reply") => Link { answered: mid, ..Link::default() },
            Some("forward") => {
                let is_of_a_channel = matches!(Author::of(&link["sender"]), Author::Unknown);
                let number = mid.and_then(MaxMessage::of_mid).map(|message| message.number);
                let origin = link["chat_id"].as_i64().zip(number).filter(|_| is_of_a_channel);
                Link {
                    forwarded: Some(body),
                    of_a_person: matches!(Author::of(&link["sender"]), Author::Person(_)),
                    origin: origin.map(|(chat, number)| PostLink::Max { chat: format!("c/{chat}"), number }.url()),
                    ..Link::default()
                }
            }
            _ => Link::default(),
        }
    }
}

/// The text, then what is passed on with it, then the titles of what is attached to either, each on lines of its own.
fn text(body: &Value, forwarded: Option<&Value>) -> String {
    let bodies = || [Some(body), forwarded].into_iter().flatten();
    let mut text = String::new();
    let mut add = |part: String, between: &str| {
        if !part.is_empty() && !text.contains(&part) {
            text.push_str(if text.is_empty() { "" } else { between });
            text.push_str(&part);
        }
    };
    bodies().for_each(|body| add(plain(&without_mentions(body)), "\n\n"));
    let attached = bodies().flat_map(|body| body["attachments"].as_array().into_iter().flatten().take(MAX_ATTACHMENTS));
    attached.filter_map(title).for_each(|title| add(plain(title), "\n"));
    text
}

/// The title of a link or the name of a file. Pictures and videos have names nobody chose for the reader; a contact is a person's.
fn title(attachment: &Value) -> Option<&str> {
    match attachment["type"].as_str()? {
        "share" => attachment["title"].as_str(),
        "file" => attachment["filename"].as_str(),
        _ => None,
    }
}
