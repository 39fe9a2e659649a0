//! The JSON that travels: reading with limits, and writing.

use serde::Deserialize;

use crate::correction::Correction;
pub use crate::format::FORMAT;
use crate::id::Platform;
use crate::post::Post;
pub use crate::surrogates::mend_surrogates;
use crate::tagged_post::TaggedPost;
use crate::time::Time;

/// A longer text is a dead letter: no platform here publishes one, and one post must not fill the index's memory.
pub const MAX_TEXT_BYTES: usize = 256 * 1024;

/// A longer name of a source is a mistake, and it is a label in metrics.
pub const MAX_SOURCE_BYTES: usize = 128;

/// Dead letters keep this much of what was refused: enough to see why, not enough to fill the disk.
pub const MAX_DEAD_PAYLOAD: usize = 64 * 1024;

/// A longer note is no reason but a document, and every answer that shows the post carries it.
pub const MAX_NOTE_BYTES: usize = 4 * 1024;

/// Bounds a name, a kind, and each of the topics of a correction: they are codes and names of people, not texts.
const MAX_SAID_BYTES: usize = 256;

/// A post that is about more is about nothing.
const MAX_SAID_TOPICS: usize = 32;

/// A post further than this ahead of when it was seen carries a wrong clock: a day of slack for time zones.
pub const MAX_AHEAD_S: u64 = 26 * 3600;

/// Older posts carry a broken date, not a date: VK opened in 2006, RSS and the first municipal sites a little before.
const EARLIEST: &str = "2000-01-01T00:00:00Z";

/// Why a message was refused. The name before the colon is what dead letters are counted by.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Not JSON, or a required field is missing or of the wrong type.
    #[error("not_a_post: {0}")]
    Shape(#[from] serde_json::Error),
    /// Written by a newer build.
    #[error("unknown_format: v{0}, this build reads v{FORMAT}")]
    Format(u32),
    /// Beyond [`MAX_TEXT_BYTES`].
    #[error("text_too_long: {0} bytes, at most {MAX_TEXT_BYTES}")]
    TextTooLong(usize),
    /// Beyond [`MAX_SOURCE_BYTES`], or empty.
    #[error("bad_source: the name of the source is empty or too long")]
    Source,
    /// The id is of another platform.
    #[error("wrong_platform: id {0} on {1}")]
    Platform(String, Platform),
    /// Published before 2000 or after it was seen.
    #[error("date_out_of_range: published {0}")]
    Date(Time),
    /// A tombstone that still carries what a person wrote.
    #[error("tombstone_with_text")]
    Tombstone,
    /// A correction whose parts are too long, or that nobody made.
    #[error("bad_correction: {0}")]
    Correction(&'static str),
}

/// Reads a post and checks it, with `now` as the reader's clock where it has one.
pub fn read_post(json: &[u8], now: Option<Time>) -> Result<Post, WireError> {
    let post: Post = parse(&mend_surrogates(json))?;
    check_post(&post, now)?;
    Ok(post)
}

/// Checks what the types cannot.
pub fn check_post(post: &Post, now: Option<Time>) -> Result<(), WireError> {
    if post.v == 0 || post.v > FORMAT {
        return Err(WireError::Format(post.v));
    }
    let title = post.title.as_deref().map_or(0, str::len);
    if post.text.len() + title > MAX_TEXT_BYTES {
        return Err(WireError::TextTooLong(post.text.len() + title));
    }
    if post.source.is_empty() || post.source.len() > MAX_SOURCE_BYTES {
        return Err(WireError::Source);
    }
    if !post.id.as_str().starts_with(post.platform.id_prefix()) {
        return Err(WireError::Platform(post.id.to_string(), post.platform));
    }
    let latest = now.unwrap_or_else(|| post.seen()).as_second().saturating_add_unsigned(MAX_AHEAD_S);
    let too_old = EARLIEST.parse::<Time>().is_ok_and(|earliest| post.published_at < earliest);
    if too_old || post.published_at.as_second() > latest {
        return Err(WireError::Date(post.published_at));
    }
    if post.is_deleted() && !(post.text.is_empty() && post.title.is_none() && post.author.is_none()) {
        return Err(WireError::Tombstone);
    }
    Ok(())
}

/// Writes a post.
pub fn write_post(post: &Post) -> Vec<u8> {
    write(post)
}

/// Reads a tagged post that a stage of ours wrote.
pub fn read_tagged(json: &[u8]) -> Result<TaggedPost, WireError> {
    let tagged: TaggedPost = parse(json)?;
    if tagged.post.v == 0 || tagged.post.v > FORMAT {
        return Err(WireError::Format(tagged.post.v));
    }
    Ok(tagged)
}

/// Writes a tagged post, flat.
pub fn write_tagged(tagged: &TaggedPost) -> Vec<u8> {
    let mut json = write(&tagged.post);
    let tags = write(&tagged.tags);
    json.pop();
    json.push(b',');
    json.extend_from_slice(&tags[1..]);
    json
}

/// Reads a correction and checks it.
pub fn read_correction(json: &[u8]) -> Result<Correction, WireError> {
    let correction: Correction = parse(json)?;
    check_correction(&correction)?;
    Ok(correction)
}

/// Checks what the types cannot.
pub fn check_correction(correction: &Correction) -> Result<(), WireError> {
    if correction.v == 0 || correction.v > FORMAT {
        return Err(WireError::Format(correction.v));
    }
    let topics = correction.topics.as_deref().unwrap_or_default();
    let codes = || topics.iter().chain(&correction.kind).chain([&correction.by]);
    if correction.by.trim().is_empty() {
        return Err(WireError::Correction("nobody made it"));
    }
    if topics.len() > MAX_SAID_TOPICS || codes().any(|code| code.len() > MAX_SAID_BYTES) {
        return Err(WireError::Correction("too many topics, or one of its names is too long"));
    }
    if correction.note.as_ref().is_some_and(|note| note.len() > MAX_NOTE_BYTES) {
        return Err(WireError::Correction("the note is longer than 4 KB"));
    }
    Ok(())
}

/// Reads any other message of ours.
pub fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, WireError> {
    Ok(parse(json)?)
}

/// As `serde_json::from_slice`, which checks each string for UTF-8 by itself; the whole message is checked many bytes at a time.
/// Four stages read each post.
fn parse<'a, T: Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    match simdutf8::basic::from_utf8(json) {
        Ok(json) => serde_json::from_str(json),
        // Its error says where.
        Err(_) => serde_json::from_slice(json),
    }
}

