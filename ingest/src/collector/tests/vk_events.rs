//! VK: what a community of one's own tells by itself.

use axum::body::Bytes;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;
use crate::platforms::vk::events::{Callbacks, LongPollServer, router, turn};

fn event(kind: &str, object: Value) -> Value {
    json!({"type": kind, "group_id": 5, "event_id": "e", "v": "5.199", "secret": "vk1.secret", "object": object})
}

fn post(id: u64, text: &str) -> Value {
    json!({"id": id, "owner_id": -5, "from_id": 777_000, "date": time(START).as_second() - 60, "text": text, "post_type": "post"})
}

/// The community's token and its secret word are one, so that one file holds both.
fn own(config: &mut Config) {
    let secret = config.settings.vk.tokens[0].secret.clone();
    let callback = config::Callback { confirmation: "c0nf1rm".into(), secret: secret.clone() };
    config.sources[0].events = Some(config::Events { long_poll: Some(secret), callback: Some(callback) });
}

async fn world() -> World {
    let server = Server::start(|_| answer(500, &[], "")).await;
    World::configured(&server, &[Address::Vk(-5)], true, own)
}

async fn send(world: &World, body: impl Into<Bytes>) -> (StatusCode, String) {
    let callbacks = Callbacks {
        config: world.config.clone(),
        intake: world.collector.intake.clone(),
        clock: world.collector.clock.clone(),
    };
    let body: Bytes = body.into();
    let request = Request::post("/vk").body(Body::from(body)).unwrap();
    let answer = router(callbacks).oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[track_caller]
fn ok(answer: (StatusCode, String)) {
    assert_eq!(answer, (StatusCode::OK, "ok".to_owned()));
}

#[tokio::test]
async fn events_become_posts_versions_and_tombstones() {
    let world = world().await;
    ok(send(&world, event("wall_post_new", post(1, "Нет воды")).to_string()).await);
    let reply = json!({"id": 2, "from_id": 777_001, "post_id": 1, "owner_id": -5, "post_owner_id": -5, "date": time(START).as_second(), "text": "И у нас"});
    ok(send(&world, event("wall_reply_new", reply.clone()).to_string()).await);
    ok(send(&world, event("wall_reply_new", reply.clone()).to_string()).await);
    let mut edited = reply.clone();
    edited["text"] = json!("И у нас, Мира 5");
    ok(send(&world, event("wall_reply_edit", edited.clone()).to_string()).await);
    let deletion = json!({"owner_id": -5, "id": 2, "deleter_id": 777_001, "post_id": 1});
    ok(send(&world, event("wall_reply_delete", deletion).to_string()).await);
    ok(send(&world, event("wall_reply_restore", edited).to_string()).await);
    ok(send(&world, event("message_new", json!({"message": {"text": "личное"}})).to_string()).await);
    let told: Vec<(String, bool)> =
        world.journal.posts().iter().map(|post| (post.id.to_string(), post.is_deleted())).collect();
    let comment = |deleted| ("vk:-5_2".to_owned(), deleted);
    assert_eq!(told, [("vk:-5_1".to_owned(), false), comment(false), comment(false), comment(true), comment(false)]);
    let everything = world.journal.everything();
    assert!(!everything.contains("77700") && !everything.contains("личное") && !everything.contains("vk1.secret"));
    let cursor = world.collector.sources[0].cursor().clone();
    assert_eq!((cursor.last_number, cursor.covered_until), (None, None), "an event vouches for nothing");
}

#[tokio::test]
async fn only_vk_is_heard() {
    let world = world().await;
    let confirmation = json!({"type": "confirmation", "group_id": 5});
    assert_eq!(send(&world, confirmation.to_string()).await, (StatusCode::OK, "c0nf1rm".to_owned()));
    let good = event("wall_post_new", post(1, "Нет воды"));
    let with = |field: &str, value: Value| {
        let mut bad = good.clone();
        bad[field] = value;
        bad.to_string()
    };
    for (body, status) in [
        (with("secret", json!("wrong word")), StatusCode::FORBIDDEN),
        (with("secret", Value::Null), StatusCode::FORBIDDEN),
        (with("group_id", json!(6)), StatusCode::FORBIDDEN),
        (with("type", json!(7)), StatusCode::BAD_REQUEST),
        ("<html>".into(), StatusCode::BAD_REQUEST),
        ("x".repeat(2_000_000), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        assert_eq!(send(&world, body).await.0, status);
    }
    let mut foreign = post(1, "Чужая стена");
    foreign["owner_id"] = json!(-6);
    ok(send(&world, event("wall_post_new", foreign).to_string()).await);
    assert!(world.journal.posts().is_empty());
}

#[tokio::test]
async fn an_event_that_the_journal_did_not_take_is_asked_for_again() {
    let world = world().await;
    world.journal.broken.store(true, Ordering::Relaxed);
    let body = event("wall_post_new", post(1, "Нет воды")).to_string();
    assert_eq!(send(&world, body.clone()).await.0, StatusCode::SERVICE_UNAVAILABLE);
    world.journal.broken.store(false, Ordering::Relaxed);
    ok(send(&world, body).await);
    assert_eq!(world.journal.posts().len(), 1);
}

#[tokio::test]
async fn a_long_poll_goes_on_begins_anew_and_asks_for_another_server() {
    let answers = vec![
        json!({"failed": 2}),
        json!({"failed": 1, "ts": "9"}),
        json!({"ts": "8", "updates": [event("wall_post_new", post(1, "Нет воды"))]}),
    ];
    let (_site, server) = Site::serve((answers, String::new()), |(answers, base), asked| {
        if asked.target.ends_with("groups.getLongPollServer") {
            *base = format!("http://{}", asked.header("host").unwrap());
            let server = json!({"response": {"key": "k", "server": format!("{base}/lp"), "ts": "7"}});
            return answer(200, &[], server.to_string());
        }
        answer(200, &[], answers.pop().unwrap().to_string())
    })
    .await;
    let world = World::configured(&server, &[Address::Vk(-5)], true, own);
    let collector = &world.collector;
    let net = collector.net();
    let token = world.config.settings.vk.tokens[0].secret.clone();
    let mut at: Option<LongPollServer> = None;
    for _ in 0..5 {
        turn(
            net,
            collector.platforms.of(Platform::Vk).hosts().unwrap(),
            &collector.intake,
            &world.config.sources[0],
            &token,
            &mut at,
        )
        .await
        .unwrap();
    }
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.target).collect();
    let ts: Vec<&str> = asked.iter().map(|target| target.split("ts=").nth(1).map_or("server", |ts| &ts[..1])).collect();
    assert_eq!(ts, ["server", "7", "8", "9", "server"]);
    assert_eq!(world.journal.posts().len(), 1);
}
