//! What errors of MAX's API mean for a poll. The status decides; the code in the body is told to people
//! (<https://dev.max.ru/docs-api>, «HTTP-коды ответов» of each method).

use model::Time;

use super::parse::parse_error;
use crate::fetch::Response;
use crate::outcome::PollOutcome;
use crate::poll::Failure;

/// The outcome of a status that is no success.
///
/// 403 comes with the code `chat.denied`: the bot is not in the chat, or is no administrator there, which the history is kept for.
fn of_status(status: u16, until: Option<Time>) -> PollOutcome {
    match status {
        401 => PollOutcome::MaxToken,
        403 => PollOutcome::MaxDenied,
        404 => PollOutcome::NotFound,
        429 => PollOutcome::RateLimited { until },
        500..=599 => PollOutcome::ServerError { until },
        _ => PollOutcome::MaxRefused,
    }
}

/// The body of an answer, or what its error means.
pub(super) fn body_of(response: Response) -> Result<Vec<u8>, Failure> {
    if response.status.is_success() {
        return Ok(response.body);
    }
    let status = response.status.as_u16();
    Err(parse_error(&response.body, status, of_status(status, response.retry_after)).into())
}
