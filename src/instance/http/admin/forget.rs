//! `/own/forget`: what a person asks to have removed. What is asked for is in bodies: addresses are what logs and errors show.

use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use model::PostId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::http::failure::{Failure, blocking};
use crate::instance::operations::forget::{Asked, Found, Wanted, find_in};

/// `/own/forget`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Forgetting {
    /// What.
    pub asked: Asked,
    /// Who does it.
    pub by: String,
}

/// What would be forgotten.
pub async fn find(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<Found>, Failure> {
    Ok(Json(instance.find_to_forget(&read(&body)?).await?))
}

/// Forgets it.
pub async fn forget(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<Found>, Failure> {
    let Forgetting { asked, by } = read(&body)?;
    Ok(Json(instance.forget(&asked, &by).await?))
}

/// The ids of all that was forgotten.
pub async fn forgotten(State(instance): State<Arc<Instance>>) -> Result<Json<Vec<String>>, Failure> {
    Ok(Json(instance.forgotten().await?))
}

/// The posts of the index of this process.
pub async fn find_here(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<Found>, Failure> {
    let wanted: Wanted = read(&body)?;
    blocking(move || {
        let index = instance.index.as_ref().context("the search index is not open here")?;
        Ok(Json(find_in(index, &wanted)?))
    })
    .await
}

/// The hashes of a person by the keys of this process.
pub async fn hashes(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<Vec<String>>, Failure> {
    let author: String = read(&body)?;
    instance.collector.as_ref().context("the role ingest does not run here")?;
    Ok(Json(instance.hashes_of(&author).await?))
}

/// Has the collectors of this process refuse posts.
pub async fn refuse(State(instance): State<Arc<Instance>>, body: Bytes) -> Result<Json<()>, Failure> {
    let ids: Vec<PostId> = read(&body)?;
    instance.collector.as_ref().context("the role ingest does not run here")?;
    Ok(Json(instance.refuse_from_now_on(&ids).await?))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    serde_json::from_slice(body).context("what is to be forgotten is not understood")
}
