//! `/api/alerts`, `/api/alerts/quiet` and `/api/alerts/noisy`.

use alerts::{AlertView, Cursor, Filter, MAX_ALERTS, MAX_POST_IDS, MAX_ROWS, PageRequest};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::pages::{page, reading};
use crate::error::ApiError;
use crate::state::Web;

/// Alerts on a page where nobody says how many.
const ALERTS: usize = 500;

/// Which alerts are shown.
#[derive(Deserialize)]
pub struct AlertsQuery {
    #[serde(default)]
    all: bool,
    /// Only the one with this id, open or not.
    id: Option<String>,
    /// The page after this row, as the page before gave it.
    after: Option<String>,
    #[serde(default = "alerts_limit")]
    limit: usize,
}

fn alerts_limit() -> usize {
    ALERTS
}

/// Open alerts, or all of them, newest first.
pub async fn alerts(
    State(web): State<Web>,
    uri: Uri,
    query: Result<Query<AlertsQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    if let Some(id) = query.id {
        let found: Vec<AlertView> = reading(&web, move |alerts| alerts.get(&id)).await?.into_iter().collect();
        return Ok(page(found, &uri, "after", None));
    }
    let after = cursor(query.after)?;
    if after.as_ref().is_some_and(|cursor| !cursor.is_of_alerts()) {
        return Err(ApiError::asked("after: a row of another list"));
    }
    let filter = Filter { open: !query.all, ..Filter::default() };
    let request = PageRequest { after, limit: query.limit.clamp(1, MAX_ALERTS), post_ids: MAX_POST_IDS };
    let found = reading(&web, move |alerts| alerts.page(filter, &request)).await?;
    Ok(page(found.alerts, &uri, "after", found.next.map(|next| next.to_string())))
}

fn cursor(text: Option<String>) -> Result<Option<Cursor>, ApiError> {
    let read = |text: String| Cursor::parse(&text).ok_or_else(|| ApiError::asked("after: not what a page gave"));
    text.map(read).transpose()
}

/// Silences and known causes, and what they held back in the last days.
#[derive(Serialize)]
pub struct Quiet {
    silences: Vec<alerts::Silence>,
    causes: Vec<alerts::KnownCause>,
    suppressed: Vec<alerts::Suppressed>,
}

/// How many days are looked back.
#[derive(Deserialize)]
pub struct Days {
    #[serde(default = "month")]
    days: u32,
}

/// Which part of what is quiet is shown.
#[derive(Deserialize)]
pub struct QuietQuery {
    #[serde(default = "month")]
    days: u32,
    /// The page after this row, as the page before gave it.
    after: Option<String>,
    #[serde(default = "rows_limit")]
    limit: usize,
}

fn rows_limit() -> usize {
    MAX_ROWS
}

fn month() -> u32 {
    30
}

/// A time so many days before now.
fn before(web: &Web, days: u32) -> model::Time {
    let now = (web.clock)();
    now.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days.min(36_500)))).unwrap_or(now)
}

/// See [`Quiet`]: one list after the other, page by page.
pub async fn quiet(
    State(web): State<Web>,
    uri: Uri,
    query: Result<Query<QuietQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let (now, from, after) = ((web.clock)(), before(&web, query.days), cursor(query.after)?);
    let later = now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap_or(now);
    let found = reading(&web, move |alerts| alerts.quiet((from, later), after.as_ref(), query.limit)).await?;
    let quiet = Quiet { silences: found.silences, causes: found.causes, suppressed: found.suppressed };
    Ok(page(quiet, &uri, "after", found.next.map(|next| next.to_string())))
}

/// A rule and how many of its alerts turned out to be nothing.
#[derive(Serialize)]
pub struct Noisy {
    rule: String,
    false_alarms: u64,
    alerts: u64,
}

/// Rules by how many of their alerts were false: a line for each rule there ever was.
pub async fn noisy(
    State(web): State<Web>,
    query: Result<Query<Days>, QueryRejection>,
) -> Result<Json<Vec<Noisy>>, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let from = before(&web, query.days);
    let rules = reading(&web, move |alerts| alerts.noisiest_rules(from)).await?;
    let noisy = rules.into_iter().map(|(rule, false_alarms, alerts)| Noisy { rule, false_alarms, alerts });
    Ok(Json(noisy.collect()))
}
