//! Exports of Telegram channels, for filling in the past. Pure parsers: bytes in, [`Page`] out.

use model::{Origin, Platform, Poll, Post, PostId, Time, wire};
use serde::Deserialize;
use serde_json::Value;

use crate::{Page, PageError, PageProblem, Parsed};

/// `result.json` that Telegram Desktop writes for a channel. Service messages are left out; authors are not read.
pub fn parse_export(json: &[u8]) -> Result<Page, PageError> {
    #[derive(Deserialize)]
    struct Export {
        name: Option<String>,
        r#type: String,
        id: i64,
        messages: Vec<Value>,
    }
    let export: Export = read(json, "an object with name, type, id and messages")?;
    if !export.r#type.ends_with("channel") {
        let kind = export.r#type;
        return Err(PageError::Format(format!(
            "the export is of a {kind}; only channels are read, since chats are private"
        )));
    }
    let source = export.name.clone().unwrap_or_else(|| format!("c{}", export.id));
    let mut page = Page { title: export.name, ..Page::default() };
    for message in &export.messages {
        if message["type"] != "message" {
            continue;
        }
        page.blocks += 1;
        let date = |unix: &str, local: &str| {
            let seconds = message[unix].as_str().and_then(|text| text.parse().ok()).or(message[unix].as_i64());
            let local = || message[local].as_str()?.parse::<jiff::civil::DateTime>().ok();
            let of_local = || Some(local()?.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?.timestamp());
            seconds.and_then(|seconds| Time::from_second(seconds).ok()).or_else(of_local)
        };
        let poll = message.get("poll").map(|poll| Poll {
            question: poll["question"].as_str().unwrap_or_default().to_owned(),
            options: poll["answers"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|answer| answer["text"].as_str().map(Into::into))
                .collect(),
        });
        let number = message["id"].as_i64();
        let parts = Parts {
            id: number.map(|number| format!("tg:c{}/{number}", export.id)),
            published_at: date("date_unixtime", "date"),
            edited_at: date("edited_unixtime", "edited"),
            text: rich_text(&message["text"]),
            // Only channels are named: where the origin is not told to be one, it may be a person.
            forwarded_from: message["forwarded_from"].as_str().filter(|_| is_of_channel(message)).map(Into::into),
            in_reply_to: message["reply_to_message_id"].as_i64().map(|n| format!("tg:c{}/{n}", export.id)),
            poll,
        };
        push(&mut page, parts, &source, number);
    }
    Ok(page)
}

fn is_of_channel(message: &Value) -> bool {
    message["forwarded_from_id"].as_str().is_some_and(|id| id.starts_with("channel"))
}

/// A JSON array of messages with `message_id`, `sender_id` (`-100` and the channel's number), `date`, `text`, `channel`.
pub fn parse_message_list(json: &[u8]) -> Result<Page, PageError> {
    let messages: Vec<Value> = read(json, "an array of messages")?;
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
        let parts = Parts {
            id: channel.zip(number).map(|(channel, number)| format!("tg:c{channel}/{number}")),
            published_at: message["date"].as_str().and_then(|date| date.parse().ok()),
            edited_at: None,
            text: message["text"].as_str().unwrap_or_default().to_owned(),
            forwarded_from: None,
            in_reply_to: None,
            poll: None,
        };
        push(&mut page, parts, source.as_deref().unwrap_or("telegram"), number);
    }
    Ok(page)
}

struct Parts {
    id: Option<String>,
    published_at: Option<Time>,
    edited_at: Option<Time>,
    text: String,
    forwarded_from: Option<String>,
    in_reply_to: Option<String>,
    poll: Option<Poll>,
}

