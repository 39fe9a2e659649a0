//! Whether it was the platform that answered: a provider's or the regulator's page comes with status 200 and any text.

use reqwest::StatusCode;

use crate::fetch::Response;
use crate::outcome::PollOutcome;
use crate::parsing::title;
use crate::poll::{Failure, require_success};

/// An answer of a platform's host, if it is the platform's own. `is_own` knows its answers by marks that only they have: notices of
/// blocking have no marks in common.
pub(crate) fn own_answer(response: Response, is_own: impl Fn(&[u8]) -> bool) -> Result<Response, Failure> {
    if response.status == StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS {
        return Err(foreign("HTTP 451, closed by order of an authority".to_owned()));
    }
    let response = require_success(response)?;
    if response.body.trim_ascii().is_empty() {
        let detail = Some("an empty answer".to_owned());
        return Err(Failure { outcome: PollOutcome::BodyBroken, detail });
    }
    if is_own(&response.body) {
        return Ok(response);
    }
    let title = title(&response.body, response.content_type.as_deref());
    let called = title.map(|title| format!(", titled «{title}»")).unwrap_or_default();
    Err(foreign(format!("a page that is not the platform's{called}")))
}

fn foreign(detail: String) -> Failure {
    Failure { outcome: PollOutcome::ForeignPage, detail: Some(detail) }
}
