//! An answer of a server.

use std::time::Duration;

use model::Time;
use reqwest::StatusCode;
use tokio::sync::OwnedSemaphorePermit;
use url::Url;

use crate::outcome::PollOutcome;

/// What an earlier answer gave to ask «has it changed?» with.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// An answer. Unless the status is a success its body is empty, but for a call of an API.
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: StatusCode,
    /// Unpacked body.
    pub body: Vec<u8>,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// For the next conditional request.
    pub validators: Validators,
    /// Until when the server asks to be left alone.
    pub retry_after: Option<Time>,
    /// For how long the server says that the answer stays fresh.
    pub max_age: Option<Duration>,
    /// Where redirects led.
    pub final_url: Url,
    /// Its place among all requests, kept until it is read: bodies that wait for a parser must not fill the memory.
    pub(super) place: Option<OwnedSemaphorePermit>,
}

impl Response {
    /// The outcome that the status alone decides; none for 200 and its like.
    pub(crate) fn outcome(&self) -> Option<PollOutcome> {
        let until = self.retry_after;
        Some(match self.status {
            status if status.is_success() => return None,
            StatusCode::NOT_MODIFIED => PollOutcome::NotModified,
            StatusCode::NOT_FOUND => PollOutcome::NotFound,
            StatusCode::GONE => PollOutcome::Gone,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS => {
                PollOutcome::Forbidden
            }
            StatusCode::TOO_MANY_REQUESTS => PollOutcome::RateLimited { until },
            status if status.is_server_error() => PollOutcome::ServerError { until },
            status => PollOutcome::UnexpectedStatus(status.as_u16()),
        })
    }
}
