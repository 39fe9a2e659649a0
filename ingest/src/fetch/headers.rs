//! The few headers that a collector reads and the one it introduces itself with.

use std::time::Duration;

use model::Time;
use reqwest::header::{HeaderMap, HeaderName};

/// A server that asks to be left alone for longer is asked again after this: a mistyped header must not silence a source.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(7 * 24 * 3600);

/// `Otklik/0.1.0 (+contact)`: an administrator sees who asks and whom to write to.
pub(super) fn user_agent(version: &str, contact: Option<&str>) -> String {
    let contact: String = contact.unwrap_or_default().chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
    if contact.is_empty() { format!("Otklik/{version}") } else { format!("Otklik/{version} (+{contact})") }
}

/// A header as text, if it is text.
pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// `Retry-After` in either of its forms, seconds or an HTTP date (RFC 9110, 10.2.3), bounded.
pub(super) fn retry_after(value: &str, now: Time) -> Option<Time> {
    let value = value.trim();
    let asked = match value.parse::<u64>() {
        Ok(seconds) => crate::time::later(now, Duration::from_secs(seconds).min(MAX_RETRY_AFTER)),
        Err(_) => jiff::fmt::rfc2822::parse(value).ok()?.timestamp(),
    };
    Some(asked.clamp(now, crate::time::later(now, MAX_RETRY_AFTER)))
}

/// `max-age` of `Cache-Control` (RFC 9111, 5.2.2); none where the answer may not be kept at all.
pub(super) fn max_age(value: &str) -> Option<Duration> {
    let mut age = None;
    for part in value.split(',').map(|part| part.trim().to_ascii_lowercase()) {
        match part.split_once('=') {
            Some(("max-age", seconds)) => age = seconds.trim_matches('"').parse().ok().map(Duration::from_secs),
            _ if part == "no-cache" || part == "no-store" => return None,
            _ => {}
        }
    }
    age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_of_an_answer_is_read_unless_it_may_not_be_kept() {
        for (value, seconds) in [
            ("max-age=600", Some(600)),
            ("public, Max-Age=\"60\", must-revalidate", Some(60)),
            ("no-cache, max-age=600", None),
            ("private", None),
            ("max-age=soon", None),
        ] {
            assert_eq!(max_age(value), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[track_caller]
    fn check(value: &str, expect: Option<&str>) {
        let now: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        assert_eq!(retry_after(value, now), expect.map(|time| time.parse().unwrap()), "{value:?}");
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_bounded() {
        check("120", Some("2026-11-01T10:02:00Z"));
        check("0", Some("2026-11-01T10:00:00Z"));
        check("Sun, 01 Nov 2026 10:05:00 GMT", Some("2026-11-01T10:05:00Z"));
        check("Sat, 31 Oct 2026 10:05:00 GMT", Some("2026-11-01T10:00:00Z"));
        check("99999999999999", Some("2026-11-08T10:00:00Z"));
        check("Fri, 01 Jan 2038 00:00:00 GMT", Some("2026-11-08T10:00:00Z"));
        check("soon", None);
        check("-5", None);
    }

    #[test]
    fn the_user_agent_is_honest_and_a_valid_header() {
        assert_eq!(
            user_agent("0.1.0", Some("https://city.example/otklik")),
            "Otklik/0.1.0 (+https://city.example/otklik)"
        );
        assert_eq!(user_agent("0.1.0", None), "Otklik/0.1.0");
        assert_eq!(user_agent("0.1.0", Some("почта\r\nX: 1")), "Otklik/0.1.0 (+X: 1)");
    }
}
