//! The JSON that travels: reading with limits, writing, and mending what some servers send.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{Post, TaggedPost, Time};

/// The version this build writes and reads.
pub const FORMAT: u32 = 1;

/// A longer text is a dead letter: no platform here publishes one, and one post must not fill the index's memory.
pub const MAX_TEXT_BYTES: usize = 256 * 1024;

/// A longer name of a source is a mistake, and it is a label in metrics.
pub const MAX_SOURCE_BYTES: usize = 128;

/// Dead letters keep this much of what was refused: enough to see why, not enough to fill the disk.
pub const MAX_DEAD_PAYLOAD: usize = 64 * 1024;

/// A post further than this ahead of when it was seen carries a wrong clock: a day of slack for time zones.
const MAX_AHEAD_S: i64 = 26 * 3600;

/// Older posts carry a broken date, not a date: VK opened in 2006, RSS and the first municipal sites a little before.
const EARLIEST: &str = "2000-01-01T00:00:00Z";

pub(crate) fn current_format() -> u32 {
    FORMAT
}

/// Why a message was refused. The name before the colon is what dead letters are counted by.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
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
    Platform(String, crate::Platform),
    /// Published before 2000 or after it was seen.
    #[error("date_out_of_range: published {0}")]
    Date(Time),
    /// A tombstone that still carries what a person wrote.
    #[error("tombstone_with_text")]
    Tombstone,
}

/// Reads a post and checks it, with `now` as the reader's clock where it has one.
pub fn read_post(json: &[u8], now: Option<Time>) -> Result<Post, Refused> {
    let post: Post = parse(&mend_surrogates(json))?;
    check_post(&post, now)?;
    Ok(post)
}

/// Checks what the types cannot.
pub fn check_post(post: &Post, now: Option<Time>) -> Result<(), Refused> {
    if post.v == 0 || post.v > FORMAT {
        return Err(Refused::Format(post.v));
    }
    let title = post.title.as_deref().map_or(0, str::len);
    if post.text.len() + title > MAX_TEXT_BYTES {
        return Err(Refused::TextTooLong(post.text.len() + title));
    }
    if post.source.is_empty() || post.source.len() > MAX_SOURCE_BYTES {
        return Err(Refused::Source);
    }
    if !post.id.as_str().starts_with(post.platform.id_prefix()) {
        return Err(Refused::Platform(post.id.to_string(), post.platform));
    }
    let latest = now.unwrap_or_else(|| post.seen()).as_second().saturating_add(MAX_AHEAD_S);
    let too_old = EARLIEST.parse::<Time>().is_ok_and(|earliest| post.published_at < earliest);
    if too_old || post.published_at.as_second() > latest {
        return Err(Refused::Date(post.published_at));
    }
    if post.is_deleted() && !(post.text.is_empty() && post.title.is_none() && post.author.is_none()) {
        return Err(Refused::Tombstone);
    }
    Ok(())
}

/// Writes a post.
pub fn write_post(post: &Post) -> Vec<u8> {
    write(post)
}

/// Reads a tagged post that a stage of ours wrote.
pub fn read_tagged(json: &[u8]) -> Result<TaggedPost, Refused> {
    let tagged: TaggedPost = parse(json)?;
    if tagged.post.v == 0 || tagged.post.v > FORMAT {
        return Err(Refused::Format(tagged.post.v));
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

/// Reads any other message of ours.
pub fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Refused> {
    Ok(parse(json)?)
}

/// As `serde_json::from_slice`, which looks at each string by itself whether it is UTF-8; at the whole message it is looked many
/// bytes at a time.
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

/// Replaces escapes of half a surrogate pair (`\ud83d` alone) by `\ufffd`.
///
/// Some servers cut texts in the middle of a pair; strict JSON then refuses the whole page for one broken emoji.
pub fn mend_surrogates(json: &[u8]) -> Cow<'_, [u8]> {
    let mut mended: Option<Vec<u8>> = None;
    let mut i = 0;
    while i + 1 < json.len() {
        if json[i] != b'\\' {
            i += 1;
            continue;
        }
        let Some(unit) = escape_at(json, i) else {
            i += 2;
            continue;
        };
        let pair = (0xd800..0xdc00).contains(&unit)
            && escape_at(json, i + 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if pair {
            i += 12;
            continue;
        }
        if (0xd800..0xe000).contains(&unit) {
            mended.get_or_insert_with(|| json.to_vec())[i + 2..i + 6].copy_from_slice(b"fffd");
        }
        i += 6;
    }
    mended.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// The code unit of a `\uXXXX` escape that begins at `i`.
fn escape_at(json: &[u8], i: usize) -> Option<u32> {
    let escape = json.get(i..i + 6)?;
    if escape[0] != b'\\' || escape[1] != b'u' {
        return None;
    }
    let hex = std::str::from_utf8(&escape[2..]).ok()?;
    u32::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Level, Risk, Sector, Tags};

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
