//! Exports whose readers take nothing, over real connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use config::{Config, Files};
use listener::{Importance, Settings, bind, serve};
use model::{Clock, Time, wire};
use store::search::SearchIndex;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

use super::fixture::{put, tagged, told};
use crate::status::Status;
use crate::{Web, WorkLimits, Works};

/// Together more than connections hold that nobody reads.
const POSTS: usize = 64;
const TEXT: usize = 32 * 1024;

/// Far more than there are threads.
const READERS: usize = 24;

/// What a test waits for is asked for so often, each time in an answer over the network.
const TRIES: usize = 100_000;

const SHORT: Duration = Duration::from_millis(50);
const LONG: Duration = Duration::from_secs(600);

/// The routes over an index alone, on a runtime with eight threads that may block.
struct Page {
    address: SocketAddr,
    runtime: Option<Runtime>,
    _folder: TempDir,
}

impl Drop for Page {
    /// Exports that nobody reads would have it wait for them.
    fn drop(&mut self) {
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

impl Page {
    fn new(name: &'static str, patience: Duration) -> Page {
        let folder = TempDir::new().unwrap();
        let config = Arc::new(Config::parse(&Files::shipped()).unwrap());
        let now: Time = "2026-11-24T09:30:00Z".parse().unwrap();
        let clock: Clock = Arc::new(move || now);
        let index = SearchIndex::open(&folder.path().join("index"), config.timezone().clone()).unwrap();
        let text = "вода ".repeat(TEXT / "вода ".len());
        let posts = (1..=POSTS)
            .map(|n| wire::write_tagged(&tagged(&format!("vk:-1_{n}"), "2026-11-24T08:30:00Z", &text, None)));
        put(&mut index.sink().unwrap(), &posts.collect::<Vec<_>>());
        let places = |places| WorkLimits { places, queue: 2, wait: SHORT };
        let router = crate::router(Web {
            config,
            clock,
            index: Some(index),
            remote_search: None,
            facts: None,
            alerts: None,
            reports: None,
            work: Arc::new(Works::new(places(2), places(2), places(2))),
            status: told(Status::default()),
            ready: told(Status::default()),
        });
        let runtime =
            Builder::new_multi_thread().worker_threads(2).max_blocking_threads(8).enable_all().build().unwrap();
        let entered = runtime.enter();
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        drop(entered);
        let address = listener.local_addr().unwrap();
        let limits = listener::Limits { patience, ..listener::Limits::of(1024) };
        let settings =
            Settings { name, limits, proxies: Vec::new(), tls: None, importance: Arc::new(|_| Importance::Ordinary) };
        runtime.spawn(serve(listener, router, settings, std::future::pending()));
        Page { address, runtime: Some(runtime), _folder: folder }
    }

    /// A request on a connection that takes little ahead of its reader.
    async fn open(&self, path: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn ask(&self, path: &str) -> String {
        let mut answer = String::new();
        self.open(path).await.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Waits for a metric.
    async fn until(&self, line: &str) {
        for _ in 0..TRIES {
            if self.ask("/metrics").await.lines().any(|found| found == line) {
                return;
            }
        }
        panic!("{line} never came: {}", self.ask("/metrics").await);
    }
}

#[tokio::test]
async fn readers_of_exports_that_take_nothing_keep_nobody_from_the_rest() {
    let page = Page::new("unread", LONG);
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(page.open("/api/search.csv").await);
    }
    page.until("otklik_web_running{kind=\"export\"} 2").await;
    page.until("otklik_web_waiting{kind=\"export\"} 0").await;
    // The searches with which exports begin did not take the places of others.
    page.until("otklik_web_refused_total{kind=\"search\"} 0").await;
    let export = page.ask("/api/search.csv").await;
    assert!(export.starts_with("HTTP/1.1 503 ") && export.contains("retry-after: 5\r\n"), "{export}");
    let found = page.ask("/api/search?query=%D0%B2%D0%BE%D0%B4%D0%B0&limit=1").await;
    assert!(found.starts_with("HTTP/1.1 200 ") && found.contains(&format!("\"total\":{POSTS}")), "{found}");
    assert!(page.ask("/readyz").await.ends_with("ready\n"));
}

#[tokio::test]
async fn an_export_whose_reader_takes_nothing_gives_up() {
    let page = Page::new("given-up", SHORT);
    let _readers = [page.open("/api/search.csv").await, page.open("/api/search.csv").await];
    page.until("otklik_connections_slow_total{listener=\"given-up\"} 2").await;
    page.until("otklik_web_running{kind=\"export\"} 0").await;
    let export = page.ask("/api/search.csv").await;
    assert!(export.starts_with("HTTP/1.1 200 ") && export.matches("vk:-1_").count() == POSTS, "{}", export.len());
}
