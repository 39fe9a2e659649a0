//! `/api/audit` and `/api/audit/verify`.

use alerts::AuditCheck;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use serde::Deserialize;

use super::pages::{page, reading};
use crate::error::ApiError;
use crate::state::Web;

/// Entries on a page: some 20 MB, which are held in memory.
const MAX_ENTRIES: usize = 100_000;

/// Which entries are shown.
#[derive(Deserialize)]
pub struct AuditQuery {
    subject: Option<String>,
    /// Only entries with a lower number.
    before: Option<u64>,
    #[serde(default = "audit_limit")]
    limit: usize,
}

fn audit_limit() -> usize {
    1000
}

/// The newest entries, oldest first; the next page has those before them.
pub async fn audit(
    State(web): State<Web>,
    uri: Uri,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let limit = query.limit.min(MAX_ENTRIES);
    let entries = reading(&web, move |alerts| alerts.audit(query.subject.as_deref(), query.before, limit)).await?;
    let next = entries.first().filter(|first| entries.len() == limit && first.n > 1).map(|first| first.n.to_string());
    Ok(page(entries, &uri, "before", next))
}

/// Whether the chain of hashes is whole.
pub async fn verify(State(web): State<Web>) -> Result<Json<AuditCheck>, ApiError> {
    reading(&web, alerts::Alerts::verify_audit).await.map(Json)
}
