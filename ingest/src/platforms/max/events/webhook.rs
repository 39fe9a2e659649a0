//! A webhook: MAX posts each event to an address that `POST /subscriptions` names
//! (<https://dev.max.ru/docs-api/methods/POST/subscriptions>), and repeats it for hours until it hears 200.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use config::{MaxWebhook, Secret};
use serde_json::json;
use tokio::sync::watch;

use super::TYPES;
use super::take::Events;
use crate::outcome::PollOutcome;
use crate::parsing::api_answer::json_value;
use crate::platforms::events::{Pauses, is_same, rest, serve};
use crate::platforms::max::client::MaxClient;
use crate::poll::Failure;

/// A message with everything is some 50 KB; a larger request is none of MAX's.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// The header in which MAX sends the secret word.
const SECRET: &str = "x-max-bot-api-secret";

/// MAX drops a subscription whose address did not answer for hours, so it is asked for anew so often.
const AGAIN: Duration = Duration::from_secs(3600);

/// Receives events, and asks MAX to send them, until `stop`.
pub(crate) async fn receive(
    max: MaxClient<'_>,
    events: &Events,
    webhook: &MaxWebhook,
    mut stop: watch::Receiver<bool>,
) {
    let router = router(events.clone(), webhook.secret.clone());
    let serving = serve(webhook.listen, "max-webhook", router, &events.config.settings, stop.clone());
    let subscribing = async {
        let mut pauses = Pauses::new();
        loop {
            let goes_on = match subscribe(max, webhook).await {
                Ok(()) => {
                    pauses.reset();
                    rest(AGAIN, &mut stop).await
                }
                Err(Failure { outcome, detail }) => {
                    tracing::warn!(outcome = outcome.name(), detail, "MAX sends no events");
                    pauses.wait(&mut stop).await
                }
            };
            if !goes_on {
                return;
            }
        }
    };
    tokio::join!(serving, subscribing);
}

/// Asks MAX to send events.
pub(crate) async fn subscribe(max: MaxClient<'_>, webhook: &MaxWebhook) -> Result<(), Failure> {
    let secret =
        webhook.secret.read().map_err(|error| Failure { outcome: PollOutcome::MaxRefused, detail: Some(error) })?;
    let asked = json!({ "url": webhook.url, "update_types": TYPES, "secret": secret });
    let answer = json_value(&max.post("subscriptions", &asked).await?, "MAX")?;
    match answer["success"].as_bool() {
        Some(false) => {
            let words = answer["message"].as_str().unwrap_or("no reason").to_owned();
            Err(Failure { outcome: PollOutcome::MaxRefused, detail: Some(words) })
        }
        _ => Ok(()),
    }
}

/// What requests are answered from.
struct Webhook {
    events: Events,
    secret: Secret,
}

/// The one address that MAX posts to.
pub(crate) fn router(events: Events, secret: Secret) -> Router {
    Router::new()
        .route("/max", post(receive_one))
        .layer(DefaultBodyLimit::max(MAX_EVENT_BYTES))
        .with_state(Arc::new(Webhook { events, secret }))
}

/// Takes one event in. It is in the journal before MAX hears that it need not send it again.
async fn receive_one(
    State(webhook): State<Arc<Webhook>>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let told = headers.get(SECRET).and_then(|word| word.to_str().ok()).unwrap_or_default().to_owned();
    let answer = tokio::task::spawn_blocking(move || webhook.answer(&told, &body)).await;
    answer.unwrap_or((StatusCode::SERVICE_UNAVAILABLE, "try again"))
}

impl Webhook {
    fn answer(&self, told: &str, body: &[u8]) -> (StatusCode, &'static str) {
        let secret = match self.secret.read() {
            Ok(secret) => secret,
            Err(error) => {
                tracing::error!(error, "the secret of MAX's webhook cannot be read");
                return (StatusCode::SERVICE_UNAVAILABLE, "try again");
            }
        };
        if !is_same(told, &secret) {
            return (StatusCode::FORBIDDEN, "a wrong secret");
        }
        match self.events.take(body) {
            Ok(_) => (StatusCode::OK, "ok"),
            // It would not be better the next time.
            Err(Failure { outcome: PollOutcome::NotThisFormat | PollOutcome::Broken, .. }) => {
                (StatusCode::BAD_REQUEST, "not an event of MAX")
            }
            Err(failure) => {
                tracing::warn!(outcome = failure.outcome.name(), "an event of MAX waits for its next try");
                (StatusCode::SERVICE_UNAVAILABLE, "try again")
            }
        }
    }
}
