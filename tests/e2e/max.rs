//! MAX: the real binary against a server of ours that speaks the Bot API.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use serde_json::{Value, json};

use crate::support::{Place, Site};

const CHAT: i64 = -70_000_000_000_005;

/// When the one message was said, in milliseconds.
static SAID_AT: LazyLock<i64> = LazyLock::new(|| model::Time::now().as_millisecond() - 60_000);

/// A chat with one message, for who has the token.
fn api() -> Site {
    Site::new(Router::new().fallback(async |request: Request| {
        let (status, answer) = match request.headers().get("authorization") {
            Some(token) if token == "max-reader-token" => (200, of(request.uri().path())),
            _ => (401, json!({"code": "verify.token", "message": "Invalid access_token"})),
        };
        Response::builder().status(status).body(Body::from(answer.to_string())).unwrap()
    }))
}

fn of(path: &str) -> Value {
    let time = *SAID_AT;
    let mid = model::MaxMessage { chat: CHAT, number: (time as u64) << 16 }.mid();
    match path {
        "/messages" => json!({"messages": [{
            "sender": {"user_id": 777_000, "name": "Имя Фамилия", "is_bot": false},
            "recipient": {"chat_id": CHAT, "chat_type": "chat"}, "timestamp": time,
            "body": {"mid": mid, "seq": 1, "text": "На Мира, 5 нет воды", "attachments": null},
        }]}),
        "/updates" => {
            json!({"updates": [{"update_type": "bot_added", "timestamp": time, "chat_id": CHAT, "is_channel": false}], "marker": 7})
        }
        _ => json!({"chat_id": CHAT, "type": "chat", "title": "Дом 5", "is_public": false}),
    }
}

#[test]
fn a_chat_of_max_is_tried_read_and_remembered() {
    let (place, site) = (Place::new(), api());
    let token = place.file("max-token", "max-reader-token\n");
    let settings = format!(
        "[max]\napi = '{}'\ntoken_file = '{token}'\n[fetch]\nallow_private = ['127.0.0.1']\n[web]\nlisten = '127.0.0.1:0'\n",
        site.url()
    );
    let sources = format!("[[source]]\nid = 'dom'\nname = 'Дом'\nchat = {CHAT}\n");
    let config = place.config(&[("otklik.toml", &settings), ("sources.toml", &sources)]);
    let tried = place.run(&["source", "try", &format!("max:{CHAT}"), "--config", &config]);
    assert_eq!(tried.code, 0, "{}", tried.err);
    assert!(
        tried.out.contains("На Мира, 5 нет воды") && tried.out.contains(&format!("chat = {CHAT}")),
        "{}",
        tried.out
    );
    assert!(!tried.out.contains("Фамилия") && !tried.out.contains("777000"), "{}", tried.out);
    let known = || place.ok(&["source", "try", "max", "--config", &config]).out;
    assert!(known().contains("ещё не слышал"));

    let _running = place.serve(&["--config", &config]);
    let search = || place.json(&["search", "платформа:макс вода", "--json"])["total"].clone();
    wait_until(|| search() == 1);
    wait_until(|| known().contains(&format!("chat = {CHAT}")));
}

/// Asks again and again, for a minute at most: each question is a process of its own.
#[track_caller]
fn wait_until(holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not hold after a minute");
    }
}

#[test]
fn one_bot_for_reading_and_for_alerts_is_refused_without_a_word_of_its_token() {
    let place = Place::new();
    let [one, same, other] =
        [("a", "f9LHodD0cOJ\n"), ("b", "f9LHodD0cOJ"), ("c", "other")].map(|(name, token)| place.file(name, token));
    let checked = |sends: &str| {
        let section = |file: &str| format!("[max]\ntoken_file = '{file}'\n");
        let (settings, channels) = (section(&one), section(sends));
        let config = place.config(&[("otklik.toml", &settings), ("channels.toml", &channels)]);
        place.run(&["check", "--config", &config])
    };
    let refused = checked(&same);
    assert!(refused.code == 2 && refused.err.contains("make another one to read"), "{} {}", refused.code, refused.err);
    assert!(!refused.err.contains("f9LHodD0cOJ"));
    assert_eq!(checked(&other).code, 0);
}
