//! Gateways of telephones, each in the shape of one that there is; the examples stand in docs/channels.ru.md.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::any;
use config::{ChannelKind, GatewayRequest, PhoneGateway, Secret};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};

use crate::notify::channels::message::Message;
use crate::notify::channels::tests::{
    Lab, Received, Server, TestClock, lossy, message, missing_secret, nobody, secret, serve, told,
};
use crate::notify::channels::{Channels, DeliveryOutcome};

const SECRET: &str = "key & {to} of ours";
const TO: &str = "+79001234567";

/// What a request was: address with its query, `Authorization`, body.
#[derive(Debug, Clone)]
struct Request {
    address: String,
    authorization: Option<String>,
    body: String,
}

#[derive(Clone, Default)]
struct Gateway {
    taken: Arc<Mutex<Vec<Request>>>,
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
}

impl Gateway {
    async fn start(&self) -> String {
        serve(Router::new().route("/send", any(take)).with_state(self.clone())).await
    }
}

async fn take(State(gateway): State<Gateway>, uri: Uri, headers: HeaderMap, body: String) -> impl IntoResponse {
    if let Some((status, answer)) = gateway.answers.lock().unwrap().pop_front() {
        return (StatusCode::from_u16(status).unwrap(), answer);
    }
    let authorization = headers.get("Authorization").map(|value| String::from_utf8(value.as_bytes().into()).unwrap());
    gateway.taken.lock().unwrap().push(Request { address: uri.to_string(), authorization, body });
    (StatusCode::OK, r#"{"status": "OK", "id": 1}"#)
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn form() -> GatewayRequest {
    GatewayRequest::Form(pairs(&[("api_id", "{secret}"), ("to", "{to}"), ("msg", "{text}"), ("id", "{key}")]))
}

fn gateway(base: &str, request: GatewayRequest, secret: Option<Secret>) -> PhoneGateway {
    PhoneGateway {
        url: format!("{base}/send"),
        request,
        headers: Vec::new(),
        secret,
        accepted: vec![r#""status":"OK""#.into()],
        max_chars: 300,
        proxy: None,
    }
}

fn settings(kind: ChannelKind, gateway: PhoneGateway) -> config::Channels {
    match kind {
        ChannelKind::Call => config::Channels { call: Some(gateway), ..config::Channels::default() },
        _ => config::Channels { sms: Some(gateway), ..config::Channels::default() },
    }
}

fn open(kind: ChannelKind, gateway: PhoneGateway) -> Channels {
    Channels::open(&settings(kind, gateway), TestClock::new().clock(), None)
}

/// For the promises that every channel makes.
pub async fn lab(kind: ChannelKind) -> Lab {
    let folder = tempfile::tempdir().unwrap();
    let server = Gateway::default();
    let base = server.start().await;
    let at = |base: &str| gateway(base, form(), Some(secret(&folder, SECRET)));
    Lab {
        kind,
        channels: open(kind, at(&base)),
        away: Some(open(kind, at(&nobody().await))),
        lossy: Some((open(kind, at(&lossy(&base).await)), TO.into())),
        without_secret: Some(settings(kind, gateway(&base, form(), Some(missing_secret())))),
        secret: SECRET,
        to: TO.into(),
        clock: TestClock::new(),
        server: Box::new(server),
        _folder: folder,
    }
}

impl Server for Gateway {
    fn received(&mut self, _: usize) -> BoxFuture<'_, Vec<Received>> {
        let received = |request: &Request| {
            let fields: Vec<(String, String)> =
                url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
            assert_eq!((fields[0].1.as_str(), fields[1].1.as_str()), (SECRET, TO));
            let (subject, text) = fields[2].1.split_once('\n').unwrap_or((&fields[2].1, ""));
            Received { key: None, subject: subject.into(), text: text.into() }
        };
        ready(self.taken.lock().unwrap().iter().map(received).collect()).boxed()
    }
}

const KIND: ChannelKind = ChannelKind::Sms;

#[tokio::test]
async fn the_request_has_the_shape_that_the_configuration_gives() {
    let folder = tempfile::tempdir().unwrap();
    let server = Gateway::default();
    let base = server.start().await;
    let sends = async |gateway: PhoneGateway| {
        let message = Message { subject: "Пожар «{to}»".into(), text: String::new(), ..message(TO) };
        assert_eq!(told(&open(KIND, gateway).send(KIND, &message).await).0, "accepted");
        server.taken.lock().unwrap().pop().unwrap()
    };
    let secret = || Some(secret(&folder, SECRET));

    let query = GatewayRequest::Query(pairs(&[("phones", "{to}"), ("mes", "{text}"), ("charset", "utf-8")]));
    let asked = sends(gateway(&base, query.clone(), None)).await;
    let text = "%D0%9F%D0%BE%D0%B6%D0%B0%D1%80+%C2%AB%7Bto%7D%C2%BB";
    assert_eq!(asked.address, format!("/send?phones=%2B79001234567&mes={text}&charset=utf-8"));
    let asked = sends(PhoneGateway { url: format!("{base}/send?fmt=3"), ..gateway(&base, query, None) }).await;
    assert!(asked.address.starts_with("/send?fmt=3&phones=%2B7"), "{}", asked.address);

    let json = serde_json::json!({"messages": [{"recipient": "{to}", "text": {"body": "{text}"}, "priority": 1}]});
    let headers = pairs(&[("Authorization", "Bearer {secret}")]);
    let json = PhoneGateway { headers, ..gateway(&base, GatewayRequest::Json(json), secret()) };
    let asked = sends(json).await;
    assert_eq!(asked.authorization, Some(format!("Bearer {SECRET}")));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&asked.body).unwrap(),
        serde_json::json!({"messages": [{"recipient": TO, "text": {"body": "Пожар «{to}»"}, "priority": 1}]})
    );
}

