//! The Callback API.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use config::{Address, Config, Source};
use model::Clock;
use tokio::sync::watch;

use super::take::take;
use crate::platforms::events::{self, is_same};
use crate::platforms::vk::parse::{parse_callback, parse_wall};
use crate::poll::Intake;

/// An event with everything is some 50 KB; a larger request is none of VK's.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// Serves the Callback API at an address until `stop`.
pub(crate) async fn serve(address: SocketAddr, callbacks: Callbacks, stop: watch::Receiver<bool>) {
    let config = callbacks.config.clone();
    events::serve(address, "vk-callback", router(callbacks), &config.settings, stop).await;
}

/// What the Callback API's requests are answered from.
pub(crate) struct Callbacks {
    pub config: Arc<Config>,
    pub intake: Arc<Intake>,
    pub clock: Clock,
}

/// The one address that VK posts to.
pub(crate) fn router(callbacks: Callbacks) -> Router {
    Router::new()
        .route("/vk", post(receive))
        .layer(DefaultBodyLimit::max(MAX_EVENT_BYTES))
        .with_state(Arc::new(callbacks))
}

/// Takes one event in. VK repeats a request until it hears `ok`, so that an event is in the journal before that is said.
async fn receive(State(callbacks): State<Arc<Callbacks>>, body: Bytes) -> (StatusCode, String) {
    let answer = tokio::task::spawn_blocking(move || callbacks.answer(&body)).await;
    answer.unwrap_or_else(|_| (StatusCode::SERVICE_UNAVAILABLE, "try again".to_owned()))
}

impl Callbacks {
    fn answer(&self, body: &[u8]) -> (StatusCode, String) {
        let refused = || (StatusCode::FORBIDDEN, "not a community of ours, or a wrong secret".to_owned());
        let Ok(request) = parse_callback(body) else {
            return (StatusCode::BAD_REQUEST, "not a request of the Callback API".to_owned());
        };
        let is_meant = |source: &&Source| source.enabled && source.address == Address::Vk(-request.group);
        let Some(source) = self.config.sources.iter().find(is_meant) else { return refused() };
        let Some(callback) = source.events.as_ref().and_then(|events| events.callback.as_ref()) else {
            return refused();
        };
        // The first request may come before the secret is set; the confirmation string is no secret.
        if request.kind == "confirmation" && request.secret.is_none() {
            return (StatusCode::OK, callback.confirmation.clone());
        }
        let secret = match callback.secret.read() {
            Ok(secret) => secret,
            Err(error) => {
                tracing::error!(source = source.id, error, "the secret of the Callback API cannot be read");
                return (StatusCode::SERVICE_UNAVAILABLE, "try again".to_owned());
            }
        };
        if !request.secret.is_some_and(|told| is_same(&told, &secret)) {
            return refused();
        }
        if request.kind == "confirmation" {
            return (StatusCode::OK, callback.confirmation.clone());
        }
        let taken = match parse_wall(body, &source.id) {
            Ok(page) => take(&self.intake, &self.clock, source, page),
            // An event of another kind, or one that cannot be read: it would not be better the next time.
            Err(_) => Ok(()),
        };
        match taken {
            Ok(()) => (StatusCode::OK, "ok".to_owned()),
            Err(failure) => {
                let outcome = failure.outcome.name();
                tracing::warn!(source = source.id, outcome, "an event of the Callback API waits for its next try");
                (StatusCode::SERVICE_UNAVAILABLE, "try again".to_owned())
            }
        }
    }
}
