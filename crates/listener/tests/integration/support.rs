//! The listener under test, its routes, and its clients.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use listener::{Accept, Importance, Limits, Settings, bind, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Long enough for what must be waited for; nothing lasts until then.
const LONG: Duration = Duration::from_secs(600);

/// Limits that nothing of a test comes near.
pub fn wide() -> Limits {
    Limits { connections: 64, per_address: 64, reserve: 0, reserve_per_address: 0, head: LONG, patience: LONG }
}

/// A listener with these routes: `/` answers, `/held` once it is let go of, `/endless` for ever, `/vital` and `/own` are more than ordinary.
pub struct Served {
    pub address: SocketAddr,
    /// Each permit lets one request to `/held` go.
    pub go: Arc<Semaphore>,
    /// Hears of each request to `/held`.
    pub held: mpsc::UnboundedReceiver<()>,
    /// Hears of each answer of `/endless` that is given up.
    pub given_up: mpsc::UnboundedReceiver<()>,
    pub stop: Option<oneshot::Sender<()>>,
    pub done: tokio::task::JoinHandle<()>,
}

/// Says when it is dropped.
struct Told(mpsc::UnboundedSender<()>);

impl Drop for Told {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

impl Served {
    pub fn with(limits: Limits) -> Served {
        Served::new(limits, &[])
    }

    pub fn new(limits: Limits, proxies: &[&str]) -> Served {
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        Served::over(listener, address, limits, proxies)
    }

    pub fn over(
        listener: impl Accept + Send + Sync + 'static,
        address: SocketAddr,
        limits: Limits,
        proxies: &[&str],
    ) -> Served {
        let go = Arc::new(Semaphore::new(0));
        let (arrived, held) = mpsc::unbounded_channel();
        let (gave_up, given_up) = mpsc::unbounded_channel();
        let waiting = Arc::clone(&go);
        let hold = move || {
            let (waiting, arrived) = (Arc::clone(&waiting), arrived.clone());
            async move {
                arrived.send(()).unwrap();
                waiting.acquire().await.unwrap().forget();
                "held\n"
            }
        };
        let endless = move || {
            let told = Told(gave_up.clone());
            async move {
                Body::from_stream(futures_util::stream::repeat_with(move || {
                    let _ = &told;
                    Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 16 * 1024]))
                }))
            }
        };
        let router = Router::new()
            .route("/", get(|| async { "ok\n" }))
            .route("/vital", get(|| async { "vital\n" }))
            .route("/own", get(hold.clone()))
            .route("/held", get(hold))
            .route("/endless", get(endless))
            .route("/taken", post(|body: Bytes| async move { body.len().to_string() }));
        let settings = Settings {
            name: "test",
            limits,
            proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
            tls: None,
            importance: Arc::new(|parts| match parts.uri.path() {
                "/vital" => Importance::Vital,
                "/own" => Importance::Own,
                _ => Importance::Ordinary,
            }),
        };
        let (stop, stopped) = oneshot::channel();
        let done = tokio::spawn(serve(listener, router, settings, async move { drop(stopped.await) }));
        Served { address, go, held, given_up, stop: Some(stop), done }
    }

    /// A connection with something written on it.
    pub async fn open(&self, text: &str) -> TcpStream {
        self.open_from("127.0.0.1", text).await
    }

    /// From an address of the loopback.
    pub async fn open_from(&self, from: &str, text: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        // What is not read must soon stop the one who writes.
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind(SocketAddr::new(from.parse().unwrap(), 0)).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// What a request on a connection of its own is answered.
    pub async fn ask(&self, path: &str) -> String {
        all(&mut self.open(&request(path, "Connection: close\r\n")).await).await
    }
}

/// A request.
pub fn request(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

/// What comes until the connection is closed, in whatever way.
pub async fn all(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut piece).await {
        read.extend_from_slice(&piece[..n]);
    }
    String::from_utf8(read).unwrap()
}
