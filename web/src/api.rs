//! The JSON API.

use std::fmt::Display;

use alerts::{AlertView, Filter};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;
use store::facts::{Figure, FiguresRequest};
use store::search::{Facets, SearchError, SearchRequest, SearchResult};

use crate::{Status, Web};

/// An error as an answer: `{"error": "…"}`.
pub struct ApiError(StatusCode, String);

impl ApiError {
    /// What was asked is wrong.
    pub fn asked(error: impl Display) -> ApiError {
        ApiError(StatusCode::BAD_REQUEST, error.to_string())
    }

    /// What should answer does not.
    pub fn unavailable(error: impl Display) -> ApiError {
        ApiError(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }

    /// The reason in words.
    pub fn words(self) -> String {
        self.1
    }

    /// The part does not run in this process.
    pub fn absent(role: &str) -> ApiError {
        ApiError::unavailable(format!("the role {role} does not run here"))
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> ApiError {
        match error {
            SearchError::Query(_) | SearchError::Request(_) => ApiError::asked(error),
            _ => ApiError::unavailable(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0, Json(serde_json::json!({ "error": self.1 }))).into_response()
    }
}

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

pub async fn status(State(web): State<Web>) -> Result<Json<Status>, ApiError> {
    (web.status)().await.map(Json).map_err(ApiError::unavailable)
}

pub async fn search(
    State(web): State<Web>,
    request: Result<Query<SearchRequest>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(request) = request.map_err(|error| ApiError::asked(error.body_text()))?;
    let Some(index) = web.index.clone() else {
        return Ok(Json(find(&web, request).await?).into_response());
    };
    let json = apart(move || index.search_json(&request)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Searches here or where the index is.
pub async fn find(web: &Web, request: SearchRequest) -> Result<SearchResult, ApiError> {
    let Some(index) = web.index.clone() else {
        let elsewhere = web.elsewhere.as_ref().ok_or_else(|| ApiError::absent("store"))?;
        return elsewhere(request).await.map_err(ApiError::unavailable);
    };
    apart(move || index.search(&request)).await
}

/// Lets the index work where it holds up nobody.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SearchError> + Send + 'static,
) -> Result<T, ApiError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(ApiError::unavailable)??)
}

/// Counts of what a search finds.
pub async fn facets(
    State(web): State<Web>,
    request: Result<Query<SearchRequest>, QueryRejection>,
) -> Result<Json<Facets>, ApiError> {
    let Query(request) = request.map_err(|error| ApiError::asked(error.body_text()))?;
    let index = web.index.ok_or_else(|| ApiError::absent("store"))?;
    apart(move || index.facets(&request)).await.map(Json)
}

#[derive(Deserialize)]
pub struct AlertsQuery {
    #[serde(default)]
    all: bool,
}

pub async fn alerts(
    State(web): State<Web>,
    query: Result<Query<AlertsQuery>, QueryRejection>,
) -> Result<Json<Vec<AlertView>>, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let alerts = web.alerts.ok_or_else(|| ApiError::absent("alerts"))?;
    alerts.list(Filter { open: !query.all, ..Filter::default() }).map(Json).map_err(ApiError::unavailable)
}

/// Silences and known causes, and what they held back in the last days.
#[derive(serde::Serialize)]
pub struct Quiet {
    silences: Vec<alerts::Silence>,
    causes: Vec<alerts::Cause>,
    suppressed: Vec<alerts::Suppressed>,
}

#[derive(Deserialize)]
pub struct Days {
    #[serde(default = "month")]
    days: u32,
}

fn month() -> u32 {
    30
}

/// A time so many days before now.
fn before(web: &Web, days: u32) -> model::Time {
    let now = (web.clock)();
    now.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days.min(36_500)))).unwrap_or(now)
}

pub async fn quiet(
    State(web): State<Web>,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<Json<Quiet>, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let alerts = web.alerts.clone().ok_or_else(|| ApiError::absent("alerts"))?;
    let (silences, causes) = alerts.quiet().map_err(ApiError::unavailable)?;
    let now = (web.clock)();
    let later = now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap_or(now);
    let suppressed = alerts.suppressed(before(&web, query.days), later).map_err(ApiError::unavailable)?;
    Ok(Json(Quiet { silences, causes, suppressed }))
}

/// A rule and how many of its alerts turned out to be nothing.
#[derive(serde::Serialize)]
pub struct Noisy {
    rule: String,
    false_alarms: u64,
    alerts: u64,
}

pub async fn noisy(
    State(web): State<Web>,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<Json<Vec<Noisy>>, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let alerts = web.alerts.clone().ok_or_else(|| ApiError::absent("alerts"))?;
    let rules = alerts.noisiest(before(&web, query.days)).map_err(ApiError::unavailable)?;
    let noisy = rules.into_iter().map(|(rule, false_alarms, alerts)| Noisy { rule, false_alarms, alerts });
    Ok(Json(noisy.collect()))
}

#[derive(Deserialize)]
pub struct AuditQuery {
    subject: Option<String>,
    #[serde(default = "audit_limit")]
    limit: usize,
}

fn audit_limit() -> usize {
    1000
}

pub async fn audit(
    State(web): State<Web>,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Json<Vec<alerts::AuditEntry>>, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let alerts = web.alerts.ok_or_else(|| ApiError::absent("alerts"))?;
    let limit = query.limit.min(100_000);
    let read = tokio::task::spawn_blocking(move || alerts.audit(query.subject.as_deref(), limit)).await;
    read.map_err(ApiError::unavailable)?.map(Json).map_err(ApiError::unavailable)
}

pub async fn verify_audit(State(web): State<Web>) -> Result<Json<alerts::AuditCheck>, ApiError> {
    let alerts = web.alerts.ok_or_else(|| ApiError::absent("alerts"))?;
    let read = tokio::task::spawn_blocking(move || alerts.verify_audit()).await;
    read.map_err(ApiError::unavailable)?.map(Json).map_err(ApiError::unavailable)
}

#[derive(Deserialize)]
pub struct DigestQuery {
    date: Date,
    #[serde(default)]
    format: DigestFormat,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum DigestFormat {
    #[default]
    Json,
    Html,
    Text,
}

pub async fn digest(
    State(web): State<Web>,
    query: Result<Query<DigestQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let reports = web.reports.ok_or_else(|| ApiError::absent("facts"))?;
    let digest = reports.digest(query.date).await.map_err(ApiError::unavailable)?;
    Ok(match query.format {
        DigestFormat::Json => Json(digest).into_response(),
        DigestFormat::Text => digest.text(&web.config).into_response(),
        DigestFormat::Html => {
            let html = reports.html(&digest).await.map_err(ApiError::unavailable)?;
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
        }
    })
}

pub async fn figures(
    State(web): State<Web>,
    query: Result<Query<FiguresRequest>, QueryRejection>,
) -> Result<Json<Vec<Figure>>, ApiError> {
    let Query(request) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let facts = web.facts.ok_or_else(|| ApiError::absent("facts"))?;
    facts.figures(&request).await.map(Json).map_err(ApiError::unavailable)
}