/// Writes any message of ours as one line of JSON.
#[allow(clippy::expect_used)] // Our types have string keys and no fallible serializer: this cannot fail.
pub fn write<T: serde::Serialize>(message: &T) -> Vec<u8> {
    serde_json::to_vec(message).expect("our messages are representable in JSON")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actuality, Event, Harm, Level, Risk, Scale, Sector, Tags};

    const POST: &str =
        r#"{"id":"vk:-1_2","platform":"vk","source":"city","published_at":"2026-11-01T10:00:00Z","text":"Нет воды"}"#;

    #[test]
    fn five_fields_are_enough() {
        let post = read_post(POST.as_bytes(), None).unwrap();
        assert_eq!((post.v, post.seen()), (1, post.published_at));
    }

    #[track_caller]
    fn refused(json: &str, reason: &str) {
        let refused = read_post(json.as_bytes(), None).unwrap_err().to_string();
        assert!(refused.starts_with(reason), "{refused}");
    }

    #[test]
    fn each_bad_message_has_its_reason() {
        refused("{}", "not_a_post");
        refused("[", "not_a_post");
        refused(&POST.replace("2026-11-01", "1970-01-01"), "date_out_of_range");
        refused(
            &POST.replace("\"text\"", "\"seen_at\":\"2026-11-01T10:00:00Z\",\"text\"").replacen("2026", "2099", 1),
            "date_out_of_range",
        );
        refused(&POST.replace("\"vk\"", "\"portal\""), "wrong_platform");
        refused(&POST.replace("\"city\"", "\"\""), "bad_source");
        refused(&POST.replace("Нет воды", &"я".repeat(MAX_TEXT_BYTES)), "text_too_long");
        refused(&POST.replace("{\"id\"", "{\"v\":2,\"id\""), "unknown_format");
        refused(&POST.replace("\"text\"", "\"deleted_at\":\"2026-11-01T10:00:00Z\",\"text\""), "tombstone_with_text");
    }

    #[test]
    fn a_correction_that_nobody_made_or_that_is_a_document_is_refused() {
        let json = r#"{"v":1,"id":"vk:-1_2","at":"2026-11-01T10:00:00Z","by":"И","kind":"fire","note":"шутка"}"#;
        read_correction(json.as_bytes()).unwrap();
        let refused = |json: &str| read_correction(json.as_bytes()).unwrap_err().to_string();
        assert!(refused(&json.replace("\"v\":1", "\"v\":2")).starts_with("unknown_format"));
        assert!(refused(&json.replace("\"И\"", "\" \"")).starts_with("bad_correction: nobody"));
        assert!(refused(&json.replace("fire", &"f".repeat(257))).starts_with("bad_correction"));
        assert!(refused(&json.replace("шутка", &"я".repeat(3_000))).starts_with("bad_correction: the note"));
        assert!(refused("{}").starts_with("not_a_post"));
    }

    #[test]
    fn half_an_emoji_becomes_the_replacement_character_and_a_whole_one_stays() {
        let post = read_post(POST.replace("воды", r"\ud83d вод\ud83d\ude00 \\ud83d").as_bytes(), None).unwrap();
        assert_eq!(post.text, "Нет \u{fffd} вод😀 \\ud83d");
    }

    #[test]
    fn a_tagged_post_is_flat_and_comes_back_the_same() {
        let tagged = TaggedPost {
            post: read_post(POST.as_bytes(), None).unwrap(),
            tags: Tags {
                sector: Sector::Jkh,
                sectors: vec![Sector::Jkh],
                events: vec![Event {
                    object: "cold_water".into(),
                    state: "absent".into(),
                    actuality: Actuality::Now,
                    scale: Some(Scale::House),
                    count: Some(3),
                    harm: Harm::None,
                    who: None,
                    wish: None,
                    words: vec!["Нет воды".into()],
                }],
                risks: vec![Risk { kind: "outage".into(), level: Level::High, why: vec!["нет воды".into()] }],
                ..Tags::default()
            },
        };
        let json = write_tagged(&tagged);
        let flat: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!((flat["id"].as_str(), flat["sector"].as_str()), (Some("vk:-1_2"), Some("jkh")));
        assert_eq!(serde_json::to_value(&tagged).unwrap(), flat);
        assert_eq!(read_tagged(&json).unwrap(), tagged);
    }

    #[test]
    fn a_tagged_post_is_read_as_its_two_halves_are() {
        let post: Post = serde_json::from_str(POST).unwrap();
        let tags: Tags = serde_json::from_str("{}").unwrap();
        assert_eq!(read_tagged(POST.as_bytes()).unwrap(), TaggedPost { post, tags });
    }
}
