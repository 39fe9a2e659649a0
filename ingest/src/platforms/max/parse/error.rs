//! Answers that are errors: `{"code": …, "message": …}` with an HTTP status (<https://dev.max.ru/docs-api>).

use model::Platform;

use crate::outcome::PollOutcome;
use crate::parsing::PageError;
use crate::parsing::api_answer::{json_value, one_line};

/// What an error says. What it means for the poll its status decides.
pub(in crate::platforms::max) fn parse_error(json: &[u8], status: u16, outcome: PollOutcome) -> PageError {
    let answer = json_value(json, "MAX").unwrap_or_default();
    let text = |name: &str| answer[name].as_str().unwrap_or_default();
    let message = one_line(&format!("{}: {}", text("code"), text("message")));
    PageError::Api { platform: Platform::Max, code: status.into(), message, outcome }
}
