//! Answers of APIs in JSON.

use model::wire::mend_surrogates;
use serde_json::Value;

use super::page_error::PageError;

/// A page of an API with everything is a few megabytes; a larger answer is not one.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// Words of a server that are shown to the operator, in one line.
const MAX_WORDS_BYTES: usize = 300;

/// An answer as JSON. `whose` is named where it is none.
pub(crate) fn json_value(json: &[u8], whose: &str) -> Result<Value, PageError> {
    if json.len() > MAX_ANSWER_BYTES {
        let bytes = json.len();
        return Err(PageError::Broken(format!("an answer of {bytes} bytes, at most {MAX_ANSWER_BYTES} are read")));
    }
    if !is_json(json) {
        return Err(PageError::Format(format!("no JSON for an answer of {whose}")));
    }
    let json = json.strip_prefix(BOM).unwrap_or(json);
    serde_json::from_slice(&mend_surrogates(json)).map_err(|error| PageError::Broken(error.to_string()))
}

/// Whether an answer is that of an API, understood or not: whoever answers in its place sends a page.
pub(crate) fn is_json(answer: &[u8]) -> bool {
    let answer = answer.strip_prefix(BOM).unwrap_or(answer);
    matches!(answer.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Words of a server, fit for a line of a terminal or a log.
pub(crate) fn one_line(words: &str) -> String {
    let mut line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.truncate(line.floor_char_boundary(MAX_WORDS_BYTES));
    line
}

const BOM: &[u8] = b"\xef\xbb\xbf";
