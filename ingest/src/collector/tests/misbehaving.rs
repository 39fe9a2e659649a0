//! A portal that misbehaves in every way of a table: the outcome, the next attempt and the ledger's entry of each.

use encoding_rs::{IBM866, KOI8_R, UTF_8, WINDOWS_1251};

use super::*;
use crate::test_server::{bombs, stalled};

type Chunk = Result<Vec<u8>, std::io::Error>;

fn chunks(chunks: impl futures_util::Stream<Item = Chunk> + Send + 'static) -> Body {
    Body::from_stream(chunks)
}

fn part() -> Chunk {
    Ok(b"<rss><channel><title>".repeat(3000))
}

fn misbehave(asked: &Asked) -> Response<Body> {
    let feed = || feeds::rss(&[(1, START)]);
    match asked.target.trim_start_matches('/') {
        "301" => answer(301, &[("location", "/fine")], ""),
        "302" => answer(302, &[("location", "fine")], ""),
        "302-loop" => answer(302, &[("location", "/302-loop")], ""),
        "302-private" => answer(302, &[("location", "http://192.168.0.1/rss")], ""),
        "302-fine-forbidden" => answer(302, &[("location", "/forbidden")], ""),
        "302-file" => answer(302, &[("location", "file:///etc/passwd")], ""),
        "304" => answer(304, &[], ""),
        "forbidden" => answer(403, &[], ""),
        "429-asks" => answer(429, &[("retry-after", "1200")], ""),
        "429-dated" => answer(429, &[("retry-after", "Sun, 01 Nov 2026 10:30:00 GMT")], ""),
        "429-nonsense" => answer(429, &[("retry-after", "soon")], ""),
        "503-asks" => answer(503, &[("retry-after", "90")], ""),
        "headers-never" => stalled(),
        "drip" => answer(200, &[], chunks(stream::iter([part()]).chain(stream::pending()))),
        "reset" => answer(200, &[], chunks(stream::iter([part(), Err(std::io::Error::other("reset"))]))),
        "shorter" => answer(200, &[("content-length", "100000")], chunks(stream::iter([part()]))),
        "200-mb" => answer(200, &[("content-length", "209715200")], chunks(stream::repeat_with(part))),
        "endless" => answer(200, &[], chunks(stream::repeat_with(part))),
        "gzip-bomb" => answer(200, &[("content-encoding", "gzip")], bombs::gzip()),
        "brotli-bomb" => answer(200, &[("content-encoding", "br")], bombs::brotli()),
        "zstd-bomb" => answer(200, &[("content-encoding", "zstd")], bombs::zstd()),
        "no-gzip" => answer(200, &[("content-encoding", "gzip")], feed()),
        "no-brotli" => answer(200, &[("content-encoding", "br")], feed()),
        "no-zstd" => answer(200, &[("content-encoding", "zstd")], feed()),
        "html" => answer(200, &[], "<!doctype html><html><body><p>Сайт на ремонте</p></body></html>"),
        "json" => answer(200, &[("content-type", "application/json")], "{\"error\":1}"),
        "nothing" => answer(200, &[], ""),
        "no-items" => answer(200, &[], feeds::rss(&[])),
        "million-elements" => answer(200, &[], format!("<rss><channel><item>{}", "<a/>".repeat(210_000))),
        "cut" => answer(200, &[], "<rss><channel><item><title>Новость"),
        "fine" => answer(200, &[], feed()),
        status => answer(status.parse().unwrap(), &[], feed()),
    }
}

/// Polls one path of the server and tells outcome, seconds to the next attempt, new posts, and whether the poll vouches.
async fn poll(server: &Server, path: &str) -> (String, i64, u32, bool) {
    let world = World::new(server, &[Address::Portal(format!("{}/{path}", server.base))], false);
    let coverage = world.poll().await;
    assert_eq!(
        world.journal.read::<Coverage>(Stream::Coverage),
        std::slice::from_ref(&coverage),
        "{path}: one entry a poll"
    );
    let next = coverage.next_at.unwrap().as_second() - world.now().as_second();
    (coverage.outcome, next, coverage.new, coverage.covers_from.is_some())
}

