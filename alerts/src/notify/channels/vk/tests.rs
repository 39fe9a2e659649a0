//! Messages of a VK community, against a server that takes a message once for one `random_id`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use config::ChannelKind;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde_json::json;

use crate::notify::channels::Channels;
use crate::notify::channels::message::Message;
use crate::notify::channels::tests::{
    Lab, Received, Server, TestClock, id, lossy, message, missing_secret, nobody, secret, serve, told,
};

const TOKEN: &str = "vk1.a.secret";

#[derive(Clone, Default)]
struct Vk {
    taken: Arc<Mutex<Vec<HashMap<String, String>>>>,
    error: Arc<Mutex<Option<i64>>>,
    status: Arc<Mutex<Option<u16>>>,
}

async fn take(State(vk): State<Vk>, Form(form): Form<HashMap<String, String>>) -> Response {
    if let Some(status) = vk.status.lock().unwrap().take() {
        return (StatusCode::from_u16(status).unwrap(), "<html>").into_response();
    }
    let code = vk.error.lock().unwrap().take();
    let code = code.or_else(|| (form["access_token"] != TOKEN).then_some(5));
    let code = code.or_else(|| (form["message"].encode_utf16().count() > 4096).then_some(914));
    if let Some(code) = code {
        // VK gives the request's parameters back, the token among them.
        let params = json!([{ "key": "access_token", "value": form["access_token"] }]);
        let error = json!({ "error_code": code, "error_msg": "Something", "request_params": params });
        return Json(json!({ "error": error })).into_response();
    }
    let random_id: i32 = form["random_id"].parse().unwrap();
    assert!(random_id > 0 && form["v"] == "5.199" && form["dont_parse_links"] == "1");
    let mut taken = vk.taken.lock().unwrap();
    let same = |known: &HashMap<String, String>| ["random_id", "peer_id"].iter().all(|key| known[*key] == form[*key]);
    let known = taken.iter().position(same);
    let number = known.unwrap_or_else(|| {
        taken.push(form.clone());
        taken.len() - 1
    });
    Json(json!({ "response": number + 1 })).into_response()
}

impl Vk {
    async fn start(&self) -> String {
        serve(Router::new().route("/method/messages.send", post(take)).with_state(self.clone())).await
    }
}

fn settings(base: &str, token: config::Secret) -> config::Channels {
    let vk = config::VkCommunity { token, api: format!("{base}/method"), proxy: None };
    config::Channels { vk: Some(vk), ..config::Channels::default() }
}

fn channels(base: &str, clock: &TestClock, folder: &tempfile::TempDir) -> Channels {
    Channels::open(&settings(base, secret(folder, TOKEN)), clock.clock(), None)
}

/// For the promises that every channel makes.
pub async fn lab() -> Lab {
    let (vk, clock, folder) = (Vk::default(), TestClock::new(), tempfile::tempdir().unwrap());
    let base = vk.start().await;
    Lab {
        kind: KIND,
        channels: channels(&base, &clock, &folder),
        away: Some(channels(&nobody().await, &clock, &folder)),
        lossy: Some((channels(&lossy(&base).await, &clock, &folder), "12".into())),
        without_secret: Some(settings(&base, missing_secret())),
        secret: TOKEN,
        to: "12".into(),
        clock,
        server: Box::new(vk),
        _folder: folder,
    }
}

impl Server for Vk {
    fn received(&mut self, _: usize) -> BoxFuture<'_, Vec<Received>> {
        let received = |form: &HashMap<String, String>| {
            let (subject, text) = form["message"].split_once("\n\n").unwrap();
            Received { key: Some(form["random_id"].clone()), subject: subject.into(), text: text.into() }
        };
        ready(self.taken.lock().unwrap().iter().map(received).collect()).boxed()
    }
}

const KIND: ChannelKind = ChannelKind::Vk;

