//! Lists, page by page.

use alerts::{AlertError, Alerts};
use axum::Json;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::ApiError;
use crate::state::Web;

/// Reads from the alerts in a place of its own, on a thread that may block.
pub async fn reading<T: Send + 'static>(
    web: &Web,
    read: impl FnOnce(&Alerts) -> Result<T, AlertError> + Send + 'static,
) -> Result<T, ApiError> {
    let alerts = web.alerts.clone().ok_or_else(|| ApiError::absent("alerts"))?;
    web.work.lists.blocking(move || read(&alerts).map_err(ApiError::unavailable)).await
}

/// A page as an answer. Where more follows, the header `Link` (RFC 8288) says by which address: the same with another `field`.
pub fn page(page: impl Serialize, uri: &Uri, field: &str, next: Option<String>) -> Response {
    let mut answer = Json(page).into_response();
    let link = next.and_then(|next| HeaderValue::try_from(link(uri, field, &next)).ok());
    if let Some(link) = link {
        answer.headers_mut().insert(header::LINK, link);
    }
    answer
}

fn link(uri: &Uri, field: &str, next: &str) -> String {
    let others = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let others = others.filter(|pair| pair.split('=').next() != Some(field)).map(str::to_owned);
    let query: Vec<String> = others.chain([format!("{field}={next}")]).collect();
    format!("<{}?{}>; rel=\"next\"", uri.path(), query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, expect: &str) {
        let expect = format!("<{expect}>; rel=\"next\"");
        assert_eq!(link(&Uri::try_from(uri).unwrap(), "after", "alert.1.a"), expect);
    }

    #[test]
    fn the_next_page_is_the_same_list_from_another_row() {
        check("/api/alerts", "/api/alerts?after=alert.1.a");
        check("/api/alerts?all=true", "/api/alerts?all=true&after=alert.1.a");
        check("http://h/api/alerts?after=alert.9.z&limit=2", "/api/alerts?limit=2&after=alert.1.a");
    }
}