#[tokio::test]
async fn every_misbehaviour_has_its_outcome_its_next_attempt_and_its_entry() {
    const TABLE: [(&str, &str, i64, u32); 43] = [
        ("fine", "ok", 300, 1),
        ("301", "ok", 300, 1),
        ("302", "ok", 300, 1),
        ("302-loop", "redirects", 600, 0),
        ("302-private", "private_address", 3600, 0),
        ("302-fine-forbidden", "forbidden", 600, 0),
        ("302-file", "bad_url", 3600, 0),
        ("304", "not_modified", 300, 0),
        ("400", "unexpected_status", 600, 0),
        ("401", "forbidden", 600, 0),
        ("403", "forbidden", 600, 0),
        ("404", "not_found", 600, 0),
        ("410", "gone", 3600, 0),
        ("418", "unexpected_status", 600, 0),
        ("429", "rate_limited", 60, 0),
        ("429-asks", "rate_limited", 1200, 0),
        ("429-dated", "rate_limited", 1800, 0),
        ("429-nonsense", "rate_limited", 60, 0),
        ("451", "forbidden", 600, 0),
        ("500", "server_error", 60, 0),
        ("502", "server_error", 60, 0),
        ("503", "server_error", 60, 0),
        ("503-asks", "server_error", 90, 0),
        ("504", "server_error", 60, 0),
        ("headers-never", "timeout", 60, 0),
        ("drip", "timeout", 60, 0),
        ("reset", "body_broken", 60, 0),
        ("shorter", "body_broken", 60, 0),
        ("200-mb", "too_large", 600, 0),
        ("endless", "too_large", 600, 0),
        ("gzip-bomb", "too_large", 600, 0),
        ("brotli-bomb", "too_large", 600, 0),
        ("zstd-bomb", "too_large", 600, 0),
        ("no-gzip", "body_broken", 60, 0),
        ("no-brotli", "body_broken", 60, 0),
        ("no-zstd", "body_broken", 60, 0),
        ("html", "not_this_format", 600, 0),
        ("json", "not_this_format", 600, 0),
        ("nothing", "broken", 600, 0),
        ("no-items", "empty", 300, 0),
        ("cut", "nothing_parsed", 600, 0),
        ("million-elements", "parse_overrun", 600, 0),
        ("204", "broken", 600, 0),
    ];
    let server = Server::start(misbehave).await;
    for (path, outcome, next, new) in TABLE {
        let got = poll(&server, path).await;
        assert_eq!((got.0.as_str(), got.1, got.2), (outcome, next, new), "{path}");
        // «Nothing new» vouches for the day only where the feed was really read before or has items.
        assert_eq!(got.3, outcome == "ok", "{path} vouches");
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_named_so() {
    let server = Server::start(misbehave).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, outcome, next) in [
        (format!("http://{closed}/rss"), "connect_failed", 60),
        ("http://no-such-host.invalid/rss".to_owned(), "dns_failed", 60),
        ("http://10.0.0.1/rss".to_owned(), "private_address", 3600),
        ("http://localhost:1/rss".to_owned(), "private_address", 3600),
    ] {
        let world = World::configured(&server, &[Address::Portal(url.clone())], false, |config| {
            config.settings.fetch.allow_private.push(closed.to_string());
        });
        let coverage = world.poll().await;
        assert_eq!(coverage.outcome, outcome, "{url}: {:?}", coverage.detail);
        assert_eq!(coverage.next_at.unwrap().as_second() - world.now().as_second(), next, "{url}");
        assert_eq!(world.journal.read::<Coverage>(Stream::Coverage), [coverage], "{url}: one entry a poll");
    }
}

#[tokio::test]
async fn each_encoding_is_read_and_a_lie_about_it_too() {
    let text = "Перекрыто движение по улице Мира, объезд по Садовой";
    for (encoding, declared, header) in [
        (UTF_8, "utf-8", None),
        (WINDOWS_1251, "windows-1251", None),
        (WINDOWS_1251, "utf-8", None),
        (WINDOWS_1251, "utf-8", Some("text/xml; charset=windows-1251")),
        (WINDOWS_1251, "windows-1251", Some("text/xml; charset=iso-8859-1")),
        (KOI8_R, "koi8-r", None),
        (KOI8_R, "windows-1251", Some("text/xml")),
        (IBM866, "cp866", None),
        (UTF_8, "windows-1251", Some("application/rss+xml; charset=utf-8")),
    ] {
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"{declared}\"?><rss version=\"2.0\"><channel><item><guid>1</guid>\
             <title>{text}</title><pubDate>Sun, 01 Nov 2026 08:00:00 GMT</pubDate></item></channel></rss>"
        );
        let bytes = encoding.encode(&xml).0.into_owned();
        let server = Server::start(move |_| {
            let headers: Vec<(&str, &str)> = header.map(|header| ("content-type", header)).into_iter().collect();
            answer(200, &headers, bytes.clone())
        })
        .await;
        let world = World::new(&server, &[Address::Portal(format!("{}/rss", server.base))], false);
        assert_eq!(world.poll().await.outcome, "ok");
        assert_eq!(world.journal.posts()[0].title.as_deref(), Some(text), "{} as {declared}", encoding.name());
    }
}