#[tokio::test]
async fn a_key_is_delivered_once_however_often_it_is_sent() {
    let (vk, clock, folder) = (Vk::default(), TestClock::new(), tempfile::tempdir().unwrap());
    let base = vk.start().await;
    let lost = channels(&lossy(&base).await, &clock, &folder).send(KIND, &message("12")).await;
    assert_eq!(told(&lost), ("unknown", "answer_lost"));
    let channels = channels(&base, &clock, &folder);
    assert_eq!(id(channels.send(KIND, &Message { repeat: true, ..message("12") }).await), "1");
    assert_eq!(id(channels.send(KIND, &message("13")).await), "2");
    let other = Message { key: "another".into(), ..message("12") };
    assert_eq!(id(channels.send(KIND, &other).await), "3");
    let taken = vk.taken.lock().unwrap();
    let text = &taken[0]["message"];
    assert!(text.starts_with(&message("").subject) && text.contains("Принято: https://otklik.example/a?t=1&k=2"));
}

#[tokio::test]
async fn a_long_text_is_cut_and_its_links_stay() {
    let (vk, clock, folder) = (Vk::default(), TestClock::new(), tempfile::tempdir().unwrap());
    let channels = channels(&vk.start().await, &clock, &folder);
    let long = Message { text: "очень длинно 👩‍🚒 ".repeat(500), ..message("12") };
    assert_eq!(told(&channels.send(KIND, &long).await).0, "accepted");
    let taken = vk.taken.lock().unwrap();
    assert!(taken[0]["message"].contains('…') && taken[0]["message"].contains("Ложная: https://"));
}

#[tokio::test]
async fn every_error_has_its_name_and_the_token_is_never_told() {
    let (vk, clock, folder) = (Vk::default(), TestClock::new(), tempfile::tempdir().unwrap());
    let channels = channels(&vk.start().await, &clock, &folder);
    let rows = [
        (1, "later", "vk_failed"),
        (5, "refused", "vk_token"),
        (6, "later", "vk_too_fast"),
        (7, "refused", "vk_denied"),
        (9, "later", "vk_flood"),
        (14, "refused", "vk_human_needed"),
        (29, "later", "vk_quota"),
        (100, "refused", "vk_no_peer"),
        (900, "refused", "vk_blacklisted"),
        (901, "refused", "vk_not_allowed"),
        (902, "refused", "vk_privacy"),
        (914, "refused", "vk_too_long"),
        (917, "refused", "vk_no_chat"),
        (936, "refused", "vk_no_contact"),
        (1051, "refused", "vk_id_token"),
        (9999, "refused", "vk_unknown"),
    ];
    for (code, consequence, name) in rows {
        clock.pass(Duration::from_secs(1));
        *vk.error.lock().unwrap() = Some(code);
        let outcome = channels.send(KIND, &message("12")).await;
        assert_eq!(told(&outcome), (consequence, name), "{code}");
        assert!(!format!("{outcome:?}").contains(TOKEN), "{outcome:?}");
    }
    for (status, expect) in [(503, ("later", "vk_busy")), (502, ("unknown", "vk_odd")), (200, ("unknown", "vk_odd"))] {
        *vk.status.lock().unwrap() = Some(status);
        assert_eq!(told(&channels.send(KIND, &message("12")).await), expect, "{status}");
    }
    assert!(vk.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_burst_is_spread_over_seconds() {
    let (vk, clock, folder) = (Vk::default(), TestClock::new(), tempfile::tempdir().unwrap());
    let channels = channels(&vk.start().await, &clock, &folder);
    for peer in 0..20 {
        assert_eq!(told(&channels.send(KIND, &message(&peer.to_string())).await).0, "accepted");
    }
    assert_eq!(told(&channels.send(KIND, &message("20")).await), ("later", "paced"));
    clock.pass(channels.wait(KIND, "20").unwrap());
    assert_eq!(told(&channels.send(KIND, &message("20")).await).0, "accepted");
}
