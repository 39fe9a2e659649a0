//! What the operator looks after: time, configuration, backup, deletions, dead letters, suggested sources.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use model::{DeadLetter, Time};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::http::failure::{Failure, blocking};
use crate::instance::operations::backup::{self, Manifest};
use crate::instance::operations::dead_letters::{self, Retried};
use crate::instance::operations::deletions::Deleted;
use crate::instance::operations::suggestions::{self, Suggestion};

/// Reading dead letters stops here: the newest are wanted, and each can be long.
const MAX_DEAD_LETTERS: usize = 10_000;

/// `/own/now`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Now {
    /// The instance's time.
    pub now: Time,
}

/// `/own/backup`.
#[derive(Debug, Serialize, Deserialize)]
pub struct BackupQuery {
    /// The new folder, a whole path.
    pub to: String,
    /// Whether the authors' keys go with it.
    pub author_keys: bool,
}

/// How many are shown.
#[derive(Deserialize)]
pub struct Limit {
    limit: usize,
}

/// The instance's time.
pub async fn now(State(instance): State<Arc<Instance>>) -> Json<Now> {
    Json(Now { now: (instance.clock)() })
}

/// The files of the configuration in force.
pub async fn config(State(instance): State<Arc<Instance>>) -> Json<BTreeMap<String, String>> {
    Json(instance.files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
}

/// Sources that could be added.
pub async fn suggest(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<suggestions::Query>,
) -> Result<Json<Vec<Suggestion>>, Failure> {
    Ok(Json(instance.suggest(&query).await?))
}

/// Copies the data folder.
pub async fn back_up(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<BackupQuery>,
) -> Result<Json<Manifest>, Failure> {
    let runtime = tokio::runtime::Handle::current();
    blocking(move || Ok(Json(backup::backup(&instance, Path::new(&query.to), query.author_keys, &runtime)?))).await
}

/// The latest deletions.
pub async fn deletions(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<Limit>,
) -> Result<Json<Vec<Deleted>>, Failure> {
    Ok(Json(instance.deletions(query.limit).await?))
}

/// Takes deleted texts out of the files now.
pub async fn purge(State(instance): State<Arc<Instance>>) -> Result<Json<Option<Time>>, Failure> {
    instance.purge().await?;
    Ok(Json(instance.last_purge()?))
}

/// The newest dead letters.
pub async fn list_dead_letters(
    State(instance): State<Arc<Instance>>,
    Query(query): Query<Limit>,
) -> Result<Json<Vec<DeadLetter>>, Failure> {
    blocking(move || Ok(Json(dead_letters::list(&instance, query.limit.min(MAX_DEAD_LETTERS))?))).await
}

/// Takes all dead letters up again.
pub async fn retry(State(instance): State<Arc<Instance>>) -> Result<Json<Retried>, Failure> {
    blocking(move || Ok(Json(dead_letters::retry(&instance)?))).await
}
