//! Why something could not be read, as the outcome of a poll.

use crate::fetch::FetchError;
use crate::outcome::PollOutcome;
use crate::parsing::PageError;

/// Why a page was not read.
#[derive(Debug)]
pub(crate) struct Failure {
    pub outcome: PollOutcome,
    /// More about it, in English.
    pub detail: Option<String>,
}

impl From<PollOutcome> for Failure {
    fn from(outcome: PollOutcome) -> Failure {
        Failure { outcome, detail: None }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        Failure { outcome: error.outcome(), detail: Some(error.to_string()) }
    }
}

impl From<PageError> for Failure {
    fn from(error: PageError) -> Failure {
        Failure { outcome: error.outcome(), detail: Some(error.to_string()) }
    }
}
