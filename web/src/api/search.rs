//! `/api/search` and `/api/facets`.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use store::search::{Facets, SearchRequest, SearchResult};

use crate::error::ApiError;
use crate::state::Web;

/// A page of hits.
pub async fn search(
    State(web): State<Web>,
    request: Result<Query<SearchRequest>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(request) = request.map_err(|error| ApiError::asked(error.body_text()))?;
    let Some(index) = web.index.clone() else {
        return Ok(Json(find(&web, request).await?).into_response());
    };
    let json = web.work.searches.search(move |budget| index.search_json(&request, budget)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

/// Searches here or where the index is.
pub async fn find(web: &Web, request: SearchRequest) -> Result<SearchResult, ApiError> {
    let Some(index) = web.index.clone() else {
        let remote_search = web.remote_search.as_ref().ok_or_else(|| ApiError::absent("store"))?;
        return remote_search(request).await.map_err(ApiError::unavailable);
    };
    web.work.searches.search(move |budget| index.search(&request, budget)).await
}

/// Counts of what a search finds.
pub async fn facets(
    State(web): State<Web>,
    request: Result<Query<SearchRequest>, QueryRejection>,
) -> Result<Json<Facets>, ApiError> {
    let Query(request) = request.map_err(|error| ApiError::asked(error.body_text()))?;
    let index = web.index.ok_or_else(|| ApiError::absent("store"))?;
    web.work.searches.search(move |budget| index.facets(&request, budget)).await.map(Json)
}
