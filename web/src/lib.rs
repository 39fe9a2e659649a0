//! The HTTP API and the page. Everything is read here; nothing is changed except by a signed one-time link from a letter.

mod act;
mod api;
mod error;
mod hosts;
mod metrics;
mod page;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod work;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, get};

pub use api::sources::{Ledger, LedgerLine};
pub use hosts::OPEN;
pub use state::{AskSearch, AskStatus, Web};
pub use status::{
    AlertsStatus, ArchiveStatus, FactsStatus, Host, IndexStatus, JournalStatus, PlatformHosts, RebuildingStatus,
    RoleStatus, SourceStatus, Status, WordsStatus,
};
pub use work::{Work, WorkLimits, Works};

/// All routes, each with its path.
fn routes() -> [(&'static str, MethodRouter<Web>); 19] {
    [
        ("/", get(page::home::home)),
        ("/digest/{date}", get(page::digest::digest)),
        ("/healthz", get(api::health::healthz)),
        ("/readyz", get(api::health::readyz)),
        ("/metrics", get(metrics::metrics)),
        ("/api/search", get(api::search::search)),
        ("/api/facets", get(api::search::facets)),
        ("/api/thread", get(api::thread::thread)),
        ("/api/search.csv", get(api::csv::export)),
        ("/api/alerts", get(api::alerts::alerts)),
        ("/api/alerts/quiet", get(api::alerts::quiet)),
        ("/api/alerts/noisy", get(api::alerts::noisy)),
        ("/api/audit", get(api::audit::audit)),
        ("/api/audit/verify", get(api::audit::verify)),
        ("/act/{token}", get(act::ask).post(act::act)),
        ("/api/digest", get(api::figures::digest)),
        ("/api/figures", get(api::figures::figures)),
        ("/api/sources", get(api::sources::sources)),
        ("/api/status", get(api::health::status)),
    ]
}

/// The routes over what they read from.
pub fn router(web: Web) -> Router {
    let routes = routes().into_iter();
    let router = routes.fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    router.with_state(web).layer(middleware::from_fn(harden))
}

/// The routes, answered only under loopback names, the address listened on, and these names as browsers write them.
pub fn answered_as(router: Router, listen: SocketAddr, names: Vec<String>) -> Router {
    let hosts = Arc::new(hosts::Hosts { listen: listen.ip(), names });
    router.layer(middleware::from_fn_with_state(hosts, hosts::check)).layer(middleware::from_fn(harden))
}

/// The page needs no script, frame or foreign content, so none is allowed, whatever a post's text holds.
async fn harden(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
