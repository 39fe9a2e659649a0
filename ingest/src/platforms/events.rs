//! What platforms have in common that tell of events by themselves: they are asked again and again, or they call us.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use config::{Fetch, Settings};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

/// How long a server is asked to hold a request when nothing happens.
const HOLD_S: u32 = 25;

/// The first and the longest pause after a failure.
const PAUSES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(600));

/// Connections of a platform, which has an event on each for as long as it takes to store.
const CONNECTIONS: usize = 128;

/// At most one in so many descriptors of the process is for them.
const OF_DESCRIPTORS: u64 = 16;

/// Seconds for which a server may hold a request without being taken for one that does not answer.
pub(crate) fn hold_s(fetch: &Fetch) -> u32 {
    HOLD_S.min(fetch.header_timeout_s.min(fetch.timeout_s).saturating_sub(5)).max(1)
}

/// The pauses between failures in a row.
pub(crate) struct Pauses(Duration);

impl Pauses {
    pub(crate) fn new() -> Pauses {
        Pauses(PAUSES.0)
    }

    /// After a success the next failure is the first again.
    pub(crate) fn reset(&mut self) {
        self.0 = PAUSES.0;
    }

    /// Waits. False: it was to stop meanwhile.
    pub(crate) async fn wait(&mut self, stop: &mut watch::Receiver<bool>) -> bool {
        let pause = self.0;
        self.0 = (pause * 2).min(PAUSES.1);
        rest(pause, stop).await
    }
}

/// Waits for so long. False: it was to stop meanwhile.
pub(crate) async fn rest(pause: Duration, stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => false,
        () = tokio::time::sleep(pause) => true,
    }
}

/// Serves a platform's events at an address until `stop`. `name` is the listener's.
pub(crate) async fn serve(
    address: SocketAddr,
    name: &'static str,
    router: Router,
    settings: &Settings,
    mut stop: watch::Receiver<bool>,
) {
    let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
    let settings = listener::Settings {
        name,
        limits: listener::Limits::of(listener::share(CONNECTIONS, OF_DESCRIPTORS)),
        proxies: settings.web.proxies.clone(),
        tls: None,
        importance: Arc::new(|_| listener::Importance::Ordinary),
    };
    match listener::bind(address) {
        Ok(listener) => listener::serve(listener, router, settings, stopped).await,
        Err(error) => {
            tracing::error!(%address, %error, name, "cannot serve events; what they would tell is polled only")
        }
    }
}

/// Compares a secret word without telling by its time how much is right.
pub(crate) fn is_same(told: &str, secret: &str) -> bool {
    Sha256::digest(told.as_bytes()) == Sha256::digest(secret.as_bytes())
}
