//! Who asks.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::header_text::header_text;
use crate::facts::embedded::exception::{Code, Exception};

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::facts::embedded) enum User {
    /// Otklik, by its password.
    Writer,
    /// Anybody on this machine, where guests are let in: reads only.
    Guest,
}

/// Who is let in: the one account that may write, and perhaps guests.
pub(in crate::facts::embedded) struct Account<'a> {
    /// Its name.
    pub user: &'a str,
    /// Its password.
    pub password: &'a str,
    /// Whether somebody without a password may read.
    pub guests: bool,
}

/// Who asks: by HTTP Basic, else by ClickHouse's headers, else by the address.
pub(super) fn authenticate(
    headers: &HeaderMap,
    name: Option<String>,
    password: Option<String>,
    account: &Account<'_>,
) -> Result<User, Exception> {
    let (name, password) = match basic(headers) {
        Some(pair) => pair,
        None => (
            header_text(headers, "x-clickhouse-user").or(name).unwrap_or_default(),
            header_text(headers, "x-clickhouse-key").or(password).unwrap_or_default(),
        ),
    };
    if name == account.user && same(password.as_bytes(), account.password.as_bytes()) {
        return Ok(User::Writer);
    }
    if matches!(name.as_str(), "" | "default") && password.is_empty() {
        if account.guests {
            return Ok(User::Guest);
        }
        let words = "Authentication failed: no password; it is in the file `password` of the figures' folder, for the user otklik";
        return Err(Exception::new(Code::Authentication, words));
    }
    Err(Exception::new(Code::Authentication, "Authentication failed: the name or the password is wrong"))
}

/// Whether a request shows in its head that it is Otklik's own.
pub(in crate::facts::embedded) fn is_writer(headers: &HeaderMap, account: &Account<'_>) -> bool {
    matches!(authenticate(headers, None, None, account), Ok(User::Writer))
}

/// Equality in a time that does not depend on where the texts differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let header = header_text(headers, header::AUTHORIZATION.as_str())?;
    let pair = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ")?.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}
