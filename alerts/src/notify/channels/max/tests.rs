//! The MAX bot, against a server of ours made from its public documentation.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use config::ChannelKind;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde_json::{Value, json};

use crate::notify::channels::Channels;
use crate::notify::channels::message::{Message, Press};
use crate::notify::channels::tests::{
    Lab, Received, Server, TestClock, id, lossy, message, missing_secret, nobody, secret, serve, told,
};

const TOKEN: &str = "f9LHodD0cOJ-secret";

#[derive(Default)]
struct ServerState {
    shown: BTreeMap<String, (String, Value)>,
    /// Events with their numbers.
    events: VecDeque<(i64, Value)>,
    answers: HashMap<String, Value>,
    fault: Option<(u16, Value)>,
    sent: Vec<(String, i64)>,
}

#[derive(Clone)]
struct MaxApi {
    state: Arc<Mutex<ServerState>>,
    clock: TestClock,
}

type Asked = Query<HashMap<String, String>>;

impl MaxApi {
    fn state(&self) -> MutexGuard<'_, ServerState> {
        self.state.lock().unwrap()
    }

    fn check(&self, headers: &HeaderMap) -> Option<Response> {
        if headers["authorization"] != TOKEN {
            return Some(refuse(401, &json!({ "code": "verify.token", "message": "Invalid access_token" })));
        }
        let (status, body) = self.state().fault.take()?;
        Some(refuse(status, &body))
    }

    async fn start(clock: &TestClock) -> (MaxApi, String) {
        let api = MaxApi { state: Arc::default(), clock: clock.clone() };
        let app = Router::new()
            .route("/messages", post(send).put(edit))
            .route("/updates", get(updates))
            .route("/answers", post(answer))
            .with_state(api.clone());
        (api, serve(app).await)
    }
}

fn refuse(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

async fn send(State(api): State<MaxApi>, headers: HeaderMap, asked: Asked, Json(body): Json<Value>) -> Response {
    if let Some(refused) = api.check(&headers) {
        return refused;
    }
    let (chat, now) = (asked["chat_id"].clone(), api.clock.now().as_millisecond());
    let mut state = api.state();
    if state.sent.iter().filter(|(to, at)| *to == chat && *at > now - 1_000).count() >= 2 {
        return refuse(429, &json!({ "code": "too.many.requests", "message": "slow down" }));
    }
    if body["text"].as_str().unwrap().encode_utf16().count() > 4000 {
        return refuse(400, &json!({ "code": "proto.payload", "message": "text: size must be between 0 and 4000" }));
    }
    state.sent.push((chat.clone(), now));
    let mid = format!("mid.{}", state.shown.len());
    state.shown.insert(mid.clone(), (chat, body.clone()));
    Json(json!({ "message": { "body": { "mid": mid, "seq": 1, "text": body["text"] } } })).into_response()
}

async fn edit(State(api): State<MaxApi>, headers: HeaderMap, asked: Asked, Json(body): Json<Value>) -> Response {
    if let Some(refused) = api.check(&headers) {
        return refused;
    }
    match api.state().shown.get_mut(&asked["message_id"]) {
        Some((_, shown)) => {
            *shown = body;
            Json(json!({ "success": true })).into_response()
        }
        None => Json(json!({ "success": false, "message": "not found" })).into_response(),
    }
}

async fn updates(State(api): State<MaxApi>, headers: HeaderMap, asked: Asked) -> Response {
    if let Some(refused) = api.check(&headers) {
        return refused;
    }
    assert_eq!(asked["types"], "message_callback,message_created,bot_started");
    let mut state = api.state();
    if let Some(marker) = asked.get("marker") {
        let marker: i64 = marker.parse().unwrap();
        state.events.retain(|(number, _)| *number >= marker);
    }
    let marker =
        state.events.back().map_or_else(|| asked.get("marker").map(|m| m.parse().unwrap()), |(n, _)| Some(n + 1));
    let updates: Vec<&Value> = state.events.iter().map(|(_, update)| update).collect();
    Json(json!({ "updates": updates, "marker": marker })).into_response()
}

async fn answer(State(api): State<MaxApi>, headers: HeaderMap, asked: Asked, Json(body): Json<Value>) -> Response {
    if let Some(refused) = api.check(&headers) {
        return refused;
    }
    api.state().answers.insert(asked["callback_id"].clone(), body);
    Json(json!({ "success": true })).into_response()
}

fn settings(base: &str, token: config::Secret) -> config::Channels {
    let bot = config::MaxBot { token, api: base.to_owned(), ca_file: None, proxy: None };
    config::Channels { max: Some(bot), ..config::Channels::default() }
}

fn channels(base: &str, clock: &TestClock, folder: &tempfile::TempDir) -> Channels {
    Channels::open(&settings(base, secret(folder, TOKEN)), clock.clock(), None)
}

/// For the promises that every channel makes.
pub async fn lab() -> Lab {
    let (clock, folder) = (TestClock::new(), tempfile::tempdir().unwrap());
    let (api, base) = MaxApi::start(&clock).await;
    Lab {
        kind: KIND,
        channels: channels(&base, &clock, &folder),
        away: Some(channels(&nobody().await, &clock, &folder)),
        lossy: Some((channels(&lossy(&base).await, &clock, &folder), "5".into())),
        without_secret: Some(settings(&base, missing_secret())),
        secret: TOKEN,
        to: "5".into(),
        clock,
        server: Box::new(api),
        _folder: folder,
    }
}

impl Server for MaxApi {
    fn received(&mut self, _: usize) -> BoxFuture<'_, Vec<Received>> {
        let received = |(_, body): &(String, Value)| {
            let (subject, text) = body["text"].as_str().unwrap().split_once("\n\n").unwrap();
            Received { key: None, subject: subject.into(), text: text.into() }
        };
        ready(self.state().shown.values().map(received).collect()).boxed()
    }
}

