//! What the address and the headers of a request say.

use std::collections::HashSet;

use axum::extract::Query;
use axum::http::{HeaderMap, Uri};

use super::account::{self, Account, User};
use super::header_text::header_text;
use crate::facts::embedded::exception::{Code, Exception};

/// Parameters of the interface that are not settings of the engine and change nothing here: there are no sessions, roles,
/// progress headers or compressed answers.
const IGNORED: [&str; 15] = [
    "query_id",
    "session_id",
    "session_timeout",
    "session_check",
    "close_session",
    "client_protocol_version",
    "buffer_size",
    "wait_end_of_query",
    "quota_key",
    "role",
    "stacktrace",
    "http_zlib_compression_level",
    "enable_http_compression",
    "send_progress_in_http_headers",
    "add_http_cors_header",
];

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::facts::embedded) struct Call {
    /// Who asks.
    pub user: User,
    /// Text in the address.
    pub query: Option<String>,
    /// Database of names without one.
    pub database: Option<String>,
    /// Format of answers whose query names none.
    pub default_format: String,
    /// Settings of the engine.
    pub settings: Vec<(String, String)>,
    /// Values of `{name:Type}` in the query.
    pub parameters: Vec<(String, String)>,
    /// Sent back, so that a client can match the answer.
    pub query_id: Option<String>,
}

/// Reads address and headers.
pub(in crate::facts::embedded) fn read_call(
    uri: &Uri,
    headers: &HeaderMap,
    account: &Account<'_>,
    known: &HashSet<String>,
) -> Result<Call, Exception> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map_err(|error| Exception::new(Code::BadArguments, &format!("the address cannot be read: {error}")))?;
    let mut call = Call {
        user: User::Guest,
        query: None,
        database: header_text(headers, "x-clickhouse-database"),
        default_format: header_text(headers, "x-clickhouse-format").unwrap_or_else(|| "TabSeparated".into()),
        settings: Vec::new(),
        parameters: Vec::new(),
        query_id: None,
    };
    let mut name = None;
    let mut password = None;
    for (key, value) in pairs {
        match key.as_str() {
            "query" => call.query = Some(value),
            "database" if !value.is_empty() => call.database = Some(value),
            "database" => {}
            "default_format" => call.default_format = value,
            "user" => name = Some(value),
            "password" => password = Some(value),
            "compress" | "decompress" if value != "0" => {
                return Err(Exception::new(
                    Code::NotImplemented,
                    "the embedded engine does not compress; connect without compression",
                ));
            }
            "compress" | "decompress" => {}
            "query_id" => call.query_id = Some(value),
            key if IGNORED.contains(&key) => {}
            key => match key.strip_prefix("param_") {
                Some(parameter) => call.parameters.push((parameter.to_owned(), value)),
                None if known.contains(key) => call.settings.push((key.to_owned(), value)),
                None => return Err(Exception::new(Code::UnknownSetting, &format!("Unknown setting '{key}'"))),
            },
        }
    }
    call.user = account::authenticate(headers, name, password, account)?;
    if call.user == User::Guest && !call.settings.is_empty() {
        return Err(Exception::new(Code::ReadOnly, "guests may not change settings"));
    }
    Ok(call)
}
