//! The HTTP API and the page. Everything is read here; nothing is changed but by a signed one-time link from a letter.

mod act;
mod api;
mod csv;
mod metrics;
mod page;
mod sources;
mod status;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ::alerts::Alerts;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use config::Config;
use model::Clock;
use reports::Reports;
use store::facts::Facts;
use store::search::{SearchIndex, SearchRequest, SearchResult};

pub use sources::{Ledger, LedgerLine};
pub use status::{
    AlertsStatus, FactsStatus, IndexStatus, JournalStatus, RoleStatus, SourceStatus, Status, WordsStatus,
};

/// How the status is asked of whoever runs the stages.
pub type AskStatus = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Status, String>> + Send>> + Send + Sync>;

/// How a search is asked of another process; the error is in words.
pub type AskSearch =
    Arc<dyn Fn(SearchRequest) -> Pin<Box<dyn Future<Output = Result<SearchResult, String>> + Send>> + Send + Sync>;

/// What the page and the API read from. Parts that do not run here are absent, and their routes say so.
#[derive(Clone)]
pub struct Web {
    /// The configuration in force.
    pub config: Arc<Config>,
    /// The instance's time.
    pub clock: Clock,
    /// The search index.
    pub index: Option<SearchIndex>,
    /// Where searches go while there is no index here.
    pub elsewhere: Option<AskSearch>,
    /// The figures.
    pub facts: Option<Facts>,
    /// The alerts.
    pub alerts: Option<Alerts>,
    /// The digests.
    pub reports: Option<Reports>,
    /// How the installation is doing.
    pub status: AskStatus,
    /// How this process is doing: whether a load balancer may send somebody here.
    pub ready: AskStatus,
}

/// All routes.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/", get(page::home))
        .route("/digest/{date}", get(page::digest))
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route("/metrics", get(metrics::metrics))
        .route("/api/search", get(api::search))
        .route("/api/facets", get(api::facets))
        .route("/api/search.csv", get(csv::export))
        .route("/api/alerts", get(api::alerts))
        .route("/api/alerts/quiet", get(api::quiet))
        .route("/api/alerts/noisy", get(api::noisy))
        .route("/api/audit", get(api::audit))
        .route("/api/audit/verify", get(api::verify_audit))
        .route("/act/{token}", get(act::ask).post(act::act))
        .route("/api/digest", get(api::digest))
        .route("/api/figures", get(api::figures))
        .route("/api/sources", get(sources::sources))
        .route("/api/status", get(api::status))
        .with_state(web)
        .layer(middleware::from_fn(harden))
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
