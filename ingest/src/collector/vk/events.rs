//! What communities of one's own tell by themselves: Bots Long Poll, which is asked, and the Callback API, which asks us.
//! Both only make seeing quicker; the wall is polled as if they were not there.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::post;
use config::{Address, Config, Secret, Source};
use model::{Clock, PostId};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::super::intake::Intake;
use super::super::reading::{Failure, Net, Reading, accept, parse};
use super::api::VERSION;
use crate::outcome::Outcome;
use crate::vk::{LongPoll, parse_callback, parse_long_poll, parse_response, parse_wall};
use crate::{Page, PageError};

/// How long a long-poll server holds a request when nothing happens; VK allows 90.
const HOLD_S: u32 = 25;

/// The first and the longest pause after a failure.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(600));

/// An event with everything is some 50 KB; a larger request is none of VK's.
const MAX_EVENT_BYTES: usize = 1024 * 1024;

/// Takes in the events on a page, those of this wall alone.
fn take(intake: &Intake, clock: &Clock, source: &Source, page: Page) -> Result<(), Failure> {
    let Address::Vk(owner) = source.address else { return Ok(()) };
    let mut reading = Reading::new(clock());
    reading.add_events(page, |id: &PostId| id.as_str().starts_with(&format!("vk:{owner}_")));
    let taken = intake.take_events(source, reading);
    taken.map_err(|(outcome, detail)| Failure { outcome, detail: Some(detail) })
}

/// Asks Bots Long Poll until `stop`.
pub(crate) async fn listen(
    net: Net<'_>,
    intake: Arc<Intake>,
    source: &Source,
    token: &Secret,
    mut stop: watch::Receiver<bool>,
) {
    let mut pause = PAUSES.0;
    let mut at: Option<LongPollServer> = None;
    loop {
        let turn = turn(net, &intake, source, token, &mut at);
        let outcome = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            outcome = turn => outcome,
        };
        match outcome {
            Ok(()) => pause = PAUSES.0,
            Err(Failure { outcome, detail }) => {
                tracing::warn!(source = source.id, outcome = outcome.name(), detail, "Bots Long Poll does not answer");
                at = None;
                tokio::select! {
                    _ = stop.wait_for(|stop| *stop) => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(PAUSES.1);
            }
        }
    }
}

/// Where a community's events are asked for.
pub(crate) struct LongPollServer {
    server: String,
    key: String,
    ts: String,
}

/// One request: for a server, or for its events.
pub(crate) async fn turn(
    net: Net<'_>,
    intake: &Arc<Intake>,
    source: &Source,
    token: &Secret,
    at: &mut Option<LongPollServer>,
) -> Result<(), Failure> {
    let Some(known) = at else {
        *at = Some(server(net, source, token).await?);
        return Ok(());
    };
    let fetch = &net.settings.fetch;
    let hold = HOLD_S.min(fetch.header_timeout_s.min(fetch.timeout_s).saturating_sub(5)).max(1).to_string();
    let query = [("act", "a_check"), ("key", &known.key), ("ts", &known.ts), ("wait", &hold)];
    let url = url::Url::parse_with_params(&known.server, query).map_err(|_| Outcome::BadUrl)?;
    let response = net.get(url.as_str()).await?;
    let id = source.id.clone();
    match parse(move || parse_long_poll(&response.body, &id)).await? {
        LongPoll::Events { ts, page } => {
            let (intake, clock, source) = (intake.clone(), net.clock.clone(), source.clone());
            let taken = tokio::task::spawn_blocking(move || take(&intake, &clock, &source, page)).await;
            taken.unwrap_or_else(|_| Err(Outcome::StateFailed.into()))?;
            known.ts = ts;
        }
        // What happened meanwhile is read from the wall by its next poll.
        LongPoll::Lost { ts } => known.ts = ts,
        LongPoll::Expired => *at = None,
    }
    Ok(())
}

/// Asks VK for a long-poll server by the community's own token.
async fn server(net: Net<'_>, source: &Source, token: &Secret) -> Result<LongPollServer, Failure> {
    let Address::Vk(owner) = source.address else { return Err(Outcome::BadUrl.into()) };
    let token = token.read().map_err(|error| Failure { outcome: Outcome::VkNoToken, detail: Some(error) })?;
    let url = format!("{}/groups.getLongPollServer", net.settings.vk.api.trim_end_matches('/'));
    let group = owner.unsigned_abs().to_string();
    let form = [("group_id", group.as_str()), ("v", VERSION), ("access_token", &token)];
    let body = accept(net.fetcher.post_form(&url, &form).await?)?.body;
    let answer = parse(move || parse_response(&body)).await?;
    let text = |name: &str| match &answer[name] {
        serde_json::Value::String(text) => Ok(text.clone()),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        _ => Err(Failure::from(PageError::Format(format!("a long-poll server without {name}")))),
    };
    Ok(LongPollServer { server: text("server")?, key: text("key")?, ts: text("ts")? })
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

/// Compares without telling by its time how much is right.
fn is_same(told: &str, secret: &str) -> bool {
    Sha256::digest(told.as_bytes()) == Sha256::digest(secret.as_bytes())
}
