//! Errors as ClickHouse's HTTP interface words them, with the status it gives to each code.

use axum::http::StatusCode;

/// An error for the client: code, and text as clients expect it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// ClickHouse's number of it.
    pub code: u32,
    /// `Code: N. DB::Exception: … (NAME)`.
    pub text: String,
}

impl Exception {
    /// An error of the interface itself.
    pub fn new(code: Code, message: &str) -> Exception {
        let (code, name) = code.number_and_name();
        Exception { code, text: format!("Code: {code}. DB::Exception: {message} ({name})") }
    }

    /// An error of the engine, which words it already. Without a code it counts as `UNKNOWN_EXCEPTION`.
    pub fn of_engine(text: String) -> Exception {
        let digits = text.strip_prefix("Code: ").and_then(|rest| rest.split('.').next());
        match digits.and_then(|digits| digits.parse().ok()) {
            Some(code) => Exception { code, text },
            None => Exception { code: 1002, text: format!("Code: 1002. DB::Exception: {text} (UNKNOWN_EXCEPTION)") },
        }
    }

    /// The status that a ClickHouse server answers with.
    pub fn status(&self) -> StatusCode {
        match self.code {
            192 | 193 | 194 | 497 | 516 => StatusCode::FORBIDDEN,
            6 | 26 | 27 | 36 | 38 | 41 | 43 | 53 | 62 | 69 | 72 | 117 | 130 | 131 | 164 | 167 | 168 | 374 | 457 => {
                StatusCode::BAD_REQUEST
            }
            46 | 47 | 50 | 56 | 60 | 63 | 73 | 81 | 115 => StatusCode::NOT_FOUND,
            229 => StatusCode::PAYLOAD_TOO_LARGE,
            48 => StatusCode::NOT_IMPLEMENTED,
            159 | 209 => StatusCode::REQUEST_TIMEOUT,
            76 | 202 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Errors that the interface itself raises, by ClickHouse's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter, a setting's value or a header is wrong.
    BadArguments,
    /// The query text is too long.
    QueryTooLong,
    /// No such setting.
    UnknownSetting,
    /// Not one statement that parses.
    Syntax,
    /// The interface lacks it.
    NotImplemented,
    /// Guests and GET only read.
    ReadOnly,
    /// Wrong name or password.
    Authentication,
    /// A guest's answer would be too large.
    ResultTooLarge,
    /// The body did not come in time, or broke off.
    SocketTimeout,
    /// Too many queries at once.
    TooManyQueries,
    /// The interface itself failed.
    Logical,
}

impl Code {
    fn number_and_name(self) -> (u32, &'static str) {
        match self {
            Code::BadArguments => (36, "BAD_ARGUMENTS"),
            Code::QueryTooLong => (229, "QUERY_IS_TOO_LARGE"),
            Code::UnknownSetting => (115, "UNKNOWN_SETTING"),
            Code::Syntax => (62, "SYNTAX_ERROR"),
            Code::NotImplemented => (48, "NOT_IMPLEMENTED"),
            Code::ReadOnly => (164, "READONLY"),
            Code::Authentication => (516, "AUTHENTICATION_FAILED"),
            Code::ResultTooLarge => (396, "TOO_MANY_ROWS_OR_BYTES"),
            Code::SocketTimeout => (209, "SOCKET_TIMEOUT"),
            Code::TooManyQueries => (202, "TOO_MANY_SIMULTANEOUS_QUERIES"),
            Code::Logical => (49, "LOGICAL_ERROR"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: u32, status: u16) {
        let exception = Exception::of_engine(text.into());
        assert_eq!((exception.code, exception.status().as_u16()), (code, status), "{text}");
        assert!(exception.text.starts_with("Code: "));
    }

    #[test]
    fn an_error_has_its_code_and_status() {
        check("Code: 60. DB::Exception: Unknown table (UNKNOWN_TABLE)", 60, 404);
        check("Code: 62. DB::Exception: Syntax error (SYNTAX_ERROR)", 62, 400);
        check("Code: 241. DB::Exception: Memory limit (MEMORY_LIMIT_EXCEEDED)", 241, 500);
        check("out of luck", 1002, 500);
        assert_eq!(Exception::new(Code::Authentication, "no").status(), StatusCode::FORBIDDEN);
    }
}
