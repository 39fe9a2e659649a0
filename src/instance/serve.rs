//! The page and the API on the network, and with them the operator's routes on the socket in the data folder.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;

use super::gateway::public_router;
use super::{Instance, admin};
use crate::instance::folder::Folder;

/// What the owner of the data folder may ask: the same and more.
pub fn own_router(instance: &Arc<Instance>) -> Router {
    public_router(instance).merge(admin::router(Arc::clone(instance)))
}

/// Serves the page until `stop`; returns the address.
pub async fn serve_page(listen: SocketAddr, router: Router, stop: watch::Receiver<bool>) -> Result<SocketAddr> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: is another instance running? Choose another with --listen or [web] listen")
    })?;
    let address = listener.local_addr()?;
    // The end of an answer must not wait until its beginning was acknowledged.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped(stop)).await {
            tracing::error!(%error, "the page is no longer served");
        }
    });
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
    let listener = UnixListener::bind(&path).with_context(|| format!("cannot listen on {}", path.display()))?;
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
