//! `/own/correct`: what people say of posts.

use std::sync::Arc;

use anyhow::Context;
use axum::Json;
use axum::extract::{Query, State};
use model::Correction;
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::http::failure::{Failure, blocking};
use crate::instance::http::query::to_query;
use crate::instance::operations::corrections::{self, Label};
use crate::roles::Role;

/// What is said.
#[derive(Debug, Serialize, Deserialize)]
pub struct Saying {
    /// A [`corrections::Correcting`] as JSON.
    pub said: String,
}

/// Says it here, or where the posts are.
pub async fn correct(
    State(instance): State<Arc<Instance>>,
    Query(saying): Query<Saying>,
) -> Result<Json<Correction>, Failure> {
    let Some(peers) = instance.peers.clone().filter(|_| instance.index.is_none()) else {
        return correct_here(instance, saying).await;
    };
    let path = format!("/internal/correct?{}", to_query(&saying)?);
    Ok(Json(peers.post_to(Role::Store, &path).await.map_err(anyhow::Error::msg)?))
}

/// Says it of a post in the index of this process.
pub async fn correct_here(instance: Arc<Instance>, saying: Saying) -> Result<Json<Correction>, Failure> {
    blocking(move || {
        let asked = serde_json::from_str(&saying.said).context("not a correction")?;
        Ok(Json(corrections::correct(&instance, asked)?))
    })
    .await
}

/// The corrections in force.
pub async fn list(State(instance): State<Arc<Instance>>) -> Result<Json<Vec<Correction>>, Failure> {
    blocking(move || Ok(Json(corrections::list(&instance)?))).await
}

/// The corrected posts as labelled texts, from here or from where the posts are.
pub async fn labels(State(instance): State<Arc<Instance>>) -> Result<Json<Vec<Label>>, Failure> {
    let Some(peers) = instance.peers.clone().filter(|_| instance.index.is_none()) else {
        return labels_here(instance).await;
    };
    Ok(Json(peers.get_from(Role::Store, "/internal/labels").await.map_err(anyhow::Error::msg)?))
}

/// The same of the posts in the index of this process.
pub async fn labels_here(instance: Arc<Instance>) -> Result<Json<Vec<Label>>, Failure> {
    blocking(move || Ok(Json(corrections::labels(&instance)?))).await
}
