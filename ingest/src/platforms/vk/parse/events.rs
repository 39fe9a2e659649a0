//! Events of a community of one's own: Bots Long Poll (<https://dev.vk.com/ru/api/bots-long-poll/getting-started>) and
//! Callback API (<https://dev.vk.com/ru/api/callback/getting-started>).

use serde_json::Value;

use super::answer::json_value;
use super::item;
use super::posts::parse_wall;
use crate::parsing::{Page, PageError};

/// What a long-poll server answered.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // One is made of an answer, and read at once.
pub enum LongPoll {
    /// Events, and where to go on.
    Events {
        /// The next `ts`.
        ts: String,
        /// Posts and comments, new, edited, restored and deleted.
        page: Page,
    },
    /// The history is lost up to this `ts`: what happened meanwhile must be read from the wall.
    Lost {
        /// The next `ts`.
        ts: String,
    },
    /// The key is no longer valid (`failed` 2 and 3): another server must be asked for.
    Expired,
}

/// What a request of the Callback API says of itself. Its events are read by [`parse_wall`].
#[derive(Debug, PartialEq, Eq)]
pub struct Callback {
    /// `confirmation`, or the name of an event.
    pub kind: String,
    /// The community, without a minus.
    pub group: i64,
    /// The word that the community was told to send.
    pub secret: Option<String>,
}

/// Reads an answer of a long-poll server.
///
/// # Errors
/// As [`parse_wall`].
pub fn parse_long_poll(json: &[u8], source: &str) -> Result<LongPoll, PageError> {
    let answer = json_value(json)?;
    let ts = || match &answer["ts"] {
        Value::String(ts) => Ok(ts.clone()),
        Value::Number(ts) => Ok(ts.to_string()),
        _ => Err(PageError::Format("an answer of a long-poll server without ts".into())),
    };
    match item::number(&answer["failed"]) {
        Some(1) => Ok(LongPoll::Lost { ts: ts()? }),
        Some(_) => Ok(LongPoll::Expired),
        None => Ok(LongPoll::Events { ts: ts()?, page: parse_wall(json, source)? }),
    }
}

/// Reads the envelope of a request of the Callback API.
///
/// # Errors
/// [`PageError::Format`] or [`PageError::Broken`] for what is no such request.
pub fn parse_callback(json: &[u8]) -> Result<Callback, PageError> {
    let request = json_value(json)?;
    let kind = request["type"].as_str();
    let group = item::number(&request["group_id"]).filter(|group| *group > 0);
    let (Some(kind), Some(group)) = (kind, group) else {
        return Err(PageError::Format("a request without type and group_id".into()));
    };
    Ok(Callback { kind: kind.to_owned(), group, secret: request["secret"].as_str().map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_poll_goes_on_from_its_ts_or_begins_anew() {
        let events = parse_long_poll(include_bytes!("../../../../fixtures/vk/events.json"), "s").unwrap();
        let LongPoll::Events { ts, page } = events else { panic!("no events") };
        assert_eq!((ts.as_str(), page.posts.len()), ("3", 3));
        let lost = parse_long_poll(br#"{"failed":1,"ts":10}"#, "s").unwrap();
        assert!(matches!(lost, LongPoll::Lost { ts } if ts == "10"));
        for expired in [&br#"{"failed":2}"#[..], br#"{"failed":3}"#, br#"{"failed":4}"#] {
            assert!(matches!(parse_long_poll(expired, "s").unwrap(), LongPoll::Expired));
        }
        assert!(parse_long_poll(br#"{"updates":[]}"#, "s").is_err());
        assert!(parse_long_poll(br#"{"failed":1}"#, "s").is_err());
    }

    #[test]
    fn a_callback_names_its_community_and_its_secret() {
        let told = parse_callback(br#"{"type":"confirmation","group_id":4242}"#).unwrap();
        assert_eq!(told, Callback { kind: "confirmation".into(), group: 4242, secret: None });
        let told = parse_callback(br#"{"type":"wall_post_new","group_id":"4242","secret":"a","object":{}}"#).unwrap();
        assert_eq!((told.group, told.secret.as_deref()), (4242, Some("a")));
        for other in ["{}", "[]", "7", "", "{\"type\":\"x\",\"group_id\":-1}"] {
            assert!(parse_callback(other.as_bytes()).is_err(), "{other}");
        }
    }
}
