//! MAX: events that are asked for or posted to us, chats that the bot hears of, and what a restart keeps.

use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use model::Platform;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::max_chats::{Api, CHAT, address, api, id_of, message, with_token, world};
use super::*;
use crate::platforms::max::events::{router, subscribe, turn};
use crate::state::KnownChat;

fn event(kind: &str, rest: Value) -> Value {
    let mut event = json!({"update_type": kind, "timestamp": time(START).as_millisecond()});
    event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    event
}

fn said(kind: &str, message: &Value) -> Value {
    event(kind, json!({"message": message}))
}

fn removed(message: &Value) -> Value {
    event("message_removed", json!({"message_id": message["body"]["mid"], "chat_id": CHAT, "user_id": 777_000}))
}

/// Asks for events once.
async fn ask(world: &World) -> Result<(), Failure> {
    let max = &world.collector.platforms.max;
    let events = max.events(&world.config, &world.collector.intake, &world.collector.clock);
    turn(max.client(world.collector.net(), "max"), &events).await
}

/// What was asked of `/updates`, as the marker of each request.
fn markers(server: &Server) -> Vec<Option<String>> {
    let asked = server.asked().into_iter().filter(|asked| asked.target.starts_with("/updates?"));
    asked.map(|asked| asked.target.split("marker=").nth(1).map(str::to_owned)).collect()
}

fn told(world: &World) -> Vec<(String, String, bool)> {
    let told = |post: Post| (post.id.to_string(), post.text.clone(), post.is_deleted());
    world.journal.posts().into_iter().map(told).collect()
}

#[tokio::test]
async fn events_become_posts_versions_and_tombstones_and_a_restart_neither_loses_nor_repeats_any() {
    let (site, server, world) = world(Vec::new()).await;
    assert_eq!(world.poll().await.outcome, "empty");
    let (first, second) = (message(2, "Нет воды"), message(1, "И у нас"));
    let mut edited = first.clone();
    edited["body"]["text"] = json!("Нет воды, Мира 5");
    site.change(|api| {
        api.updates = vec![
            json!({"updates": [removed(&first)], "marker": 12}),
            json!({"updates": [said("message_created", &second), said("message_edited", &edited)], "marker": 11}),
            json!({"updates": [said("message_created", &first)], "marker": 10}),
        ];
    });
    for _ in 0..2 {
        ask(&world).await.unwrap();
    }
    let world = world.restart();
    ask(&world).await.unwrap();
    let (one, two) = (id_of(&first), id_of(&second));
    let row = |id: &str, text: &str, deleted| (id.to_owned(), text.to_owned(), deleted);
    let expected = [
        row(&one, "Нет воды", false),
        row(&two, "И у нас", false),
        row(&one, "Нет воды, Мира 5", false),
        row(&one, "", true),
    ];
    assert_eq!(told(&world), expected);
    assert_eq!(markers(&server), [None, Some("10".into()), Some("11".into())]);
    // The poll finds what events told already.
    site.change(|api| api.messages = vec![second]);
    let coverage = world.poll().await;
    assert_eq!((coverage.outcome.as_str(), coverage.new, coverage.edited, coverage.deleted), ("ok", 0, 0, 0));
    assert_eq!(told(&world).len(), expected.len());
    assert!(!world.journal.everything().contains("777000"));
}

#[tokio::test]
async fn events_that_the_journal_did_not_take_are_asked_for_again() {
    let (site, server, world) = world(Vec::new()).await;
    let created = json!({"updates": [said("message_created", &message(1, "Нет воды"))], "marker": 10});
    site.change(|api| api.updates = vec![created.clone(), created]);
    world.journal.broken.store(true, Ordering::Relaxed);
    assert_eq!(ask(&world).await.unwrap_err().outcome.name(), "journal_failed");
    world.journal.broken.store(false, Ordering::Relaxed);
    ask(&world).await.unwrap();
    assert_eq!((world.journal.posts().len(), markers(&server)), (1, vec![None, None]));
}

#[tokio::test]
async fn private_dialogues_and_chats_that_nobody_reads_leave_no_text() {
    let (site, _server, world) = world(Vec::new()).await;
    let mut private = message(1, "Личное");
    private["recipient"] = json!({"chat_id": 55, "chat_type": "dialog", "user_id": 5});
    let mut foreign = message(1, "Чужое");
    foreign["recipient"]["chat_id"] = json!(-9);
    let updates = [
        said("message_created", &private),
        said("message_created", &foreign),
        event("bot_started", json!({"chat_id": 55})),
    ];
    site.change(|api| api.updates = vec![json!({"updates": updates, "marker": 1})]);
    ask(&world).await.unwrap();
    let everything = world.journal.everything();
    assert!(world.journal.posts().is_empty() && !everything.contains("Личное") && !everything.contains("Чужое"));
    let chats = KnownChat::read(world.dir.path(), Platform::Max).unwrap();
    assert_eq!(chats.iter().map(|chat| chat.id).collect::<Vec<_>>(), [-9], "a person is no chat");
}

