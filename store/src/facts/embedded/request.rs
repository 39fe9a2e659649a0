//! A request in the terms of ClickHouse's HTTP interface: who asks, and what its parameters say.

use std::collections::HashSet;

use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, Uri, header};

use super::exception::{Code, Exception};

/// Parameters of the interface that are no settings of the engine and change nothing here: there are no sessions, roles,
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

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum User {
    /// Otklik, by its password.
    Writer,
    /// Anybody on this machine: reads only.
    Guest,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
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
    /// Sent back, so that a client finds its answer.
    pub query_id: Option<String>,
}

/// The one account that may write.
pub struct Account<'a> {
    /// Its name.
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
}

/// Reads address and headers.
pub fn read_call(
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
    let (name, password) = match basic(headers) {
        Some(pair) => pair,
        None => (
            header_text(headers, "x-clickhouse-user").or(name).unwrap_or_default(),
            header_text(headers, "x-clickhouse-key").or(password).unwrap_or_default(),
        ),
    };
    call.user = authenticate(&name, &password, account)?;
    if call.user == User::Guest && !call.settings.is_empty() {
        return Err(Exception::new(Code::ReadOnly, "guests may not change settings"));
    }
    Ok(call)
}

/// Adds the query and parameters that came as `multipart/form-data`.
pub fn read_form(call: &mut Call, boundary: &str, body: &[u8]) -> Result<(), Exception> {
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

/// The boundary of a form, where the body is one.
pub fn form_boundary(headers: &HeaderMap) -> Option<String> {
    let kind = header_text(headers, header::CONTENT_TYPE.as_str())?;
    let parameters = kind.strip_prefix("multipart/form-data")?;
    Some(parameters.split("boundary=").nth(1)?.trim_matches('"').to_owned())
}

/// Whether the host that the client believes to talk to is this machine. A page in a browser can point a name of its own
/// at the loopback and would then read answers as its own.
pub fn names_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let host = header_text(headers, header::HOST.as_str()).or_else(|| uri.authority().map(|a| a.to_string()));
    let Some(host) = host else { return true };
    let name = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
    matches!(name, Some("127.0.0.1" | "localhost" | "[::1"))
}

fn authenticate(name: &str, password: &str, account: &Account<'_>) -> Result<User, Exception> {
    if name == account.user && same(password.as_bytes(), account.password.as_bytes()) {
        return Ok(User::Writer);
    }
    if matches!(name, "" | "default") && password.is_empty() {
        return Ok(User::Guest);
    }
    Err(Exception::new(Code::Authentication, "Authentication failed: the name or the password is wrong"))
}

/// Equality that takes the same time wherever the texts differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let header = header_text(headers, header::AUTHORIZATION.as_str())?;
    let pair = String::from_utf8(base64(header.strip_prefix("Basic ")?.trim())?.to_vec()).ok()?;
    pair.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

/// Base64 as RFC 4648 has it, for the header that HTTP calls Basic.
fn base64(text: &str) -> Option<Bytes> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let mut bits = 0_u32;
    let mut have = 0;
    for byte in text.trim_end_matches('=').bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(digit);
        have += 6;
        if have >= 8 {
            have -= 8;
            bytes.push((bits >> have) as u8);
        }
    }
    Some(bytes.into())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(uri: &str, headers: &[(&'static str, &str)]) -> Result<Call, u32> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let known = HashSet::from(["max_threads".to_owned()]);
        let account = Account { user: "otklik", password: "secret" };
        read_call(&uri.parse().unwrap(), &headers, &account, &known).map_err(|exception| exception.code)
    }

    #[track_caller]
    fn check_user(uri: &str, headers: &[(&'static str, &str)], expect: Result<User, u32>) {
        assert_eq!(call(uri, headers).map(|call| call.user), expect, "{uri} {headers:?}");
    }

    #[test]
    fn who_asks_is_told_by_headers_basic_or_address() {
        check_user("/", &[], Ok(User::Guest));
        check_user("/?user=default", &[], Ok(User::Guest));
        check_user("/", &[("x-clickhouse-user", "otklik"), ("x-clickhouse-key", "secret")], Ok(User::Writer));
        check_user("/?user=otklik&password=secret", &[], Ok(User::Writer));
        check_user("/", &[("authorization", "Basic b3RrbGlrOnNlY3JldA==")], Ok(User::Writer));
        check_user("/", &[("authorization", "Basic b3RrbGlrOnNlY3JlZA==")], Err(516));
        check_user("/", &[("x-clickhouse-user", "otklik")], Err(516));
        check_user("/?password=secret", &[], Err(516));
        check_user("/?user=root", &[], Err(516));
    }

    #[test]
    fn parameters_are_sorted_by_what_they_are() {
        let asked = "/?user=otklik&password=secret&query=SELECT+1&database=d&param_a=%D1%8F&max_threads=2&session_id=7";
        let call = call(asked, &[]).unwrap();
        assert_eq!((call.query.as_deref(), call.database.as_deref()), (Some("SELECT 1"), Some("d")));
        assert_eq!(call.parameters, [("a".to_owned(), "я".to_owned())]);
        assert_eq!(call.settings, [("max_threads".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn what_is_not_served_is_refused() {
        check_user("/?path=/etc", &[], Err(115));
        check_user("/?max_threads=2", &[], Err(164));
        check_user("/?decompress=1", &[], Err(48));
    }

    #[test]
    fn a_form_carries_query_and_parameters() {
        let mut read = call("/", &[]).unwrap();
        let form = "--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT {a:String}\r\n--b\r\n\
                    Content-Disposition: form-data; name=\"param_a\"\r\n\r\nx\r\n--b--\r\n";
        read_form(&mut read, "b", form.as_bytes()).unwrap();
        assert_eq!(read.query.as_deref(), Some("SELECT {a:String}"));
        assert_eq!(read.parameters, [("a".to_owned(), "x".to_owned())]);
        for cut in 0..form.len() - 4 {
            assert!(read_form(&mut read.clone(), "b", &form.as_bytes()[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_page_that_points_its_own_name_here_is_seen() {
        let check = |host: &str, expect| {
            let headers = [(header::HOST, host.parse().unwrap())].into_iter().collect();
            assert_eq!(names_loopback(&headers, &Uri::from_static("/")), expect, "{host}");
        };
        check("127.0.0.1:8123", true);
        check("localhost", true);
        check("[::1]:80", true);
        check("evil.example:8123", false);
    }
}
