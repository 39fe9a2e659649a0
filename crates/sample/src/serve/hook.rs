//! A webhook receiver: takes each `Idempotency-Key` once and counts what it was sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

/// Beyond it further keys are refused: the receiver keeps them in memory for as long as it runs.
const MAX_KEYS: usize = 100_000;

/// An alert with its posts is a few kilobytes.
const MAX_BODY: usize = 1024 * 1024;

#[derive(Default)]
struct Received {
    /// By key: how often it came. The first is accepted, the others are repeats.
    keys: BTreeMap<String, u64>,
    /// In the order of acceptance.
    accepted: Vec<String>,
}

type Hook = Arc<Mutex<Received>>;

/// `POST /hook` takes a message, `GET /hook` lists the keys.
pub(super) fn hook_router() -> Router {
    Router::new()
        .route("/hook", get(list).post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Hook::default())
}

async fn receive(State(hook): State<Hook>, headers: HeaderMap, _body: axum::body::Bytes) -> Response {
    let Some(key) = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty())
    else {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": "no Idempotency-Key"}))).into_response();
    };
    let mut received = hook.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(count) = received.keys.get_mut(key) {
        *count += 1;
        return Json(json!({"repeat": true})).into_response();
    }
    if received.keys.len() >= MAX_KEYS {
        return StatusCode::INSUFFICIENT_STORAGE.into_response();
    }
    received.keys.insert(key.to_owned(), 1);
    received.accepted.push(key.to_owned());
    Json(json!({"accepted": true})).into_response()
}

async fn list(State(hook): State<Hook>) -> Json<serde_json::Value> {
    let received = hook.lock().unwrap_or_else(PoisonError::into_inner);
    let requests: u64 = received.keys.values().sum();
    Json(json!({
        "accepted": received.accepted.len(),
        "requests": requests,
        "keys": received.accepted,
        "counts": received.keys,
    }))
}
