//! An error of the API as an answer.

use std::fmt::Display;

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::search::SearchError;

/// When to come again where there were too many, in seconds.
const RETRY_AFTER: &str = "5";

/// How an answer begins: its status, and where there were too many, when to come again.
pub type Head = (StatusCode, Option<[(header::HeaderName, &'static str); 1]>);

/// An error as an answer: `{"error": "…"}`.
pub struct ApiError {
    status: StatusCode,
    words: String,
    /// Whether there were only too many at a time.
    busy: bool,
}

impl ApiError {
    /// The request is wrong.
    pub fn asked(error: impl Display) -> ApiError {
        ApiError { status: StatusCode::BAD_REQUEST, words: error.to_string(), busy: false }
    }

    /// What is asked for is not there.
    pub fn missing(error: impl Display) -> ApiError {
        ApiError { status: StatusCode::NOT_FOUND, words: error.to_string(), busy: false }
    }

    /// A part that should answer does not.
    pub fn unavailable(error: impl Display) -> ApiError {
        ApiError { status: StatusCode::SERVICE_UNAVAILABLE, words: error.to_string(), busy: false }
    }

    /// Too many ask for the same at a time.
    pub fn busy() -> ApiError {
        let words = "сейчас слишком много таких запросов; повторите через несколько секунд".to_owned();
        ApiError { status: StatusCode::SERVICE_UNAVAILABLE, words, busy: true }
    }

    /// The reason in words.
    pub fn words(self) -> String {
        self.words
    }

    /// Whether there were only too many at a time.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// How the answer begins.
    pub fn head(&self) -> Head {
        (self.status, self.busy.then_some([(header::RETRY_AFTER, RETRY_AFTER)]))
    }

    /// The part does not run in this process.
    pub fn absent(role: &str) -> ApiError {
        ApiError::unavailable(format!("the role {role} does not run here"))
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> ApiError {
        match error {
            SearchError::Query(_) | SearchError::Request(_) => ApiError::asked(error),
            SearchError::TimedOut { .. } => {
                ApiError { status: StatusCode::GATEWAY_TIMEOUT, words: error.to_string(), busy: false }
            }
            _ => ApiError::unavailable(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, headers) = self.head();
        (status, headers, Json(serde_json::json!({ "error": self.words }))).into_response()
    }
}
