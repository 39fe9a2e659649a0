//! Channels as lists of messages, which programs of others write: an array of objects with `message_id`, `sender_id`, `date`, `text`, `channel`.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::channel::{Parts, of_clock, push};
use super::file::not_read;
use crate::parsing::{decode, json, text};
use crate::{Page, PageError};

/// Reads a JSON array of messages with `message_id`, `sender_id` (`-100` and the channel's number), `date`, `text`, `channel`. A date without a zone is of
/// the one given.
///
/// # Errors
/// [`PageError::Format`] and [`PageError::Broken`] for what is no such list.
pub fn parse_message_list(bytes: &[u8], zone: &TimeZone) -> Result<Page, PageError> {
    let decoded = decode(bytes, None);
    let messages: Vec<Value> = serde_json::from_str(&json::mended(&decoded)).map_err(|error| not_read(&error))?;
    let mut page = Page::default();
    for message in &messages {
        page.blocks += 1;
        let number = message["message_id"].as_i64();
        let channel = message["sender_id"].as_i64().map(|id| {
            let digits = id.unsigned_abs().to_string();
            digits.strip_prefix("100").filter(|rest| id < 0 && rest.len() >= 9).unwrap_or(&digits).to_owned()
        });
        let name = message["channel"].as_str().map(str::to_owned);
        let source = name.clone().or_else(|| channel.as_ref().map(|channel| format!("c{channel}")));
        page.title = page.title.or(name);
        let date = message["date"].as_str();
        let parts = Parts {
            id: channel.zip(number).map(|(channel, number)| format!("tg:c{channel}/{number}")),
            published_at: date.and_then(|date| date.parse().ok().or_else(|| of_clock(date, zone))),
            edited_at: None,
            text: text::plain(message["text"].as_str().unwrap_or_default()),
            forwarded_from: None,
            in_reply_to: None,
            poll: None,
            reactions: None,
        };
        push(&mut page, parts, source.as_deref().unwrap_or("telegram"), number);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_in_a_list_are_read_by_the_channels_number() {
        let list = br#"[{"message_id": 5, "sender_id": -1001234567890, "date": "2026-11-01T10:00:00+03:00", "text": "a", "channel": "Gorod"},
            {"message_id": 6, "date": "2026-11-01T10:00:00+03:00", "text": "a"},
            {"message_id": 7, "sender_id": -1001234567890, "date": "2026-11-01T10:00:00", "text": "a\x0Cb", "channel": "Gorod"}]"#;
        let page = parse_message_list(list, &TimeZone::get("Europe/Moscow").unwrap()).unwrap();
        assert_eq!(page.posts[0].post.id.as_str(), "tg:c1234567890/5");
        assert_eq!(page.posts[0].post.published_at.to_string(), "2026-11-01T07:00:00Z");
        assert_eq!(page.posts[1].post.published_at, page.posts[0].post.published_at);
        assert_eq!(page.posts[1].post.text, "a\nb");
        assert!(page.problems[0].reason.starts_with("no_id"), "{:?}", page.problems);
        for (json, reason) in [("{}", "not_this_format"), ("[", "broken"), ("", "broken")] {
            let error = parse_message_list(json.as_bytes(), &TimeZone::UTC).unwrap_err().to_string();
            assert!(error.starts_with(reason), "{json}: {error}");
        }
    }
}