fn push(page: &mut Page, parts: Parts, source: &str, number: Option<i64>) {
    let position = number.map_or_else(|| format!("block {}", page.blocks), |number| number.to_string());
    let problem = |reason: &str| PageProblem { position: position.clone(), reason: reason.into() };
    let Some(id) = parts.id.and_then(|id| PostId::new(id).ok()) else {
        return page.problems.push(problem("no_id: the message or its channel has no number"));
    };
    let Some(published_at) = parts.published_at else {
        return page.problems.push(problem("no_date: the message has no readable date"));
    };
    let post = Post {
        edited_at: parts.edited_at,
        poll: parts.poll,
        in_reply_to: parts.in_reply_to,
        forwarded_from: parts.forwarded_from,
        origin: Origin::Import,
        ..Post::new(id, Platform::Telegram, source, published_at, parts.text)
    };
    page.admit(Parsed::plain(post), &position);
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

fn read<T: serde::de::DeserializeOwned>(json: &[u8], what: &str) -> Result<T, PageError> {
    serde_json::from_slice(&wire::mend_surrogates(json)).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => PageError::Format(format!("not {what}: {error}")),
        _ => PageError::Broken(error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_of_a_channel_is_read_without_names_of_persons() {
        let export = br#"{"name": "Gorod", "type": "public_channel", "id": 42, "messages": [
            {"id": 1, "type": "service", "date": "2026-11-01T10:00:00", "action": "create_channel"},
            {"id": 2, "type": "message", "date": "2026-11-01T10:00:00", "date_unixtime": "1793527200", "edited_unixtime": "1793527260",
             "from": "Gorod", "text": ["No water, ", {"type": "bold", "text": "Mira 5"}], "reply_to_message_id": 1},
            {"id": 3, "type": "message", "date": "2026-11-01T10:00:00", "text": "a", "forwarded_from": "Ivan", "forwarded_from_id": "user7"},
            {"id": 4, "type": "message", "date": "2026-11-01T10:00:00", "text": "b", "forwarded_from": "Ivan"},
            {"id": 5, "type": "message", "date": "2026-11-01T10:00:00", "text": "c", "forwarded_from": "News", "forwarded_from_id": "channel7"},
            {"id": 6, "type": "message", "text": "d"},
            {"id": 7, "type": "message", "date_unixtime": "1793527200", "text": "", "poll": {"question": "?", "answers": [{"text": "yes"}]}}]}"#;
        let page = parse_export(export).unwrap();
        let post = |at: usize| &page.posts[at].post;
        assert_eq!((page.blocks, page.posts.len(), page.title.as_deref()), (6, 5, Some("Gorod")));
        assert_eq!((post(0).id.as_str(), post(0).text.as_str()), ("tg:c42/2", "No water, Mira 5"));
        assert_eq!(post(0).in_reply_to.as_deref(), Some("tg:c42/1"));
        assert_eq!(post(0).edited_at.unwrap().duration_since(post(0).published_at).as_secs(), 60);
        let origins: Vec<Option<&str>> =
            page.posts.iter().map(|parsed| parsed.post.forwarded_from.as_deref()).collect();
        assert_eq!(origins, [None, None, None, Some("News"), None]);
        assert_eq!(post(4).poll.as_ref().unwrap().options, ["yes"]);
        assert!(
            page.problems[0].reason.starts_with("no_date") && page.problems[0].position == "6",
            "{:?}",
            page.problems
        );
    }

    #[test]
    fn chats_and_what_is_no_export_are_refused() {
        for (json, reason) in [
            (r#"{"type": "private_supergroup", "id": 1, "messages": []}"#, "not_this_format: the export is of a"),
            (r#"{"type": "public_channel"}"#, "not_this_format"),
            ("[]", "not_this_format"),
            ("{", "broken"),
        ] {
            assert!(parse_export(json.as_bytes()).unwrap_err().to_string().starts_with(reason), "{json}");
        }
    }

    #[test]
    fn messages_in_a_list_are_read_by_the_channels_number() {
        let list = br#"[{"message_id": 5, "sender_id": -1001234567890, "date": "2026-11-01T10:00:00+03:00", "text": "a", "channel": "Gorod"},
            {"message_id": 6, "date": "2026-11-01T10:00:00+03:00", "text": "a"}]"#;
        let page = parse_message_list(list).unwrap();
        assert_eq!(page.posts[0].post.id.as_str(), "tg:c1234567890/5");
        assert_eq!(page.posts[0].post.published_at.to_string(), "2026-11-01T07:00:00Z");
        assert!(page.problems[0].reason.starts_with("no_id"), "{:?}", page.problems);
    }
}
