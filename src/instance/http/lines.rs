//! Answers that come line by line while a thread works on them.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;

/// Lines on their way to a slow reader: the work waits for it rather than fill memory.
const LINES_AHEAD: usize = 256;

/// The reader of an answer is gone.
pub struct Gone;

/// Where a thread that may block puts its lines.
pub struct Lines(mpsc::Sender<Result<Bytes, std::io::Error>>);

impl Lines {
    /// Sends a line, without its end.
    pub fn send(&self, mut line: Vec<u8>) -> Result<(), Gone> {
        line.push(b'\n');
        self.0.blocking_send(Ok(line.into())).map_err(|_| Gone)
    }

    /// Ends the answer as one that failed.
    pub fn fail(&self, error: &str) {
        let _ = self.0.blocking_send(Err(std::io::Error::other(error.to_owned())));
    }
}

/// An answer of JSON, a line each, which a thread writes.
pub fn answer(work: impl FnOnce(&Lines) + Send + 'static) -> Response {
    let (sender, receiver) = mpsc::channel(LINES_AHEAD);
    tokio::task::spawn_blocking(move || work(&Lines(sender)));
    let lines = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|line| (line, receiver))
    });
    ([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response()
}
