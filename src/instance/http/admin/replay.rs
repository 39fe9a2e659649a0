//! `/own/replay`: classifying again what is held.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::Method;
use axum::response::Response;
use model::{Time, wire};
use serde::Deserialize;

use crate::instance::Instance;
use crate::instance::http::failure::Failure;
use crate::instance::http::lines;
use crate::instance::operations::replay::{self, ReplayLine};
use crate::instance::peers::passed_on;
use crate::roles::Role;

/// Since when.
#[derive(Deserialize)]
pub struct Since {
    /// Posts that came into the journal, or of the archive were read, at this time or later.
    pub from: Time,
}

/// Replays here, or where a classifier runs.
pub async fn replay(State(instance): State<Arc<Instance>>, Query(since): Query<Since>) -> Result<Response, Failure> {
    let Some(peers) = instance.peers.clone().filter(|_| !instance.roles.contains(&Role::Classify)) else {
        return Ok(replay_here(instance, since.from));
    };
    let path = format!("/internal/replay?from={}", since.from);
    Ok(passed_on(peers.stream(Method::POST, Role::Classify, &path).await.map_err(anyhow::Error::msg)?))
}

/// Replays with the classifier of this process, and tells how far it is.
pub fn replay_here(instance: Arc<Instance>, from: Time) -> Response {
    lines::answer(move |lines| {
        // A replay goes on where nobody listens any more.
        let mut tell = |line: ReplayLine| drop(lines.send(wire::write(&line)));
        let end = match replay::replay(&instance, from, &mut tell) {
            Ok(replayed) => ReplayLine::Replayed(replayed),
            Err(error) => ReplayLine::Failed(format!("{error:#}")),
        };
        tell(end);
    })
}
