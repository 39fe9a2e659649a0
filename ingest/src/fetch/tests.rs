//! The fetcher against a server that misbehaves in every way of a table.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response as Answered;
use futures_util::stream::{self, StreamExt};

use std::time::Duration;

use config::Way;
use model::Time;
use reqwest::StatusCode;

use super::*;
use crate::test_server::{Asked, Server, answer, bombs, settings};

fn now() -> Time {
    "2026-11-01T10:00:00Z".parse().unwrap()
}

fn fetcher(allow_private: &[&str]) -> Fetcher {
    Fetcher::new(&settings("http://127.0.0.1:1", allow_private), "0.1.0", Arc::new(now)).unwrap()
}

type Chunk = Result<Vec<u8>, std::io::Error>;

fn streaming(chunks: impl futures_util::Stream<Item = Chunk> + Send + 'static) -> Body {
    Body::from_stream(chunks)
}

fn misbehave(asked: &Asked) -> Answered<Body> {
    let chunk = || -> Chunk { Ok(vec![b'x'; 65_536]) };
    match asked.target.as_str() {
        "/loop" => answer(301, &[("location", "/loop")], ""),
        "/away" => answer(302, &[("location", "http://127.0.0.1:1/secret")], ""),
        "/nowhere" => answer(302, &[], ""),
        "/file" => answer(302, &[("location", "file:///etc/passwd")], ""),
        "/hop1" => answer(307, &[("location", "hop2")], ""),
        "/hop2" => answer(308, &[("location", "/ok")], ""),
        "/endless" => answer(200, &[], streaming(stream::repeat_with(chunk))),
        "/drip" => answer(200, &[], streaming(stream::iter([chunk()]).chain(stream::pending()))),
        "/long" => answer(200, &[("content-length", "209715200")], streaming(stream::repeat_with(chunk))),
        "/short" => answer(200, &[("content-length", "1000")], streaming(stream::iter([Ok(vec![b'x'; 10])]))),
        "/reset" => answer(200, &[], streaming(stream::iter([chunk(), Err(std::io::Error::other("reset"))]))),
        "/gzip-bomb" => answer(200, &[("content-encoding", "gzip")], bombs::gzip()),
        "/brotli-bomb" => answer(200, &[("content-encoding", "br")], bombs::brotli()),
        "/zstd-bomb" => answer(200, &[("content-encoding", "zstd")], bombs::zstd()),
        "/not-gzip" => answer(200, &[("content-encoding", "gzip")], "plain"),
        "/busy" => answer(429, &[("retry-after", "120")], "later"),
        "/etag" if asked.header("if-none-match") == Some("\"1\"") => answer(304, &[("etag", "\"1\"")], ""),
        "/etag" => answer(200, &[("etag", "\"1\""), ("last-modified", "Sun, 01 Nov 2026 09:00:00 GMT")], "body"),
        "/teapot" => answer(418, &[], "a body nobody needs"),
        _ => answer(200, &[("content-type", "text/plain; charset=utf-8")], "fine"),
    }
}

async fn check(server: &Server, path: &str, expect: Result<u16, FetchError>) {
    let got = fetcher(&[&server.host]).get(&format!("{}{path}", server.base), &Validators::default()).await;
    assert_eq!(got.map(|response| response.status.as_u16()), expect, "{path}");
}

#[tokio::test]
async fn each_misbehaviour_has_its_name_and_none_takes_more_than_the_limits() {
    let server = Server::start(misbehave).await;
    check(&server, "/ok", Ok(200)).await;
    check(&server, "/hop1", Ok(200)).await;
    check(&server, "/teapot", Ok(418)).await;
    check(&server, "/loop", Err(FetchError::Redirects)).await;
    check(&server, "/nowhere", Err(FetchError::Redirects)).await;
    check(&server, "/file", Err(FetchError::BadUrl)).await;
    check(&server, "/away", Err(FetchError::PrivateAddress)).await;
    check(&server, "/endless", Err(FetchError::TooLarge(1 << 20))).await;
    check(&server, "/long", Err(FetchError::TooLarge(1 << 20))).await;
    for bomb in ["/gzip-bomb", "/brotli-bomb", "/zstd-bomb"] {
        check(&server, bomb, Err(FetchError::TooLarge(1 << 20))).await;
    }
    check(&server, "/drip", Err(FetchError::Stalled(65_536))).await;
    assert_eq!(server.asked().iter().filter(|asked| asked.target == "/loop").count(), 6, "five redirects are followed");
}

