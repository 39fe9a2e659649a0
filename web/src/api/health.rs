//! `/healthz`, `/readyz` and `/api/status`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::state::Web;
use crate::status::Status;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Every stage here works: 200; else 503 with what fails.
pub async fn readyz(State(web): State<Web>) -> Response {
    let failing: Vec<String> = match (web.ready)().await {
        Ok(status) => status
            .roles
            .into_iter()
            .filter_map(|role| Some(format!("{}: {}", role.role, role.error?)))
            .chain(status.facts.and_then(|facts| facts.error).map(|error| format!("facts: {error}")))
            .chain(status.journal.error.map(|error| format!("journal: {error}")))
            .collect(),
        Err(error) => vec![error],
    };
    match failing.is_empty() {
        true => "ready\n".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, failing.join("\n") + "\n").into_response(),
    }
}

/// The status of the whole installation.
pub async fn status(State(web): State<Web>) -> Result<Json<Status>, ApiError> {
    (web.status)().await.map(Json).map_err(ApiError::unavailable)
}
