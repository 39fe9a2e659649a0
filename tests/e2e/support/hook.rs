//! A webhook receiver.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::Value;

use super::site::Site;

/// A webhook receiver that outlives the instances.
pub struct Hook {
    pub url: String,
    /// Each request's key, as it comes.
    pub arrivals: Receiver<(String, Value)>,
    /// Requests by key.
    pub keys: Arc<Mutex<BTreeMap<String, u32>>>,
    _site: Site,
}

#[derive(Clone)]
struct Received {
    arrivals: Sender<(String, Value)>,
    keys: Arc<Mutex<BTreeMap<String, u32>>>,
}

impl Hook {
    pub fn new() -> Hook {
        let (sender, arrivals) = channel();
        let received = Received { arrivals: sender, keys: Arc::default() };
        let keys = Arc::clone(&received.keys);
        let site = Site::new(axum::Router::new().route("/", axum::routing::post(receive)).with_state(received));
        Hook { url: format!("{}/", site.url()), arrivals, keys, _site: site }
    }

    /// `alerts.toml` that sends here.
    pub fn alerts_toml(&self) -> String {
        format!("webhook = \"{}\"\n", self.url)
    }
}

async fn receive(State(received): State<Received>, headers: HeaderMap, body: String) {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    *received.keys.lock().unwrap().entry(key.clone()).or_default() += 1;
    let _ = received.arrivals.send((key, serde_json::from_str(&body).unwrap()));
}
