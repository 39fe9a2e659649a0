//! A query that comes as `multipart/form-data`.

use axum::http::{HeaderMap, header};

use super::call::Call;
use super::header_text::header_text;
use crate::facts::embedded::exception::{Code, Exception};

/// Adds the query and parameters that came as `multipart/form-data`.
pub(in crate::facts::embedded) fn read_form(call: &mut Call, boundary: &str, body: &[u8]) -> Result<(), Exception> {
    let malformed = || Exception::new(Code::BadArguments, "the form cannot be read");
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..]).ok_or_else(malformed)?;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let head_end = find(part, b"\r\n\r\n").ok_or_else(malformed)?;
        let value_end = find(&part[head_end + 4..], delimiter.as_bytes()).ok_or_else(malformed)? + head_end + 4;
        let head = std::str::from_utf8(&part[..head_end]).map_err(|_| malformed())?;
        let value = std::str::from_utf8(&part[head_end + 4..value_end]).map_err(|_| malformed())?.to_owned();
        let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or_else(malformed)?;
        match name.strip_prefix("param_") {
            Some(parameter) => call.parameters.push((parameter.to_owned(), value)),
            None if name == "query" => call.query = Some(value),
            None => return Err(Exception::new(Code::NotImplemented, "external tables are not served here")),
        }
        rest = &part[value_end + delimiter.len()..];
    }
    if rest.starts_with(b"--") { Ok(()) } else { Err(malformed()) }
}

/// The boundary of the form; `None` if the body is none.
pub(in crate::facts::embedded) fn form_boundary(headers: &HeaderMap) -> Option<String> {
    let kind = header_text(headers, header::CONTENT_TYPE.as_str())?;
    let parameters = kind.strip_prefix("multipart/form-data")?;
    Some(parameters.split("boundary=").nth(1)?.trim_matches('"').to_owned())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
