//! Webhooks.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use config::{ChannelKind, Secret};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::notify::channels::message::{Event, Message};
use crate::notify::channels::tests::{
    Lab, Received, Server, TestClock, lossy, message, missing_secret, nobody, secret, serve, told,
};
use crate::notify::channels::{Channels, DeliveryOutcome};

const SECRET: &str = "только для двоих";

/// Status and `Retry-After` of an answer.
type Answer = (u16, Option<&'static str>);

/// A receiver that checks signatures as docs/channels.ru.md tells it to, and answers as told.
#[derive(Clone, Default)]
struct Receiver {
    taken: Arc<Mutex<Vec<(String, serde_json::Value)>>>,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    signed: bool,
}

impl Receiver {
    async fn start(&self) -> String {
        serve(Router::new().route("/hook", post(take)).with_state(self.clone())).await
    }

    fn answer(&self, status: u16, retry_after: Option<&'static str>) {
        self.answers.lock().unwrap().push_back((status, retry_after));
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> Response {
    if let Some((status, retry_after)) = receiver.answers.lock().unwrap().pop_front() {
        let answer = (StatusCode::from_u16(status).unwrap(), "нет");
        return retry_after
            .map_or_else(|| answer.into_response(), |after| ([("Retry-After", after)], answer).into_response());
    }
    let signature = headers.get("Otklik-Signature").map(|value| value.to_str().unwrap());
    assert_eq!(signature.is_some(), receiver.signed);
    if let Some(signature) = signature {
        let (time, code) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{time}.{body}").as_bytes());
        let code: Vec<u8> =
            (0..code.len()).step_by(2).map(|at| u8::from_str_radix(&code[at..at + 2], 16).unwrap()).collect();
        mac.verify_slice(&code).unwrap();
    }
    let key = headers["Idempotency-Key"].to_str().unwrap().to_owned();
    receiver.taken.lock().unwrap().push((key, serde_json::from_str(&body).unwrap()));
    StatusCode::NO_CONTENT.into_response()
}

fn settings(base: &str, secret: Option<Secret>) -> config::Channels {
    let webhook = config::Webhook { name: "dispatcher".into(), url: format!("{base}/hook"), secret, proxy: None };
    config::Channels { webhooks: vec![webhook], ..config::Channels::default() }
}

fn channels(base: &str, secret: Option<Secret>) -> Channels {
    Channels::open(&settings(base, secret), TestClock::new().clock(), None)
}

/// For the promises that every channel makes.
pub async fn lab() -> Lab {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver { signed: true, ..Receiver::default() };
    let base = receiver.start().await;
    let signed = || Some(secret(&folder, SECRET));
    Lab {
        kind: KIND,
        channels: channels(&base, signed()),
        away: Some(channels(&nobody().await, signed())),
        lossy: Some((channels(&lossy(&base).await, signed()), "dispatcher".into())),
        without_secret: Some(settings(&base, Some(missing_secret()))),
        secret: SECRET,
        to: "dispatcher".into(),
        clock: TestClock::new(),
        server: Box::new(receiver),
        _folder: folder,
    }
}

impl Server for Receiver {
    fn received(&mut self, _: usize) -> BoxFuture<'_, Vec<Received>> {
        let received = |(key, body): &(String, serde_json::Value)| {
            let text = |field: &str| body[field].as_str().unwrap().to_owned();
            Received { key: Some(key.clone()), subject: text("subject"), text: text("text") }
        };
        ready(self.taken.lock().unwrap().iter().map(received).collect()).boxed()
    }
}

const KIND: ChannelKind = ChannelKind::Webhook;

#[tokio::test]
async fn a_signed_request_is_told_apart_by_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver { signed: true, ..Receiver::default() };
    let channels = channels(&receiver.start().await, Some(secret(&folder, SECRET)));
    for event in [Event::Alert, Event::Alert, Event::Digest, Event::Report] {
        let message = Message { event, ..message("dispatcher") };
        assert_eq!(channels.send(KIND, &message).await, DeliveryOutcome::Accepted { message_id: None });
    }
    let taken = receiver.taken.lock().unwrap();
    assert!(taken.iter().all(|(key, _)| *key == message("").key));
    let body = serde_json::json!({ "version": 1, "event": "alert", "key": message("").key, "critical": true,
        "subject": message("").subject, "text": message("").text, "alert": { "id": "42" } });
    assert_eq!(taken[0].1, body);
    assert_eq!(taken[0], taken[1]);
    assert_eq!((&taken[2].1["digest"]["id"], &taken[3].1["report"]["id"]), (&"42".into(), &"42".into()));
}

#[tokio::test]
async fn without_a_secret_nothing_is_signed_and_another_name_is_off() {
    let receiver = Receiver::default();
    let channels = channels(&receiver.start().await, None);
    assert_eq!(told(&channels.send(KIND, &message("dispatcher")).await).0, "accepted");
    assert_eq!(told(&channels.send(KIND, &message("another")).await), ("refused", "off"));
}

#[tokio::test]
async fn every_answer_has_its_consequence() {
    let receiver = Receiver::default();
    let channels = channels(&receiver.start().await, None);
    let rows = [
        (410, "refused", "webhook_gone"),
        (400, "refused", "webhook_refused"),
        (401, "refused", "webhook_refused"),
        (404, "refused", "webhook_refused"),
        (307, "refused", "webhook_refused"),
        (408, "later", "webhook_busy"),
        (429, "later", "webhook_busy"),
        (503, "later", "webhook_busy"),
        (500, "later", "webhook_failed"),
        (502, "later", "webhook_failed"),
    ];
    for (status, consequence, name) in rows {
        receiver.answer(status, None);
        assert_eq!(told(&channels.send(KIND, &message("dispatcher")).await), (consequence, name), "{status}");
    }
    for (header, seconds) in [("120", Some(120)), ("99999999", Some(3600)), ("Wed, 21 Oct 2026 07:28:00 GMT", None)] {
        receiver.answer(503, Some(header));
        let outcome = channels.send(KIND, &message("dispatcher")).await;
        assert!(
            matches!(outcome, DeliveryOutcome::Later { after, .. } if after == seconds.map(Duration::from_secs)),
            "{outcome:?}"
        );
    }
    assert!(receiver.taken.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_a_closed_door_is_later() {
    let receiver = Receiver::default();
    let channels_lossy = channels(&lossy(&receiver.start().await).await, None);
    assert_eq!(told(&channels_lossy.send(KIND, &message("dispatcher")).await), ("unknown", "answer_lost"));
    assert_eq!(receiver.taken.lock().unwrap().len(), 1);
    let channels = channels(&nobody().await, None);
    assert_eq!(told(&channels.send(KIND, &message("dispatcher")).await), ("later", "no_connection"));
}
