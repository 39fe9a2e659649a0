//! `/api/digest` and `/api/figures`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;
use store::facts::{Figure, FiguresRequest};

use crate::error::ApiError;
use crate::state::Web;

/// Which digest, and in which format.
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

/// The digest of a day.
pub async fn digest(
    State(web): State<Web>,
    query: Result<Query<DigestQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(query) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let reports = web.reports.ok_or_else(|| ApiError::absent("facts"))?;
    let config = web.config;
    let answer = web.work.figures.asking(async move {
        let digest = reports.digest(query.date).await.map_err(ApiError::unavailable)?;
        Ok::<_, ApiError>(match query.format {
            DigestFormat::Json => Json(digest).into_response(),
            DigestFormat::Text => digest.text(&config).into_response(),
            DigestFormat::Html => {
                let html = reports.html(&digest).await.map_err(ApiError::unavailable)?;
                ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
            }
        })
    });
    answer.await?
}

/// Figures by day, sector, topic and the like.
pub async fn figures(
    State(web): State<Web>,
    query: Result<Query<FiguresRequest>, QueryRejection>,
) -> Result<Json<Vec<Figure>>, ApiError> {
    let Query(request) = query.map_err(|error| ApiError::asked(error.body_text()))?;
    let facts = web.facts.ok_or_else(|| ApiError::absent("facts"))?;
    let figures = web.work.figures.asking(async move { facts.figures(&request).await });
    figures.await?.map(Json).map_err(ApiError::unavailable)
}
