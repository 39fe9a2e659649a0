//! Long polling: `GET /updates` (<https://dev.max.ru/docs-api/methods/GET/updates>). It needs no open port, and MAX keeps events for a
//! while only; what was missed meanwhile the next poll of the chat reads.

use model::Platform;
use tokio::sync::watch;

use super::TYPES;
use super::take::Events;
use crate::outcome::PollOutcome;
use crate::platforms::events::{Pauses, hold_s};
use crate::platforms::max::client::MaxClient;
use crate::poll::{Failure, Intake};

/// Events of one answer, the most the API gives being 1000.
const LIMIT: &str = "100";

/// Asks for events until `stop`.
pub(crate) async fn ask(max: MaxClient<'_>, events: &Events, mut stop: watch::Receiver<bool>) {
    let mut pauses = Pauses::new();
    loop {
        let outcome = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            outcome = turn(max, events) => outcome,
        };
        match outcome {
            Ok(()) => pauses.reset(),
            Err(Failure { outcome, detail }) => {
                tracing::warn!(outcome = outcome.name(), detail, "MAX tells of no events");
                if !pauses.wait(&mut stop).await {
                    return;
                }
            }
        }
    }
}

/// One request for events. Where they go on is kept once they are in the journal: a crash repeats events and loses none.
pub(crate) async fn turn(max: MaxClient<'_>, events: &Events) -> Result<(), Failure> {
    let intake = events.intake.clone();
    let marker = blocking(move || marker(&intake)).await?.map(|marker| marker.to_string());
    let (hold, types) = (hold_s(&max.net.settings.fetch).to_string(), TYPES.join(","));
    let mut query = vec![("limit", LIMIT), ("timeout", &*hold), ("types", &*types)];
    query.extend(marker.as_deref().map(|marker| ("marker", marker)));
    let body = max.get("updates", &query, |body| Ok(body.to_vec())).await?;
    let events = events.clone();
    blocking(move || {
        let Some(marker) = events.take(&body)? else { return Ok(()) };
        events.intake.state().put_marker(Platform::Max, marker).map_err(state_failed)
    })
    .await
}

fn marker(intake: &Intake) -> Result<Option<i64>, Failure> {
    intake.state().marker(Platform::Max).map_err(state_failed)
}

fn state_failed(error: rusqlite::Error) -> Failure {
    Failure { outcome: PollOutcome::StateFailed, detail: Some(error.to_string()) }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(PollOutcome::StateFailed.into()))
}