#[tokio::test]
async fn robots_txt_is_asked_once_a_day_and_obeyed() {
    let server = Server::with_robots(|asked| match asked.target.as_str() {
        "/robots.txt" => answer(200, &[], "User-agent: *\nDisallow: /closed\n"),
        "/moved/rss" => answer(301, &[("location", "/closed/rss")], ""),
        _ => answer(200, &[], feeds::rss(&[(1, START)])),
    })
    .await;
    let address = |path: &str| Address::Portal(format!("{}/{path}", server.base));
    let addresses = [address("closed/rss"), address("open/rss"), address("moved/rss")];
    let world = World::new(&server, &addresses, false);
    let closed = world.poll().await;
    assert_eq!((closed.outcome.as_str(), closed.covers_from), ("robots", None));
    assert_eq!(closed.next_at.unwrap().as_second() - world.now().as_second(), 600);
    assert_eq!(world.collector.poll("s1").await.unwrap().outcome, "ok");
    let asked: Vec<String> = server.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(asked, ["/robots.txt", "/open/rss"], "what is forbidden is not even tried");
    assert_eq!(world.collector.poll("s2").await.unwrap().outcome, "robots", "where it moved to is forbidden");
    world.wait(25 * 3600);
    world.collector.poll("s1").await;
    assert_eq!(server.asked().iter().filter(|asked| asked.target == "/robots.txt").count(), 2);
}

#[tokio::test]
async fn a_server_that_fails_to_give_robots_txt_is_left_alone() {
    let server = Server::with_robots(|asked| match asked.target.as_str() {
        "/robots.txt" => answer(503, &[("retry-after", "120")], ""),
        _ => answer(200, &[], feeds::rss(&[(1, START)])),
    })
    .await;
    let world = World::new(&server, &[Address::Portal(format!("{}/rss", server.base))], false);
    let refused = world.poll().await;
    assert_eq!((refused.outcome.as_str(), server.asked().len()), ("server_error", 1));
    assert_eq!(refused.next_at.unwrap().as_second() - world.now().as_second(), 120);
}

#[tokio::test]
async fn a_feed_without_news_is_asked_more_rarely_and_news_brings_the_pace_back() {
    let (site, server) = Site::serve(1, |items, _| {
        let items: Vec<(u32, &str)> = (1..=*items).map(|number| (number, START)).collect();
        answer(200, &[], feeds::rss(&items))
    })
    .await;
    let world = World::new(&server, &[Address::Portal(format!("{}/rss", server.base))], false);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        pauses.push(world.poll().await.next_at.unwrap().as_second() - world.now().as_second());
    }
    assert_eq!(pauses, [300, 300, 300, 300, 300, 300, 600, 600]);
    site.change(|items| *items = 2);
    assert_eq!(world.poll().await.next_at.unwrap().as_second() - world.now().as_second(), 300);
}
