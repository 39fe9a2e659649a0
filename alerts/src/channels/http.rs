//! HTTP for all channels that speak it: one request, and whether it may have arrived.

use std::error::Error as StdError;
use std::path::Path;
use std::time::Duration;

use config::Proxy;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, redirect};

use super::{Outcome, Reason};

/// Until the connection stands, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole of one request: the next message must not wait behind a server that hangs.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);

/// Answers are short; of a longer one the beginning is enough to say that it is odd.
const MAX_REPLY_BYTES: usize = 64 * 1024;

/// A file of certificates beyond this is some other file.
const MAX_CA_BYTES: u64 = 4 << 20;

/// An answer, whatever its status.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    /// `Retry-After` in seconds.
    pub(super) retry_after: Option<Duration>,
    /// Its beginning, where it is too long or breaks off.
    pub(super) body: Vec<u8>,
}

/// A client. Connections are not kept: whether a message went over one that the other side was just closing nobody could
/// tell. Without HTTP/2 no log of a library holds the path, which for Telegram is a secret.
pub(super) fn client(proxy: Option<&Proxy>, ca_file: Option<&Path>) -> Result<Client, String> {
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
        // The library's own words may hold the address, and with it the password.
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
pub(super) fn authorities(path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |why: String| format!("не удалось прочитать сертификаты {}: {why}", path.display());
    let size = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > MAX_CA_BYTES {
        return Err(wrong(format!("файл больше {} МиБ", MAX_CA_BYTES >> 20)));
    }
    std::fs::read(path).map_err(|error| wrong(error.to_string()))
}

/// Makes a request. Where there is no answer it is known whether the request can have arrived.
pub(super) async fn exchange(request: RequestBuilder) -> Result<Reply, Outcome> {
    exchange_up_to(request, MAX_REPLY_BYTES).await
}

/// The same where long answers are meant to be read.
pub(super) async fn exchange_up_to(request: RequestBuilder, most: usize) -> Result<Reply, Outcome> {
    let mut answer = request.send().await.map_err(|error| no_answer(&error))?;
    let retry_after = retry_after(answer.headers());
    let mut reply = Reply { status: answer.status(), retry_after, body: Vec::new() };
    // A body that breaks off leaves what came: the status is known, and what cannot be read the channel calls unknown.
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

/// Of the error only its root is told: the words around it hold the URL, and with it Telegram's token.
fn no_answer(error: &reqwest::Error) -> Outcome {
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