#[tokio::test]
async fn a_body_that_breaks_off_or_does_not_unpack_is_named_so() {
    let server = Server::start(misbehave).await;
    for path in ["/short", "/reset", "/not-gzip"] {
        let got = fetcher(&[&server.host]).get(&format!("{}{path}", server.base), &Validators::default()).await;
        assert!(matches!(got, Err(FetchError::Body(_))), "{path}: {got:?}");
    }
}

#[tokio::test]
async fn a_private_host_is_refused_as_a_literal_as_a_name_and_on_another_port() {
    let server = Server::start(misbehave).await;
    let port = server.host.split(':').next_back().unwrap();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
    ] {
        let got = fetcher(&["127.0.0.1:1"]).get(&url, &Validators::default()).await;
        assert_eq!(got.map(|_| ()), Err(FetchError::PrivateAddress), "{url}");
    }
    assert!(server.asked().is_empty());
    for url in ["ftp://127.0.0.1/", "file:///etc/passwd", "no address"] {
        assert_eq!(fetcher(&[]).get(url, &Validators::default()).await.map(|_| ()), Err(FetchError::BadUrl), "{url}");
    }
    let allowed = fetcher(&["localhost"]).get(&format!("http://localhost:{port}/ok"), &Validators::default()).await;
    assert_eq!(allowed.unwrap().body, b"fine");
}

#[tokio::test]
async fn a_proxy_gets_every_name_but_the_operators_own_hosts() {
    let proxy = Server::start(misbehave).await;
    let direct = Server::start(misbehave).await;
    let folder = tempfile::tempdir().unwrap();
    let auth = folder.path().join("auth");
    std::fs::write(&auth, "user:pass word\n").unwrap();
    let mut settings = settings("http://api.invalid", &[&direct.host]);
    let through = config::Proxy { url: proxy.base.clone(), auth: Some(config::Secret::File(auth)) };
    settings.fetch.ways = vec![Way::Through(through.clone())];
    settings.telegram = config::Telegram { preview: vec!["http://t.invalid".into()], ways: vec![Way::Direct] };
    settings.vk.ways = vec![Way::Through(through)];
    let fetcher = Fetcher::new(&settings, "0.1.0", Arc::new(now)).unwrap();
    let get = async |url: &str| fetcher.get(url, &Validators::default()).await.map(|response| response.status.as_u16());
    assert_eq!(get("http://portal.invalid/rss").await, Ok(200));
    assert_eq!(get(&format!("{}/rss", direct.base)).await, Ok(200));
    assert_eq!(get("http://10.0.0.1/").await, Err(FetchError::PrivateAddress));
    assert_eq!(get("http://localhost/").await, Err(FetchError::PrivateAddress));
    assert!(get("http://t.invalid/s/gorod").await.is_err(), "Telegram goes without");
    let asked: Vec<String> = proxy.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(asked, ["http://portal.invalid/rss"]);
    assert_eq!(proxy.asked()[0].header("proxy-authorization"), Some("Basic dXNlcjpwYXNzIHdvcmQ="));
    assert_eq!(direct.asked().len(), 1);
}

/// A SOCKS5 proxy (RFC 1928) that takes one connection, answers it itself, and tells the name it was asked for.
async fn socks5() -> (String, tokio::task::JoinHandle<String>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("socks5://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 2];
        stream.read_exact(&mut head).await.unwrap();
        stream.read_exact(&mut vec![0; head[1].into()]).await.unwrap();
        stream.write_all(&[5, 0]).await.unwrap();
        let mut request = [0; 5];
        stream.read_exact(&mut request).await.unwrap();
        assert_eq!(request[..4], [5, 1, 0, 3], "a connection to a name");
        let mut name = vec![0; usize::from(request[4]) + 2];
        stream.read_exact(&mut name).await.unwrap();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0, "a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine").await.unwrap();
        String::from_utf8(name[..name.len() - 2].to_vec()).unwrap()
    });
    (url, served)
}

