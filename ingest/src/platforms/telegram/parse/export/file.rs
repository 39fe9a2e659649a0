//! `result.json` as Telegram Desktop writes it: a channel, or an account with all its chats.
//!
//! A message at a time, since a file may be some gigabytes, and since what comes before the place where one was cut is whole.

use std::fmt;

use jiff::tz::TimeZone;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::channel::Channel;
use crate::parsing::{decode, json};
use crate::{Page, PageError};

/// What an export holds.
#[derive(Debug, Default)]
pub struct Export {
    /// The messages of its channels.
    pub page: Page,
    /// Its chats that are no public channels: nothing of them is read.
    pub chats_left_out: usize,
}

/// Reads `result.json` that Telegram Desktop writes for a channel or for an account, of which only the public channels are taken. Service messages are
/// left out; authors are not read; times without a zone are of the one given.
///
/// # Errors
/// Where there is no message at all before the place that cannot be read, and for a single chat that is no channel.
pub fn parse_export(bytes: &[u8], zone: &TimeZone) -> Result<Export, PageError> {
    let decoded = decode(bytes, None);
    let mended = json::mended(&decoded);
    let mut reader = Reader { zone, export: Export::default(), refused: None, found: false };
    let mut deserializer = serde_json::Deserializer::from_str(&mended);
    let read = Chat { reader: &mut reader, is_whole_file: true }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    let Reader { mut export, refused, found, .. } = reader;
    if let Some(kind) = refused {
        return Err(PageError::Format(format!(
            "the export is of a {kind}; only channels are read, since chats are private"
        )));
    }
    if let Err(error) = read {
        if export.page.posts.is_empty() && export.chats_left_out == 0 {
            return Err(not_read(&error));
        }
        let at = format!("line {}, column {}", error.line(), error.column());
        let reason = match error.classify() {
            serde_json::error::Category::Eof => format!("cut: the file ends in the middle, at {at}"),
            _ => format!("broken: the file cannot be read on at {at}"),
        };
        let whole = export.page.posts.len();
        export.page.problem(at, format!("{reason}; the {whole} posts before it are taken"));
    } else if !found {
        return Err(PageError::Format(
            "no export: neither a channel with type, id and messages nor a list of chats".into(),
        ));
    }
    Ok(export)
}

/// Why nothing was read.
pub(super) fn not_read(error: &serde_json::Error) -> PageError {
    match error.classify() {
        serde_json::error::Category::Data => PageError::Format(format!("not an export: {error}")),
        _ => PageError::Broken(error.to_string()),
    }
}

pub(super) struct Reader<'a> {
    pub(super) zone: &'a TimeZone,
    pub(super) export: Export,
    /// The kind of the single chat of the file, if it is none that is read.
    refused: Option<String>,
    /// A channel or a list of chats was met.
    found: bool,
}

/// A chat, or the whole file, which is one or holds lists of them.
struct Chat<'r, 'a> {
    reader: &'r mut Reader<'a>,
    is_whole_file: bool,
}

impl<'de> DeserializeSeed<'de> for Chat<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Chat<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an export of Telegram Desktop")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let Chat { reader, is_whole_file } = self;
        let (mut name, mut kind, mut id) = (None, None, None);
        // Telegram Desktop writes what a chat is before its messages; another program may not.
        let mut early: Option<Vec<Value>> = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "name" => name = map.next_value::<Value>()?.as_str().map(str::to_owned),
                "type" => kind = map.next_value::<Value>()?.as_str().map(str::to_owned),
                "id" => id = map.next_value::<Value>()?.as_i64(),
                "messages" => match (&kind, id) {
                    (Some(kind), Some(id)) if is_read(kind, is_whole_file) => {
                        reader.found = true;
                        let mut channel = Channel::new(id, name.clone(), reader);
                        map.next_value_seed(Messages(&mut channel))?;
                    }
                    (Some(_), _) => drop(map.next_value::<IgnoredAny>()?),
                    (None, _) if is_whole_file => early = Some(map.next_value()?),
                    (None, _) => drop(map.next_value::<IgnoredAny>()?),
                },
                "chats" | "left_chats" if is_whole_file => {
                    reader.found = true;
                    map.next_value_seed(Lists(reader))?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match (kind, id, early) {
            (Some(kind), _, _) if !is_read(&kind, is_whole_file) => match is_whole_file {
                true => reader.refused = Some(kind),
                false => reader.export.chats_left_out += 1,
            },
            (Some(_), Some(id), Some(messages)) => {
                reader.found = true;
                let mut channel = Channel::new(id, name, reader);
                messages.iter().for_each(|message| channel.take(message));
            }
            (None, ..) if !is_whole_file => reader.export.chats_left_out += 1,
            _ => {}
        }
        Ok(())
    }
}

/// Whether a chat of a kind is read. Whoever exports one channel alone means it, closed or not; of an account only what is public is.
fn is_read(kind: &str, is_whole_file: bool) -> bool {
    if is_whole_file { kind.ends_with("channel") } else { kind == "public_channel" }
}

/// `{"about": …, "list": [chat, …]}`.
struct Lists<'r, 'a>(&'r mut Reader<'a>);

impl<'de> DeserializeSeed<'de> for Lists<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Lists<'_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of chats")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "list" => map.next_value_seed(Lists(&mut *self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut chats: S) -> Result<(), S::Error> {
        while chats.next_element_seed(Chat { reader: &mut *self.0, is_whole_file: false })?.is_some() {}
        Ok(())
    }
}

/// The messages of a channel.
struct Messages<'c, 'r, 'a>(&'c mut Channel<'r, 'a>);

impl<'de> DeserializeSeed<'de> for Messages<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Messages<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of messages")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut messages: S) -> Result<(), S::Error> {
        while let Some(message) = messages.next_element::<Value>()? {
            self.0.take(&message);
        }
        Ok(())
    }
}
