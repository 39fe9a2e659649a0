//! HTTP for the channels that speak it: one request, and whether it may have arrived.

use std::error::Error as StdError;
use std::path::Path;
use std::time::Duration;

use config::Proxy;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, redirect};

use super::outcome::{DeliveryOutcome, Reason};

/// Until the connection is established, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For one request as a whole: the next message must not wait behind a server that hangs.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// Answers are short; the beginning of a longer one is enough to see that it is not what was expected.
const MAX_REPLY_BYTES: usize = 64 * 1024;

/// A larger file is not one of certificates.
const MAX_CA_BYTES: u64 = 4 << 20;

/// An answer, whatever its status.
pub struct Reply {
    pub status: StatusCode,
    /// `Retry-After` in seconds.
    pub retry_after: Option<Duration>,
    /// As much of it as arrived within the limit.
    pub body: Vec<u8>,
}

/// A client. Connections are not kept alive: nobody could tell whether a message went out over one that the other side was just
/// closing, and for Telegram that would be a message not confirmed. HTTP/2 is off because its library logs the path, which holds
/// Telegram's token.
pub fn client(proxy: Option<&Proxy>, ca_file: Option<&Path>) -> Result<Client, String> {
    let failed = |_| "HTTP-запросы не настраиваются".to_owned();
    let mut builder = Client::builder()
        .user_agent(concat!("Otklik/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TIMEOUT)
        .pool_max_idle_per_host(0)
        .http1_only()
        .referer(false)
        .no_proxy();
    if let Some(proxy) = proxy {
        // The library's own words may contain the address, and with it the password.
        let refused = |_| format!("прокси {} не подходит", proxy.url);
        builder = builder.proxy(reqwest::Proxy::all(proxy.address()?).map_err(refused)?);
    }
    if let Some(path) = ca_file {
        let wrong = |_| format!("в файле {} нет сертификатов PEM", path.display());
        builder = builder.tls_certs_merge(Certificate::from_pem_bundle(&authorities(path)?).map_err(wrong)?);
    }
    builder.build().map_err(failed)
}

/// Reads a file of certificates.
pub fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |why: String| format!("не удалось прочитать сертификаты {}: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > MAX_CA_BYTES {
        return Err(wrong(format!("файл больше {} МиБ", MAX_CA_BYTES >> 20)));
    }
    std::fs::read(path).map_err(|error| wrong(error.to_string()))
}

/// Makes a request. Where there is no answer, the outcome says whether the request may have arrived.
pub async fn exchange(request: RequestBuilder) -> Result<Reply, DeliveryOutcome> {
    exchange_up_to(request, MAX_REPLY_BYTES).await
}

/// The same, where long answers are expected.
pub async fn exchange_up_to(request: RequestBuilder, most: usize) -> Result<Reply, DeliveryOutcome> {
    let mut answer = request.send().await.map_err(|error| no_answer(&error))?;
    let retry_after = retry_after(answer.headers());
    let mut reply = Reply { status: answer.status(), retry_after, body: Vec::new() };
    // Of a body that breaks off, what came is kept: the status is known, and a body that cannot be read is an unknown outcome.
    while let Ok(Some(chunk)) = answer.chunk().await {
        let room = most - reply.body.len();
        reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if reply.body.len() == most {
            break;
        }
    }
    Ok(reply)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Only the root of the error is reported: the words around it contain the URL, and with it Telegram's token.
fn no_answer(error: &reqwest::Error) -> DeliveryOutcome {
    let mut root: &dyn StdError = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    let said = if error.source().is_some() { root.to_string() } else { String::new() };
    if error.is_connect() {
        Reason::said("no_connection", "нет соединения", &said).later()
    } else if error.is_builder() {
        Reason::new("bad_request", "запрос не составляется: проверьте адрес и токен").refused()
    } else if error.is_timeout() {
        Reason::new("answer_late", "сервер не ответил вовремя").unknown()
    } else {
        Reason::said("answer_lost", "ответ потерян", &said).unknown()
    }
}
