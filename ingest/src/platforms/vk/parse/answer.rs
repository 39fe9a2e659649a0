//! What all answers have alike: JSON, with a `response` or an `error`.

use std::borrow::Cow;

use model::Platform;
use model::wire::mend_surrogates;
use serde_json::Value;

use super::item;
use crate::parsing::{PageError, decode};
use crate::platforms::vk::errors::of_code;

/// A page of 200 posts with everything is some 3 MB; a larger answer is not one.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// VK's words are shown to the operator in one line.
const MAX_MESSAGE_BYTES: usize = 300;

/// Reads an answer of another kind: what stands in its `response`.
///
/// # Errors
/// As [`super::parse_wall`].
pub(crate) fn parse_response(json: &[u8]) -> Result<Value, PageError> {
    let mut answer = json_value(json)?;
    match answer.get("error").filter(|error| !error.is_null()) {
        Some(error) => Err(vk_error(error)),
        None => Ok(answer["response"].take()),
    }
}

/// Whether an answer is the API's own, understood or not: it is JSON whatever VK has to say.
pub(crate) fn is_of_vk(answer: &[u8]) -> bool {
    let answer = answer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(answer);
    matches!(answer.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// An answer as JSON.
pub(super) fn json_value(json: &[u8]) -> Result<Value, PageError> {
    if json.len() > MAX_ANSWER_BYTES {
        return Err(PageError::Broken(format!(
            "an answer of {} bytes, at most {MAX_ANSWER_BYTES} are read",
            json.len()
        )));
    }
    let text = match std::str::from_utf8(json) {
        Ok(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Err(_) => decode(json, None),
    };
    let start = text.trim_start();
    if !start.starts_with(['{', '[']) {
        let what = if start.starts_with('<') { "HTML or XML" } else { "no JSON" };
        return Err(PageError::Format(format!("{what} for an answer of VK")));
    }
    serde_json::from_slice(&mend_surrogates(text.as_bytes())).map_err(|error| PageError::Broken(error.to_string()))
}

/// What an `error` says.
pub(super) fn vk_error(error: &Value) -> PageError {
    let code = item::number(&error["error_code"]).unwrap_or(0);
    let words = error["error_msg"].as_str().or(error.as_str()).unwrap_or("no message");
    let line = |words: &str| words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let mut message = line(words);
    message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
    // Errors 14 and 17 name the page where a person confirms. Its query is a session, as secret as the token.
    if let Some(page) = error["redirect_uri"].as_str().and_then(|uri| uri.split(['?', '#']).next()) {
        let page = line(page);
        message = format!("{message}; to be confirmed at {}", &page[..page.floor_char_boundary(MAX_MESSAGE_BYTES)]);
    }
    PageError::Api { platform: Platform::Vk, code, message, outcome: of_code(code).0 }
}
