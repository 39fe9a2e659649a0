//! A channel of an export: messages become posts, and those of an album one.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use model::{Origin, Platform, Poll, Post, PostId, Time};
use serde_json::Value;

use super::album::Album;
use super::file::Reader;
use crate::parsing::{is_possible, text};
use crate::{Page, PageProblem, Parsed};

/// What versions of 2018 to 2021 added to the number of a channel.
const OLD_CHANNEL_SHIFT: i64 = 2 << 32;

/// A channel while its messages are read.
pub(super) struct Channel<'r, 'a> {
    id: i64,
    source: String,
    album: Album,
    /// The numbers of an album's further messages, with that of its first: answers to one are answers to the post.
    parts: HashMap<i64, i64>,
    reader: &'r mut Reader<'a>,
}

impl<'r, 'a> Channel<'r, 'a> {
    pub(super) fn new(id: i64, name: Option<String>, reader: &'r mut Reader<'a>) -> Channel<'r, 'a> {
        let source = name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| format!("c{}", bare(id, false)));
        reader.export.page.title = reader.export.page.title.take().or(name);
        Channel { id, source, album: Album::default(), parts: HashMap::new(), reader }
    }

    /// Takes the next message.
    pub(super) fn take(&mut self, message: &Value) {
        if message["type"] != "message" {
            return;
        }
        let number = message["id"].as_i64();
        let page = &mut self.reader.export.page;
        if let Some(first) = self.album.join(page, message, words(message)) {
            self.parts.extend(number.map(|number| (number, first)));
            page.album_parts.extend(number.and_then(|number| u64::try_from(number).ok()));
            return;
        }
        page.blocks += 1;
        // Versions since 2021 write whole numbers of channels, and since 2022 the seconds of Greenwich.
        let is_old = message["from_id"].as_str().is_none() && message.get("date_unixtime").is_none();
        let channel = bare(self.id, is_old);
        let answered = message["reply_to_message_id"].as_i64();
        let answered = answered.map(|number| self.parts.get(&number).copied().unwrap_or(number));
        let published_at = date(message, "date_unixtime", "date", self.reader.zone);
        let edited_at = date(message, "edited_unixtime", "edited", self.reader.zone);
        let parts = Parts {
            id: number.map(|number| format!("tg:c{channel}/{number}")),
            published_at,
            // Old versions write 1970 for «never».
            edited_at: edited_at.filter(|edited| published_at.is_some_and(|published| *edited > published)),
            text: words(message),
            // Only channels are named: where the origin is not told to be one, it may be a person.
            forwarded_from: message["forwarded_from"].as_str().filter(|_| is_of_channel(message)).map(Into::into),
            in_reply_to: answered.map(|number| format!("tg:c{channel}/{number}")),
            poll: poll(message),
            reactions: reactions(message),
        };
        if push(page, parts, &self.source, number) {
            self.album.begin(page.posts.len() - 1, message);
        }
    }
}

/// The number of a channel as everybody but the versions of 2018 to 2021 writes it.
fn bare(id: i64, is_old: bool) -> i64 {
    if is_old && id > OLD_CHANNEL_SHIFT { id - OLD_CHANNEL_SHIFT } else { id }
}

/// A moment: seconds of Greenwich where they are written, else the clock of whoever exported.
fn date(message: &Value, unix: &str, local: &str, zone: &TimeZone) -> Option<Time> {
    let seconds = message[unix].as_str().and_then(|text| text.parse().ok()).or(message[unix].as_i64());
    let local = || of_clock(message[local].as_str()?, zone);
    seconds.and_then(|seconds| Time::from_second(seconds).ok()).or_else(local).filter(|time| is_possible(*time))
}

/// A moment by a clock of a zone.
pub(super) fn of_clock(text: &str, zone: &TimeZone) -> Option<Time> {
    let local = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(local.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

fn is_of_channel(message: &Value) -> bool {
    message["forwarded_from_id"].as_str().is_some_and(|id| id.starts_with("channel"))
}

fn poll(message: &Value) -> Option<Poll> {
    let poll = message.get("poll")?;
    let answers = poll["answers"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Poll {
        question: text::plain(&rich_text(&poll["question"])),
        options: answers
            .iter()
            .map(|answer| text::plain(&rich_text(&answer["text"])))
            .filter(|text| !text.is_empty())
            .collect(),
    })
}

/// All reactions together, since 2024.
fn reactions(message: &Value) -> Option<u64> {
    let counts = message["reactions"].as_array()?.iter().filter_map(|reaction| reaction["count"].as_u64());
    Some(counts.fold(0, u64::saturating_add))
}

/// The text of a message; of a place its name and address, and of a document without words its name, as the preview shows them.
fn words(message: &Value) -> String {
    let written = [&message["text"], &message["text_entities"]].map(rich_text);
    let written = written.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default();
    let place = ["place_name", "address"].map(|name| message[name].as_str().unwrap_or_default().to_owned());
    let parts: Vec<String> =
        [written].into_iter().chain(place).map(|part| text::plain(&part)).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() && message.get("media_type").is_none() {
        return text::plain(message["file_name"].as_str().unwrap_or_default());
    }
    parts.join("\n")
}

/// A text is a string, or an array of strings and of objects with a `text`.
fn rich_text(text: &Value) -> String {
    match text {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            parts.iter().map(|part| part.as_str().or(part["text"].as_str()).unwrap_or_default()).collect()
        }
        _ => String::new(),
    }
}

/// What a message of an export says.
pub(super) struct Parts {
    pub(super) id: Option<String>,
    pub(super) published_at: Option<Time>,
    pub(super) edited_at: Option<Time>,
    pub(super) text: String,
    pub(super) forwarded_from: Option<String>,
    pub(super) in_reply_to: Option<String>,
    pub(super) poll: Option<Poll>,
    pub(super) reactions: Option<u64>,
}

/// Makes a post of a message, or says why not.
pub(super) fn push(page: &mut Page, parts: Parts, source: &str, number: Option<i64>) -> bool {
    let position = number.map_or_else(|| format!("block {}", page.blocks), |number| number.to_string());
    let mut problem = |reason: &str| {
        page.problems.push(PageProblem { position: position.clone(), reason: reason.into() });
        false
    };
    let Some(id) = parts.id.and_then(|id| PostId::new(id).ok()) else {
        return problem("no_id: the message or its channel has no number");
    };
    let Some(published_at) = parts.published_at else {
        return problem("no_date: the message has no readable date");
    };
    let post = Post {
        edited_at: parts.edited_at,
        poll: parts.poll,
        reactions: parts.reactions,
        in_reply_to: parts.in_reply_to,
        forwarded_from: parts.forwarded_from,
        origin: Origin::Import,
        ..Post::new(id, Platform::Telegram, source, published_at, parts.text)
    };
    let before = page.posts.len();
    page.admit(Parsed::plain(post), &position);
    page.posts.len() > before
}
