//! Answers of the engine as responses.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::facts::embedded::chdb::Answer;

/// Sets a header, unless its value cannot be one.
pub(super) fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// A result in the format that was asked for.
pub(super) fn respond(answer: Answer, format: &str, query_id: Option<&str>) -> Response {
    let summary = format!(r#"{{"read_rows":"{}","written_rows":"{}"}}"#, answer.rows_read(), answer.rows_written());
    let kind = match format {
        name if name.starts_with("JSON") => "application/json; charset=UTF-8",
        name if name.starts_with("CSV") => "text/csv; charset=UTF-8; header=absent",
        name if name.starts_with("TabSeparated") || name.starts_with("TSV") => {
            "text/tab-separated-values; charset=UTF-8"
        }
        name if name.starts_with("RowBinary") || name == "Native" => "application/octet-stream",
        _ => "text/plain; charset=UTF-8",
    };
    let mut response = Body::from(Bytes::from_owner(answer)).into_response();
    set(&mut response, "content-type", kind);
    set(&mut response, "x-clickhouse-format", format);
    set(&mut response, "x-clickhouse-summary", &summary);
    if let Some(query_id) = query_id {
        set(&mut response, "x-clickhouse-query-id", query_id);
    }
    response
}
