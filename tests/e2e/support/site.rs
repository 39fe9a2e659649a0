//! A site on this machine.

use std::net::SocketAddr;

/// Serves a router until it is dropped.
pub struct Site {
    pub address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    pub fn new(router: axum::Router) -> Site {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Site { address, _runtime: runtime }
    }

    /// Its root without the slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
