//! By which name the client asks, and whether a page of another site makes it ask.

use axum::http::{HeaderMap, HeaderValue, Uri, header};

use super::header_text::header_text;

/// Whether the host that the client believes it talks to is this machine. A page in a browser could point a name of its own at the
/// loopback, and could then read the answers (DNS rebinding).
pub(in crate::facts::embedded) fn names_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let Some(host) = host(headers, uri) else { return true };
    let name = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
    matches!(name, Some("127.0.0.1" | "localhost" | "[::1"))
}

/// Whether a browser says that the page which asks is of another site. Such a page may not read the answer, but it could keep the
/// engine busy; a program that is no browser says nothing of the kind.
pub(in crate::facts::embedded) fn asked_by_another_site(headers: &HeaderMap, uri: &Uri) -> bool {
    let own = host(headers, uri).map(|host| format!("http://{host}"));
    // Every one of them: a second header must not hide behind the first.
    let foreign = |origin: &HeaderValue| own.as_ref().is_none_or(|own| own.as_bytes() != origin.as_bytes());
    let cross = |site: &HeaderValue| !matches!(site.as_bytes(), b"none" | b"same-origin");
    headers.get_all(header::ORIGIN).iter().any(foreign) || headers.get_all("sec-fetch-site").iter().any(cross)
}

fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    header_text(headers, header::HOST.as_str()).or_else(|| uri.authority().map(|authority| authority.to_string()))
}
