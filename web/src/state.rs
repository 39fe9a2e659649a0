//! What the page and the API read from.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use alerts::Alerts;
use config::Config;
use model::Clock;
use reports::Reports;
use store::facts::Facts;
use store::search::{SearchIndex, SearchRequest, SearchResult};

use crate::status::Status;
use crate::work::Works;

/// Asks the instance for its status; the error is in words.
pub type AskStatus = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Status, String>> + Send>> + Send + Sync>;

/// Asks another process for a search; the error is in words.
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
    pub remote_search: Option<AskSearch>,
    /// The figures.
    pub facts: Option<Facts>,
    /// The alerts.
    pub alerts: Option<Alerts>,
    /// The digests.
    pub reports: Option<Reports>,
    /// Places for searches, exports and figures.
    pub work: Arc<Works>,
    /// How the installation is doing.
    pub status: AskStatus,
    /// How this process is doing: whether a load balancer may send requests here.
    pub ready: AskStatus,
}