#[tokio::test]
async fn a_socks5_proxy_resolves_the_names() {
    let (url, served) = socks5().await;
    let mut settings = settings("http://api.invalid", &[]);
    settings.fetch.ways = vec![Way::Through(config::Proxy { url, auth: None })];
    let fetcher = Fetcher::new(&settings, "0.1.0", Arc::new(now)).unwrap();
    assert_eq!(fetcher.get("http://portal.invalid/", &Validators::default()).await.unwrap().body, b"fine");
    assert_eq!(served.await.unwrap(), "portal.invalid");
}

#[tokio::test]
async fn nothing_listening_is_no_connection() {
    let got = fetcher(&["127.0.0.1"]).get("http://127.0.0.1:1/", &Validators::default()).await;
    assert!(matches!(got, Err(FetchError::Connect(_))), "{got:?}");
}

#[tokio::test]
async fn validators_come_back_and_are_sent() {
    let server = Server::start(misbehave).await;
    let (fetcher, url) = (fetcher(&[&server.host]), format!("{}/etag", server.base));
    let first = fetcher.get(&url, &Validators::default()).await.unwrap();
    assert_eq!((first.body.as_slice(), first.validators.etag.as_deref()), (&b"body"[..], Some("\"1\"")));
    let second = fetcher.get(&url, &first.validators).await.unwrap();
    assert_eq!(second.status, StatusCode::NOT_MODIFIED);
    let asked = &server.asked()[1];
    assert_eq!(asked.header("if-modified-since"), Some("Sun, 01 Nov 2026 09:00:00 GMT"));
    assert_eq!(asked.header("user-agent"), Some("Otklik/0.1.0 (+mailto:otklik@city.example)"));
}

#[tokio::test]
async fn a_host_that_asks_for_a_pause_is_not_asked_again_by_anybody() {
    let server = Server::start(misbehave).await;
    let fetcher = fetcher(&[&server.host]);
    let until = later(now(), 120);
    let busy = fetcher.get(&format!("{}/busy", server.base), &Validators::default()).await.unwrap();
    assert_eq!((busy.status.as_u16(), busy.retry_after), (429, Some(until)));
    let other = fetcher.get(&format!("{}/ok", server.base), &Validators::default()).await;
    assert_eq!(other.map(|_| ()), Err(FetchError::Paused(until)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_form_is_posted_in_the_body_and_follows_no_redirect() {
    let server = Server::start(misbehave).await;
    let fetcher = fetcher(&[&server.host]);
    fetcher.post_form(0, &format!("{}/ok", server.base), &[("access_token", "тайна"), ("v", "5.199")]).await.unwrap();
    let asked = &server.asked()[0];
    assert_eq!((asked.target.as_str(), asked.body.contains("&v=5.199")), ("/ok", true));
    let redirected = fetcher.post_form(0, &format!("{}/hop1", server.base), &[("access_token", "x")]).await;
    assert_eq!(redirected.map(|_| ()), Err(FetchError::Redirects));
}

#[tokio::test]
async fn a_body_keeps_its_place_until_it_is_read() {
    let server = Server::start(misbehave).await;
    let mut settings = settings(&server.base, &[&server.host]);
    settings.fetch.parallel = 1;
    let fetcher = Fetcher::new(&settings, "0.1.0", Arc::new(now)).unwrap();
    let response = fetcher.get(&format!("{}/ok", server.base), &Validators::default()).await.unwrap();
    let mut turn = std::pin::pin!(fetcher.hosts.turn("other:80", true));
    assert!(futures_util::future::poll_immediate(&mut turn).await.is_none(), "the one place is taken");
    drop(response);
    assert!(turn.await.is_ok());
}

fn later(time: Time, seconds: u64) -> Time {
    crate::time::later(time, Duration::from_secs(seconds))
}