const KIND: ChannelKind = ChannelKind::Max;

#[tokio::test]
async fn a_message_arrives_with_its_buttons_and_a_press_comes_back_once() {
    let (clock, folder) = (TestClock::new(), tempfile::tempdir().unwrap());
    let (api, base) = MaxApi::start(&clock).await;
    let channels = channels(&base, &clock, &folder);
    let long = Message { text: "подробно 👩‍🚒 ".repeat(600), repeat: true, ..message("-77") };
    let mid = id(channels.send(KIND, &long).await);
    let (chat, shown) = api.state().shown[&mid].clone();
    assert!(chat == "-77" && shown["text"].as_str().unwrap().starts_with("Повтор: Пожар: ул. Мира, 5 <3 & «дым»\n\n"));
    let button = &shown["attachments"][0]["payload"]["buttons"][1][0];
    assert_eq!(*button, json!({ "type": "callback", "text": "Ложная", "payload": "false:42" }));

    let user = json!({ "user_id": 500, "first_name": "Имя" });
    let recipient = json!({ "chat_id": -77, "chat_type": "chat" });
    let events = [
        json!({ "update_type": "message_callback", "timestamp": 1, "message": { "recipient": recipient, "body": {} },
            "callback": { "callback_id": "c1", "payload": "false:42", "user": user } }),
        json!({ "update_type": "message_created", "message": { "sender": user, "recipient": recipient, "body": { "text": "/start" } } }),
        json!({ "update_type": "message_created", "message": { "sender": user, "recipient": recipient, "body": { "text": "просто" } } }),
        json!({ "update_type": "bot_started", "chat_id": 9, "user": user }),
        json!({ "update_type": "something_new" }),
    ];
    api.state().events = (10..).zip(events).collect();
    let (presses, marker) = channels.presses(KIND, None).await.unwrap();
    let press = |chat: &str, action: &str, id: Option<&str>| Press {
        kind: KIND,
        from: "500".into(),
        chat: chat.into(),
        direct: chat == "9",
        action: action.into(),
        id: id.map(str::to_owned),
    };
    assert_eq!(
        presses,
        [press("-77", "false:42", Some("c1")), press("-77", "/start", None), press("9", "/start", None)]
    );
    assert_eq!(channels.presses(KIND, marker).await.unwrap(), (Vec::new(), Some(15)));

    channels.answer(&presses[0], "отмечено").await;
    assert_eq!(api.state().answers["c1"], json!({ "notification": "отмечено" }));
    let mut grown = message("-77");
    grown.buttons.clear();
    assert_eq!(told(&channels.update(KIND, &mid, &grown).await).0, "accepted");
    let shown = api.state().shown[&mid].1.clone();
    assert!(shown["attachments"] == json!([]) && shown["notify"] == false);
}

#[tokio::test]
async fn limits_are_kept_and_every_failure_has_its_name() {
    let (clock, folder) = (TestClock::new(), tempfile::tempdir().unwrap());
    let (api, base) = MaxApi::start(&clock).await;
    let lost = channels(&lossy(&base).await, &clock, &folder).send(KIND, &message("5")).await;
    assert_eq!((told(&lost), api.state().shown.len()), (("unknown", "answer_lost"), 1));
    clock.pass(Duration::from_secs(2));
    let channels = channels(&base, &clock, &folder);
    for consequence in ["accepted", "accepted", "later"] {
        assert_eq!(told(&channels.send(KIND, &message("5")).await).0, consequence);
    }
    let rows = [
        (401, "verify.token", ("refused", "max_token")),
        (403, "chat.denied", ("refused", "max_denied")),
        (404, "not.found", ("refused", "max_no_chat")),
        (400, "proto.payload", ("refused", "max_refused")),
        (429, "too.many.requests", ("later", "max_too_fast")),
        (500, "internal.error", ("later", "max_failed")),
        (503, "", ("later", "max_failed")),
        (502, "", ("unknown", "max_odd")),
    ];
    for (status, code, expect) in rows {
        clock.pass(Duration::from_secs(2));
        api.state().fault = Some((status, json!({ "code": code, "message": "said" })));
        assert_eq!(told(&channels.send(KIND, &message("5")).await), expect, "{status}");
    }
    api.state().fault = Some((401, json!({ "code": "verify.token" })));
    assert_eq!(channels.presses(KIND, None).await.unwrap_err().reason.name, "max_token");
    assert_eq!(told(&channels.update(KIND, "mid.none", &message("5")).await), ("refused", "max_refused"));
    assert_eq!(api.state().shown.len(), 3);
}