#[tokio::test]
async fn a_chat_that_admits_the_bot_is_remembered_and_read_at_once() {
    let (site, _server, world) = world(vec![message(1, "Нет воды")]).await;
    site.change(|api| api.refusal = Some((403, r#"{"code":"chat.denied","message":"no"}"#)));
    assert_eq!(world.poll().await.outcome, "max_denied");
    let max = || world.collector.platforms.of(Platform::Max);
    assert!(!max().take_awaited("s0"));
    let added = event("bot_added", json!({"chat_id": CHAT, "is_channel": false}));
    let titled =
        event("chat_title_changed", json!({"chat_id": CHAT, "title": "Дом на Мира", "user": {"user_id": 777_000}}));
    let put_out = event("bot_removed", json!({"chat_id": CHAT, "is_channel": false}));
    site.change(|api| {
        api.refusal = None;
        api.updates = vec![
            json!({"updates": [added.clone()], "marker": 3}),
            json!({"updates": [put_out], "marker": 2}),
            json!({"updates": [added, titled], "marker": 1}),
        ];
    });
    let known = || KnownChat::read(world.dir.path(), Platform::Max).unwrap().remove(0);
    for is_in in [true, false] {
        ask(&world).await.unwrap();
        let KnownChat { id, is_channel, title, left_at, .. } = known();
        let told = (id, is_channel, title.as_deref(), left_at.is_none());
        assert_eq!(told, (CHAT, Some(false), Some("Дом на Мира"), is_in));
        assert!(max().take_awaited("s0"), "what it may read has changed");
    }
    ask(&world).await.unwrap();
    // The failed poll rests for minutes; the collector asks all the same.
    let (stop, stopped) = watch::channel(false);
    let read = async {
        while world.journal.posts().is_empty() {
            world.journal.appended.notified().await;
        }
        stop.send(true).unwrap();
    };
    tokio::join!(world.collector.run(stopped), read);
    assert_eq!(world.journal.posts()[0].text, "Нет воды");
}

async fn post(world: &World, secret: Option<&str>, body: impl Into<Bytes>) -> StatusCode {
    let max = &world.collector.platforms.max;
    let events = max.events(&world.config, &world.collector.intake, &world.collector.clock);
    let word = world.config.settings.max.token.clone().unwrap();
    let mut request = Request::post("/max");
    if let Some(secret) = secret {
        request = request.header("X-Max-Bot-Api-Secret", secret);
    }
    let request = request.body(Body::from(body.into())).unwrap();
    router(events, word).oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_webhook_hears_only_max_and_says_so_once_the_event_is_in_the_journal() {
    let (_site, _server, world) = world(Vec::new()).await;
    let body = said("message_created", &message(1, "Нет воды")).to_string();
    for secret in [None, Some(""), Some("wrong-word")] {
        assert_eq!(post(&world, secret, body.clone()).await, StatusCode::FORBIDDEN);
    }
    let right = Some("vk1.secret");
    world.journal.broken.store(true, Ordering::Relaxed);
    assert_eq!(post(&world, right, body.clone()).await, StatusCode::SERVICE_UNAVAILABLE);
    world.journal.broken.store(false, Ordering::Relaxed);
    for _ in 0..2 {
        assert_eq!(post(&world, right, body.clone()).await, StatusCode::OK);
    }
    assert_eq!(world.journal.posts().len(), 1, "it comes twice where the answer was lost");
    for odd in ["<html>", "{}", "[", "{\"update_type\":7}"] {
        assert_eq!(post(&world, right, odd).await, StatusCode::BAD_REQUEST, "{odd}");
    }
    assert_eq!(post(&world, right, "x".repeat(2_000_000)).await, StatusCode::PAYLOAD_TOO_LARGE);
    let cursor = world.collector.sources[0].cursor().clone();
    assert_eq!((cursor.last_number, cursor.covered_until), (None, None), "an event vouches for nothing");
}

#[tokio::test]
async fn max_is_asked_to_post_events_with_the_word_that_proves_them() {
    let (site, server) = Site::serve(Api::default(), api).await;
    let world = World::configured(&server, &address(), true, with_token);
    let max = &world.collector.platforms.max;
    let webhook = config::MaxWebhook {
        listen: ([127, 0, 0, 1], 0).into(),
        url: "https://otklik.example.ru/max".into(),
        secret: world.config.settings.max.token.clone().unwrap(),
    };
    let client = || max.client(world.collector.net(), "max");
    subscribe(client(), &webhook).await.unwrap();
    let asked: Value = serde_json::from_str(&server.asked()[0].body).unwrap();
    assert_eq!((asked["url"].as_str(), asked["secret"].as_str()), (Some(webhook.url.as_str()), Some("vk1.secret")));
    assert!(asked["update_types"].as_array().unwrap().contains(&json!("message_removed")));
    site.change(|api| api.refusal = Some((200, r#"{"success":false,"message":"the port is not open"}"#)));
    let failure = subscribe(client(), &webhook).await.unwrap_err();
    assert_eq!((failure.outcome.name(), failure.detail.as_deref()), ("max_refused", Some("the port is not open")));
}
