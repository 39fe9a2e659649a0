//! `/own/act`: what people do with alerts.

use std::sync::Arc;

use alerts::ActionRequest;
use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use crate::instance::Instance;
use crate::instance::http::failure::{Failure, blocking};
use crate::instance::http::query::to_query;
use crate::roles::Role;

/// Something that a person did, as `/own/act` takes it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Acting {
    /// Who.
    pub by: String,
    /// An [`ActionRequest`] as JSON.
    pub act: String,
}

/// What was done, in Russian.
#[derive(Debug, Serialize, Deserialize)]
pub struct Done {
    /// In words.
    pub done: String,
}

/// Does it here, or where the alerts are.
pub async fn act(State(instance): State<Arc<Instance>>, Query(acting): Query<Acting>) -> Result<Json<Done>, Failure> {
    let Some(peers) = instance.peers.clone().filter(|_| instance.alerts.is_none()) else {
        return act_here(instance, acting).await;
    };
    let path = format!("/internal/act?{}", to_query(&acting)?);
    Ok(Json(peers.post_to(Role::Alerts, &path).await.map_err(anyhow::Error::msg)?))
}

/// Does it with the alerts of this process.
pub async fn act_here(instance: Arc<Instance>, acting: Acting) -> Result<Json<Done>, Failure> {
    blocking(move || {
        let alerts = instance.alerts.as_ref().ok_or_else(|| anyhow::anyhow!("the role alerts does not run here"))?;
        let act: ActionRequest =
            serde_json::from_str(&acting.act).map_err(|error| anyhow::anyhow!("not an act: {error}"))?;
        let done = alerts.act(&act, &acting.by)?;
        Ok(Json(Done { done }))
    })
    .await
}
