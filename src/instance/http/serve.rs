//! The page and the API on the network, and with them the operator's routes on the socket in the data folder.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::http::request::Parts;
use listener::{Importance, Limits, Settings};
use tokio::net::UnixListener;
use tokio::sync::watch;

use super::admin;
use super::gateway::public_router;
use crate::folder::Folder;
use crate::instance::Instance;
use crate::instance::peers::Peers;
use crate::instance::tls;

/// What the owner of the data folder may ask: the same and more.
pub fn own_router(instance: &Arc<Instance>) -> Router {
    public_router(instance).merge(admin::router(Arc::clone(instance)))
}

/// Threads that answer the page. They wait for others most of the time.
const THREADS: usize = 2;

/// Threads on which the page's routes may block: searches and exports have so many places that others remain ([`web::Works`]).
const BLOCKING_THREADS: usize = 32;

/// Connections of the page and of a role. A browser has six; each is memory and a descriptor.
const CONNECTIONS: usize = 1024;

/// At most one in so many descriptors is for one of them.
const OF_DESCRIPTORS: u64 = 4;

/// How long another role may keep us waiting: it reads at the pace of its own work, as a replay whose Kafka is away. Nobody else has
/// anything to read there.
const ROLES_PATIENCE: Duration = Duration::from_secs(3600);

/// What the listener of the page is told. It is encrypted where the configuration has a certificate.
pub fn page_settings(web: &config::Web) -> Result<Settings> {
    let importance = |parts: &Parts| if is_watching(parts) { Importance::Vital } else { Importance::Ordinary };
    let limits = Limits::of(listener::share(CONNECTIONS, OF_DESCRIPTORS));
    let (proxies, tls) = (web.proxies.clone(), tls::acceptors(web.certificate.as_ref())?);
    Ok(Settings { name: "page", limits, proxies, tls, importance: Arc::new(importance) })
}

/// What the listener of a role is told that answers the others. It is encrypted where the configuration has a certificate.
pub fn role_settings(peers: &Peers) -> Result<Settings> {
    let tls = tls::acceptors(peers.certificate())?;
    let peers = peers.clone();
    let importance = move |parts: &Parts| match peers.know(parts) {
        true => Importance::Own,
        false if is_watching(parts) => Importance::Vital,
        false => Importance::Ordinary,
    };
    let limits = Limits { patience: ROLES_PATIENCE, ..Limits::of(listener::share(CONNECTIONS, OF_DESCRIPTORS)) };
    Ok(Settings { name: "role", limits, proxies: Vec::new(), tls, importance: Arc::new(importance) })
}

fn is_watching(parts: &Parts) -> bool {
    web::OPEN.contains(&parts.uri.path())
}

/// Serves the page until `stop`; returns the address. It has threads of its own: whatever it is asked for, collectors, alerts and
/// deliveries find theirs free.
pub async fn serve_page(
    listen: SocketAddr,
    router: Router,
    settings: Settings,
    stop: watch::Receiver<bool>,
) -> Result<SocketAddr> {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    threads.worker_threads(THREADS).max_blocking_threads(BLOCKING_THREADS).thread_name(settings.name).enable_all();
    let runtime = threads.build().context("cannot start the threads of the page")?;
    let bound = runtime.spawn(async move { listener::bind(listen) }).await;
    let listener = bound.context("the page is not served")?.with_context(|| {
        format!("cannot listen on {listen}: is another instance running? Choose another with --listen or [web] listen")
    })?;
    let address = listener.local_addr()?;
    let serving = move || runtime.block_on(listener::serve(listener, router, settings, stopped(stop)));
    std::thread::Builder::new().name("serve".into()).spawn(serving).context("no thread")?;
    Ok(address)
}

/// Serves the operator's routes on the folder's socket until `stop`. The lock is held, so a socket left by a dead process is ours to replace.
pub fn serve_own(folder: &Folder, router: Router, stop: watch::Receiver<bool>) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.socket();
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot replace the socket {}", path.display()));
        }
        _ => {}
    }
    let listener = folder.short_socket().and_then(UnixListener::bind);
    let listener = listener.with_context(|| format!("cannot listen on {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped(stop)).await {
            tracing::error!(%error, "commands can no longer reach this instance");
        }
    });
    Ok(())
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
