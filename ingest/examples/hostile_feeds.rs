//! What sixteen feeds of ten megabytes cost that were written to cost much, polled at once: `cargo run -p ingest --example hostile_feeds`.
//!
//! Prints for each kind how the polls ended, how long the slowest took, and the largest memory of the process meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::routing::get;
use config::{Config, Files};
use futures_util::future::{join_all, ready};
use ingest::Collector;
use model::{Clock, Time};

/// As much as `[fetch] max_mb` lets in.
const BYTES: usize = 10 * 1024 * 1024 - 1024;

/// As many as `[fetch] parallel` reads at once.
const FEEDS: usize = 16;

const KINDS: [&str; 8] = ["attributes", "items", "elements", "empties", "breaks", "json", "text", "formatting"];

/// A document of a kind, as long as may be.
fn document(kind: &str) -> String {
    let fill = |start: &str, piece: &str, end: &str| {
        format!("{start}{}{end}", piece.repeat((BYTES - start.len() - end.len()) / piece.len()))
    };
    let rss = |start: &str, piece: &str, end: &str| {
        fill(&format!("<rss><channel>{start}"), piece, &format!("{end}</channel></rss>"))
    };
    match kind {
        "attributes" => rss("<item><guid>1</guid><description>&lt;a", " a=1 b=2 c=3", "&gt;x</description></item>"),
        "items" => {
            let items: String =
                (0..200_000).map(|n| format!("<item><guid>{n}</guid><title>x</title></item>")).collect();
            rss("", &items, "")
        }
        "elements" => rss("<item>", "<a/>", "</item>"),
        "empties" => rss("", "<item/>", ""),
        "breaks" => rss("<item><guid>1</guid><description>", "&lt;br&gt;&lt;p&gt;", "</description></item>"),
        "json" => fill("{\"items\":[", "{\"a\":0},", "{}]}"),
        "text" => rss(
            "",
            "<item><title>Нет воды</title><description>Третий день без воды во всём доме</description></item>",
            "",
        ),
        _ => {
            let open: String = (0..400).map(|n| format!("<b a{n}>")).collect();
            fill(&format!("<html><body><p>{open}</p>"), "<p>x</p>", "<a class=news href=/1>x</a></body></html>")
        }
    }
}

fn sources(base: &str) -> String {
    let source = |kind: &str, number: usize| {
        let list = if kind == "formatting" { "list = { item = \".news\", link = \"a\" }\n" } else { "" };
        format!("[[source]]\nid = \"{kind}-{number}\"\nname = \"x\"\nurl = \"{base}/{kind}/{number}\"\n{list}\n")
    };
    KINDS.iter().flat_map(|kind| (0..FEEDS).map(move |number| source(kind, number))).collect()
}

/// A figure of `/proc/self/status`, in megabytes.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim_start_matches(':').trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let documents: HashMap<&str, Bytes> = KINDS.iter().map(|kind| (*kind, Bytes::from(document(kind)))).collect();
    let give =
        move |Path((kind, _)): Path<(String, u32)>| ready(documents.get(kind.as_str()).cloned().unwrap_or_default());
    let served = Router::new().route("/{kind}/{number}", get(give));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let host = listener.local_addr()?.to_string();
    tokio::spawn(async move { axum::serve(listener, served).await });
    let settings = format!("[fetch]\nallow_private = [\"{host}\"]\nhost_interval_ms = 0\nhost_parallel = {FEEDS}\n");
    let files =
        vec![("otklik.toml".to_owned(), settings), ("sources.toml".to_owned(), sources(&format!("http://{host}")))];
    let config = Config::parse(&Files::shipped().overlay(files)).map_err(|problems| problems.to_string())?;
    let folder = tempfile::tempdir()?;
    let clock: Clock = Arc::new(Time::now);
    let limits = journal::Limits { keep: std::time::Duration::from_secs(3600), max_bytes: 1 << 30 };
    let journal = Arc::new(journal::Embedded::open(&folder.path().join("journal.db"), limits, clock.clone())?);
    let collector = Collector::open(folder.path(), Arc::new(config), journal, clock, ingest::os_random(), "example")?;
    println!("before: {} MB, with the {} documents that are served from here", memory("VmRSS"), KINDS.len());
    for kind in KINDS {
        // From here on the largest memory is counted anew.
        std::fs::write("/proc/self/clear_refs", "5")?;
        let began = Instant::now();
        let ids: Vec<String> = (0..FEEDS).map(|number| format!("{kind}-{number}")).collect();
        let polled = join_all(ids.iter().map(|id| collector.poll(id))).await;
        let first = polled.into_iter().flatten().next().ok_or("no such source")?;
        let (seconds, most) = (began.elapsed().as_secs_f64(), memory("VmHWM"));
        println!("{kind}: {}, {} posts each, {seconds:.1} s, {most} MB at most", first.outcome, first.posts);
    }
    Ok(())
}
