//! The way from an address to a parsed page.

use config::Settings;
use model::Clock;

use super::failure::Failure;
use super::parsers::Parsers;
use crate::fetch::{Fetcher, Response, Validators};

/// What every request of a poll needs.
#[derive(Clone, Copy)]
pub(crate) struct Net<'a> {
    pub fetcher: &'a Fetcher,
    pub parsers: &'a Parsers,
    pub settings: &'a Settings,
    pub clock: &'a Clock,
}

impl Net<'_> {
    /// Gets an address; any status but success is a failure.
    pub(crate) async fn get(&self, url: &str) -> Result<Response, Failure> {
        require_success(self.fetcher.get(url, &Validators::default()).await?)
    }
}

/// Turns a status that is no success into its outcome.
pub(crate) fn require_success(response: Response) -> Result<Response, Failure> {
    match response.outcome() {
        Some(outcome) => Err(Failure { outcome, detail: Some(format!("HTTP {}", response.status.as_u16())) }),
        None => Ok(response),
    }
}
