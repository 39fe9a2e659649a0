//! What the network may ask of a process: its own parts, and through the role `web` those of the others.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use model::Time;
use serde::Deserialize;
use store::search::{SearchRequest, SearchResult};
use web::{AskSearch, Web};

use super::admin::Positions;
use super::peers::Peers;
use super::replay::Replayed;
use super::sample::Joined;
use super::{Instance, admin};
use crate::cli::Role;

/// The page and the API over the parts of this process, and over search elsewhere, which the page shows too.
pub fn public_router(instance: &Arc<Instance>) -> Router {
    let (asked, ready) = (Arc::clone(instance), Arc::clone(instance));
    let local = web::router(Web {
        config: Arc::clone(&instance.config),
        clock: Arc::clone(&instance.clock),
        index: instance.index.clone(),
        elsewhere: instance.peers.clone().map(search_elsewhere),
        facts: instance.facts.clone(),
        alerts: instance.alerts.clone(),
        reports: instance.reports.clone(),
        status: Arc::new(move || {
            let instance = Arc::clone(&asked);
            Box::pin(async move { instance.whole_status().await.map_err(|error| error.to_string()) })
        }),
        ready: Arc::new(move || {
            let instance = Arc::clone(&ready);
            Box::pin(async move { instance.readiness().await.map_err(|error| error.to_string()) })
        }),
    });
    match instance.peers {
        Some(_) => local.layer(middleware::from_fn_with_state(Arc::clone(instance), hand_over)),
        None => local,
    }
}

/// What the other roles may ask of this process, and nobody else: the page and the API of its parts, and what is internal.
pub fn guarded_router(instance: &Arc<Instance>, peers: &Peers) -> Router {
    let internal = Router::new()
        .route("/internal/status", get(status))
        .route("/internal/positions", get(positions))
        .route("/internal/replay", post(replay))
        .route("/internal/sample", get(sample))
        .route("/internal/act", post(act))
        .with_state(Arc::clone(instance));
    public_router(instance).merge(internal).layer(middleware::from_fn_with_state(peers.clone(), Peers::guard))
}

/// Hands a request to the role that owns what it asks for, where that runs elsewhere.
async fn hand_over(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let here = match owner(request.uri().path()) {
        None => true,
        Some(Role::Store) => instance.index.is_some(),
        Some(_) => instance.alerts.is_some(),
    };
    match (owner(request.uri().path()), &instance.peers) {
        // Only the page's role hands over: two roles that lack the same part must not ask one another in circles.
        (Some(role), Some(peers)) if !here && instance.parts.contains(&Role::Web) => peers.forward(role, request).await,
        _ => next.run(request).await,
    }
}

/// Who answers a path; `None`: any process. Alerts, digests and the page, which shows both, are where the alerts are.
fn owner(path: &str) -> Option<Role> {
    match path {
        "/healthz" | "/readyz" | "/metrics" | "/api/status" => None,
        "/api/search" | "/api/search.csv" | "/api/facets" => Some(Role::Store),
        path if path.starts_with("/own/") || path.starts_with("/internal/") => None,
        _ => Some(Role::Alerts),
    }
}

fn search_elsewhere(peers: Peers) -> AskSearch {
    Arc::new(move |request: SearchRequest| {
        let peers = peers.clone();
        Box::pin(async move {
            let query = crate::client::query(&request).map_err(|error| error.to_string())?;
            let mut failure = "[roles] names no address of store".to_owned();
            for address in peers.addresses(Role::Store) {
                match peers.get::<SearchResult>(address, &format!("/api/search?{query}")).await {
                    Ok(found) => return Ok(found),
                    Err(error) => failure = error,
                }
            }
            Err(failure)
        })
    })
}

async fn status(State(instance): State<Arc<Instance>>) -> Result<Json<web::Status>, admin::Failure> {
    Ok(Json(instance.status().await?))
}

async fn positions(State(instance): State<Arc<Instance>>) -> Result<Json<Positions>, admin::Failure> {
    admin::own_positions(instance).await
}

#[derive(Deserialize)]
struct From {
    from: Time,
}

async fn replay(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<From>,
) -> Result<Json<Replayed>, admin::Failure> {
    admin::replay_here(instance, query.from).await
}

async fn act(
    State(instance): State<Arc<Instance>>,
    Query(acting): Query<admin::Acting>,
) -> Result<Json<admin::Done>, admin::Failure> {
    admin::act_here(instance, acting).await
}

/// The clock and the place of the sample, for the other roles.
async fn sample(State(instance): State<Arc<Instance>>) -> Result<Json<Joined>, admin::Failure> {
    let joined = instance.sample.clone();
    joined.map(Json).ok_or_else(|| anyhow::anyhow!("this process does not run the sample").into())
}
