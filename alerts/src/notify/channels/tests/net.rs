//! Servers on the loopback, and a way to them that loses the answer.

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

/// Serves on a free port; the address without a path.
pub async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// A way to a server by which requests arrive and answers do not.
pub async fn lossy(base: &str) -> String {
    let to = base.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = TcpStream::connect(&to).await.unwrap();
            let (mut answers, mut requests) = server.split();
            let mut first = [0];
            tokio::select! {
                _ = copy(&mut client, &mut requests) => {}
                // The server has answered, so that the request has arrived whole.
                _ = answers.read(&mut first) => {}
            }
            let _ = client.shutdown().await;
        }
    });
    format!("http://{address}")
}

/// An address where nobody listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