#[tokio::test]
async fn a_short_message_is_cut_to_its_length_and_a_call_tells_the_subject() {
    let server = Gateway::default();
    let base = server.start().await;
    let long = Message { text: "слово ".repeat(200), ..message(TO) };
    let query = || GatewayRequest::Query(pairs(&[("to", "{to}"), ("text", "{text}")]));
    for (kind, most) in [(ChannelKind::Sms, 300), (ChannelKind::Call, message(TO).subject.chars().count())] {
        open(kind, gateway(&base, query(), None)).send(kind, &long).await;
        let asked = server.taken.lock().unwrap().pop().unwrap();
        let fields = asked.address.split_once('?').unwrap().1;
        let fields: Vec<(String, String)> = url::form_urlencoded::parse(fields.as_bytes()).into_owned().collect();
        let text = &fields[1].1;
        assert!(text.starts_with(&long.subject) && text.chars().count() <= most, "{} {text}", kind.as_str());
        assert_eq!(text.ends_with('…'), kind == ChannelKind::Sms);
    }
}

#[tokio::test]
async fn every_answer_has_its_consequence() {
    let folder = tempfile::tempdir().unwrap();
    let server = Gateway::default();
    let channels = open(KIND, gateway(&server.start().await, form(), Some(secret(&folder, SECRET))));
    let rows = [
        (200, r#"{"status" : "OK"}"#, "accepted", ""),
        (200, r#"{"error": "not enough money", "error_code": 3}"#, "refused", "gateway_refused"),
        (200, "", "refused", "gateway_refused"),
        (400, "", "refused", "gateway_refused"),
        (401, "", "refused", "gateway_refused"),
        (429, "", "later", "gateway_busy"),
        (503, "", "later", "gateway_busy"),
        (408, "", "later", "gateway_busy"),
        (500, "", "unknown", "gateway_failed"),
        (502, "", "unknown", "gateway_failed"),
    ];
    for (status, body, consequence, name) in rows {
        server.answers.lock().unwrap().push_back((status, body));
        assert_eq!(told(&channels.send(KIND, &message(TO)).await), (consequence, name), "{status} {body}");
    }
    server.answers.lock().unwrap().push_back((200, "no such key: key & {to} of ours"));
    let outcome = channels.send(KIND, &message(TO)).await;
    assert!(
        matches!(&outcome, DeliveryOutcome::Refused { reason } if reason.words.ends_with("no such key: …")),
        "{outcome:?}"
    );
    let plain = PhoneGateway { accepted: Vec::new(), ..gateway(&server.start().await, form(), None) };
    server.answers.lock().unwrap().push_back((202, "что угодно"));
    assert_eq!(told(&open(KIND, plain).send(KIND, &message(TO)).await).0, "accepted");
    assert_eq!(open(KIND, gateway("http://127.0.0.1:9", form(), None)).wait(KIND, TO), None::<Duration>);
}
