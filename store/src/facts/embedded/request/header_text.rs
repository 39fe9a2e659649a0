//! Headers as texts.

use axum::http::HeaderMap;

/// A header; `None` if it is absent or not ASCII.
pub(super) fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
