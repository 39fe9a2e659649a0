//! One connection: its requests, and what they are told where there are too many.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Request, Response, StatusCode, header};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_native_tls::TlsAcceptor;
use tower::ServiceExt;

use crate::body::{Answered, patient};
use crate::client::{client, counted};
use crate::limits::Limits;
use crate::reader::PatientStream;
use crate::seats::Seat;
use crate::traffic::Counters;

/// What is read of a head before it must be whole, and written ahead of a slow reader. Ten times the longest head that is meant, and
/// little enough for every connection to have it.
const BUFFER: usize = 64 * 1024;

/// When to come again, in seconds.
pub(crate) const RETRY_AFTER: &str = "5";

/// What a listener is told.
#[derive(Clone)]
pub struct Settings {
    /// Its name in metrics.
    pub name: &'static str,
    /// Its limits.
    pub limits: Limits,
    /// Peers whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    /// What encrypts the connections that come from now on; none: they are in the clear.
    pub tls: Option<watch::Receiver<TlsAcceptor>>,
    /// How much depends on a request, by its head.
    pub importance: Arc<dyn Fn(&Parts) -> Importance + Send + Sync>,
}

/// How much depends on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// It can wait: it leaves the reserve alone.
    Ordinary,
    /// Somebody watches over us by it: it may use the reserve.
    Vital,
    /// It is of a part of ours that has shown its secret: it may use the reserve, and its address is not counted.
    Own,
}

/// What a request may know of its connection, as an extension of it.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// The other end.
    pub peer: SocketAddr,
    /// Our end.
    pub local: SocketAddr,
    /// Whom the request counts for: the peer, or whom it forwards for.
    pub client: IpAddr,
}

/// What all connections of a listener share.
pub struct Shared {
    pub router: Router,
    pub settings: Settings,
    pub counters: Arc<Counters>,
}

/// Answers a connection until it ends, loses its seat, or has to end since the listener does.
pub async fn connected(shared: Arc<Shared>, stream: TcpStream, seat: Arc<Seat>, stop: watch::Receiver<bool>) {
    let (Ok(peer), Ok(local)) = (stream.peer_addr(), stream.local_addr()) else { return };
    // The end of an answer must not wait until its beginning was acknowledged.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let limits = shared.settings.limits;
    let stream = PatientStream::new(stream, limits.patience, Arc::clone(&seat.blocked));
    let ends = (peer, local);
    let Some(tls) = shared.settings.tls.as_ref().map(|tls| tls.borrow().clone()) else {
        return talk(&shared, stream, ends, seat, stop).await;
    };
    let encrypted = tokio::select! {
        encrypted = timeout(limits.head, tls.accept(stream)) => encrypted,
        () = seat.is_lost() => return,
    };
    match encrypted {
        Ok(Ok(stream)) => talk(&shared, stream, ends, seat, stop).await,
        Ok(Err(error)) => tracing::debug!(%error, %peer, "a connection is not encrypted"),
        Err(_) => drop(shared.counters.slow.fetch_add(1, Ordering::Relaxed)),
    }
}

async fn talk(
    shared: &Arc<Shared>,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    (peer, local): (SocketAddr, SocketAddr),
    seat: Arc<Seat>,
    mut stop: watch::Receiver<bool>,
) {
    let limits = shared.settings.limits;
    let service = {
        let (shared, seat) = (Arc::clone(shared), Arc::clone(&seat));
        service_fn(move |request| {
            let (shared, seat) = (Arc::clone(&shared), Arc::clone(&seat));
            async move { Ok::<_, std::convert::Infallible>(answer(&shared, request, &seat, peer, local).await) }
        })
    };
    let mut served = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head)
            .max_buf_size(BUFFER)
            .serve_connection(TokioIo::new(stream), service)
    );
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = seat.is_lost() => return,
        () = async { drop(stop.wait_for(|stop| *stop).await) } => {
            served.as_mut().graceful_shutdown();
            tokio::select! { ended = served.as_mut() => ended, () = seat.is_lost() => return }
        }
    };
    if let Err(error) = ended {
        if is_slow(&error) {
            shared.counters.slow.fetch_add(1, Ordering::Relaxed);
        }
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

async fn answer(
    shared: &Shared,
    request: Request<Incoming>,
    seat: &Arc<Seat>,
    peer: SocketAddr,
    local: SocketAddr,
) -> Response<Answered> {
    let (mut parts, body) = request.into_parts();
    let client = client(peer.ip(), &parts.headers, &shared.settings.proxies);
    let Some(answering) = seat.begin(counted(client), (shared.settings.importance)(&parts)) else {
        return busy().map(|body| Answered { body, _answering: None });
    };
    parts.extensions.insert(Connection { peer, local, client });
    let request = Request::from_parts(parts, patient(body, shared.settings.limits.patience));
    let answer = match shared.router.clone().oneshot(request).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    };
    answer.map(|body| Answered { body, _answering: Some(answering) })
}

/// The connection ends with it: who is told to come later must not keep a seat until then.
fn busy() -> Response<Body> {
    let headers = [(header::RETRY_AFTER, RETRY_AFTER), (header::CONNECTION, "close")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, "слишком много запросов, повторите через несколько секунд\n")
        .into_response()
}

/// Whether a connection ended because its peer took or sent too little.
fn is_slow(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    error.is_timeout() || source.is_some_and(|source| source.kind() == std::io::ErrorKind::TimedOut)
}
