//! What the network may ask of a process: its own parts, and through the role `web` those of other processes.

use std::sync::Arc;

use anyhow::Context;
use axum::Json;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use model::Correction;
use store::search::{SearchRequest, SearchResult};
use web::{AskSearch, Web};

use super::admin::{act, correct, forget, positions, replay};
use super::archive::pages;
use super::failure::{Failure, blocking};
use super::query::to_query;
use crate::instance::Instance;
use crate::instance::archive::{self, FoundPost, PostQuery};
use crate::instance::operations::corrections::Label;
use crate::instance::peers::Peers;
use crate::instance::sample::SamplePlace;
use crate::roles::Role;

/// The page and the API over the parts of this process, and over searches of the role `store`, which the page shows too.
pub fn public_router(instance: &Arc<Instance>) -> Router {
    let (asked, ready) = (Arc::clone(instance), Arc::clone(instance));
    let local = web::router(Web {
        config: Arc::clone(&instance.config),
        clock: Arc::clone(&instance.clock),
        index: instance.index.clone(),
        remote_search: instance.peers.clone().map(remote_search),
        facts: instance.facts.clone(),
        alerts: instance.alerts.clone(),
        reports: instance.reports.clone(),
        work: Arc::default(),
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
        Some(_) => local.layer(middleware::from_fn_with_state(Arc::clone(instance), forward_to_owner)),
        None => local,
    }
}

/// What the other roles may ask of this process, and nobody else: the page and the API of its parts, and what is internal.
pub fn internal_router(instance: &Arc<Instance>, peers: &Peers) -> Router {
    let internal = Router::new()
        .route("/internal/status", get(status))
        .route("/internal/positions", get(positions))
        .route("/internal/replay", post(replay))
        .route("/internal/sample", get(sample))
        .route("/internal/act", post(act))
        .route("/internal/archive", get(pages))
        .route("/internal/post", get(find_post))
        .route("/internal/correct", post(correct))
        .route("/internal/labels", get(labels))
        .route("/internal/forget/find", post(forget::find_here))
        .route("/internal/forget", post(forget::refuse))
        .route("/internal/forgotten", get(forget::forgotten))
        .route("/internal/hashes", post(forget::hashes))
        .with_state(Arc::clone(instance));
    public_router(instance).merge(internal).layer(middleware::from_fn_with_state(peers.clone(), Peers::guard))
}

/// Hands a request to the role that owns what it asks for, where that runs elsewhere.
async fn forward_to_owner(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let here = match owner(request.uri().path()) {
        None => true,
        Some(Role::Store) => instance.index.is_some(),
        Some(_) => instance.alerts.is_some(),
    };
    match (owner(request.uri().path()), &instance.peers) {
        // Only the role `web` forwards: two roles that lack the same part must not ask one another in circles.
        (Some(role), Some(peers)) if !here && instance.roles.contains(&Role::Web) => peers.forward(role, request).await,
        _ => next.run(request).await,
    }
}

/// Who answers a path; `None`: any process. Alerts, digests and the page, which shows both, are where the alerts are.
fn owner(path: &str) -> Option<Role> {
    match path {
        "/healthz" | "/readyz" | "/metrics" | "/api/status" => None,
        "/api/search" | "/api/search.csv" | "/api/facets" | "/api/thread" => Some(Role::Store),
        path if path.starts_with("/own/") || path.starts_with("/internal/") => None,
        _ => Some(Role::Alerts),
    }
}

fn remote_search(peers: Peers) -> AskSearch {
    Arc::new(move |request: SearchRequest| {
        let peers = peers.clone();
        Box::pin(async move {
            let query = to_query(&request).map_err(|error| error.to_string())?;
            peers.get_from::<SearchResult>(Role::Store, &format!("/api/search?{query}")).await
        })
    })
}

async fn status(State(instance): State<Arc<Instance>>) -> Result<Json<web::Status>, Failure> {
    Ok(Json(instance.status().await?))
}

async fn positions(State(instance): State<Arc<Instance>>) -> Result<Json<positions::Positions>, Failure> {
    positions::own_positions(instance).await
}

async fn replay(State(instance): State<Arc<Instance>>, Query(since): Query<replay::Since>) -> Response {
    replay::replay_here(instance, since.from)
}

async fn act(
    State(instance): State<Arc<Instance>>,
    Query(acting): Query<act::Acting>,
) -> Result<Json<act::Done>, Failure> {
    act::act_here(instance, acting).await
}

async fn correct(
    State(instance): State<Arc<Instance>>,
    Query(saying): Query<correct::Saying>,
) -> Result<Json<Correction>, Failure> {
    correct::correct_here(instance, saying).await
}

async fn labels(State(instance): State<Arc<Instance>>) -> Result<Json<Vec<Label>>, Failure> {
    correct::labels_here(instance).await
}

/// A post as it is stored here, with the tags of the rules.
async fn find_post(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<PostQuery>,
) -> Result<Json<FoundPost>, Failure> {
    blocking(move || {
        let index = instance.index.as_ref().ok_or_else(|| anyhow::anyhow!("the search index is not open here"))?;
        let since = serde_json::from_str(&query.since).context("not a position")?;
        Ok(Json(FoundPost { post: archive::find_post(index, &query.id, &since)? }))
    })
    .await
}

/// The clock and the place of the sample, for the other roles.
async fn sample(State(instance): State<Arc<Instance>>) -> Result<Json<SamplePlace>, Failure> {
    let joined = instance.sample.clone();
    joined.map(Json).ok_or_else(|| anyhow::anyhow!("this process does not run the sample").into())
}
