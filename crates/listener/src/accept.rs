//! Taking connections.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;

use crate::client::{counted, is_proxy};
use crate::connection::{RETRY_AFTER, Settings, Shared, connected};
use crate::seats::Seats;
use crate::traffic::Counters;

/// Connections that wait to be taken; the kernel drops what comes beyond them.
const BACKLOG: u32 = 1024;

/// What the kernel holds of an answer that is not read, which it doubles. It would grow to megabytes for each slow reader, of which
/// we would hear for minutes only that they take nothing.
const SEND_BUFFER: u32 = 128 * 1024;

/// Connections that have lost their seats and are not yet closed.
const LEAVING: usize = 16;

/// How long answers that are being read may go on without their connections being closed.
const GRACE: Duration = Duration::from_secs(1);

/// After a connection could not be taken, as without a descriptor, for what is tried again at once fails again at once.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// So long at most.
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// Listens on an address.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // The sockets that it accepts inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Where connections come from.
pub trait Accept {
    /// The next one.
    fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send {
        TcpListener::accept(self)
    }
}

/// Serves a router until `stop`, and then what is being answered to its end.
pub async fn serve(listener: impl Accept, router: Router, settings: Settings, stop: impl Future<Output = ()>) {
    let counters = Counters::of(settings.name);
    let limits = settings.limits;
    let seats = Seats::new(limits, Arc::clone(&counters));
    // Held until the socket is closed, which is a little later than the seat is free.
    let open = Arc::new(Semaphore::new(limits.connections + LEAVING));
    let (stopping, stopped) = watch::channel(false);
    let shared = Arc::new(Shared { router, settings, counters });
    let mut stop = pin!(stop);
    let mut pause = None;
    loop {
        let accepted = tokio::select! { () = stop.as_mut() => break, accepted = listener.accept() => accepted };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if let Some(next) = pause_after(&error, pause) {
                    if pause.is_none() {
                        tracing::error!(%error, listener = shared.settings.name, "connections cannot be taken");
                    }
                    pause = Some(next);
                    tokio::select! { () = stop.as_mut() => break, () = sleep(next) => {} }
                }
                continue;
            }
        };
        pause = None;
        let address = Some(peer.ip()).filter(|peer| !is_proxy(*peer, &shared.settings.proxies)).map(counted);
        let Some(seat) = seats.take(address) else {
            refuse(&stream);
            continue;
        };
        let Ok(socket) = Arc::clone(&open).acquire_owned().await else { break };
        let connected = connected(Arc::clone(&shared), stream, seat, stopped.clone());
        tokio::spawn(async move {
            connected.await;
            drop(socket);
        });
    }
    drop(listener);
    stopping.send_replace(true);
    let all = u32::try_from(limits.connections + LEAVING).unwrap_or(u32::MAX);
    let mut closed = pin!(open.acquire_many(all));
    tokio::select! {
        _ = closed.as_mut() => return,
        () = sleep(GRACE) => seats.close_waiting(),
    }
    let _ = closed.await;
}

/// Says on a connection without a seat that there is none.
fn refuse(stream: &TcpStream) {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: {RETRY_AFTER}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    // A new connection has room for it; if it has none, its peer sees the end all the same.
    let _ = stream.try_write(answer.as_bytes());
}

/// How long to wait after an error before the next connection is taken, by how long was waited last; `None`: the error is that of one
/// connection alone.
fn pause_after(error: &io::Error, last: Option<Duration>) -> Option<Duration> {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        return None;
    }
    Some(last.map_or(FIRST_PAUSE, |last| (last * 2).min(LAST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_descriptors_it_waits_ever_longer_and_not_for_ever() {
        let none_left = io::Error::from_raw_os_error(24);
        let mut pause = None;
        for _ in 0..10 {
            let next = pause_after(&none_left, pause);
            assert!(next > pause || next == Some(LAST_PAUSE), "{pause:?}, then {next:?}");
            pause = next;
        }
        assert_eq!(pause, Some(LAST_PAUSE));
        assert_eq!(pause_after(&io::ErrorKind::ConnectionAborted.into(), pause), None);
    }
}
