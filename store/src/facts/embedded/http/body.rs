//! The body of a request, as it comes in.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::facts::embedded::exception::{Code, Exception};
use crate::facts::embedded::statement::{Insert, split_insert};

/// A longer query text would make a session parse for seconds; data of an INSERT is not counted.
const MAX_QUERY_BYTES: usize = 4 << 20;

/// A client that sends nothing for this long has gone, and must not keep a place among the queries.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// What reaches the thread that inserts. A channel that closes without `End` cancels the INSERT.
pub(super) enum Chunk {
    Data(Bytes),
    End,
}

/// What a request turns out to be.
pub(super) enum Head {
    /// A whole query.
    Query(String),
    /// An INSERT whose data follows.
    Insert(Insert),
}

/// The query of the address and the body, one text to ClickHouse, and how much of it was read.
pub(super) struct Incoming {
    body: Body,
    seen: Vec<u8>,
}

impl Incoming {
    /// The body after the query of the address, if there was one.
    pub(super) fn new(body: Body, query: Option<String>) -> Incoming {
        Incoming { body, seen: query.map(String::into_bytes).unwrap_or_default() }
    }

    /// Ends the query of the address, so that the body starts on a line of its own.
    pub(super) fn end_line(&mut self) {
        if !self.seen.is_empty() {
            self.seen.push(b'\n');
        }
    }

    /// Reads until it is clear what this is.
    pub(super) async fn head(&mut self) -> Result<Head, Exception> {
        let mut stream = std::mem::take(&mut self.body).into_data_stream();
        loop {
            if let Some(insert) = split_insert(&self.seen, false) {
                self.body = Body::from_stream(stream);
                return Ok(Head::Insert(insert));
            }
            if self.seen.len() > MAX_QUERY_BYTES {
                return Err(Exception::new(
                    Code::QueryTooLong,
                    &format!("a query has at most {MAX_QUERY_BYTES} bytes"),
                ));
            }
            match next(&mut stream).await? {
                Some(data) => self.seen.extend_from_slice(&data),
                None => break,
            }
        }
        if let Some(insert) = split_insert(&self.seen, true) {
            return Ok(Head::Insert(insert));
        }
        String::from_utf8(std::mem::take(&mut self.seen))
            .map(Head::Query)
            .map_err(|_| Exception::new(Code::Syntax, "the query is not UTF-8"))
    }

    /// The whole body, which is not an INSERT.
    pub(super) async fn all(&mut self) -> Result<Vec<u8>, Exception> {
        let mut stream = std::mem::take(&mut self.body).into_data_stream();
        let mut bytes = Vec::new();
        while let Some(data) = next(&mut stream).await? {
            bytes.extend_from_slice(&data);
            if bytes.len() > MAX_QUERY_BYTES {
                return Err(Exception::new(Code::QueryTooLong, &format!("a form has at most {MAX_QUERY_BYTES} bytes")));
            }
        }
        Ok(bytes)
    }

    /// Sends the data to the inserting thread. If that thread has given up, the rest is read and dropped: a client that is still
    /// sending would not see the reason.
    pub(super) async fn pour(self, data_at: usize, sender: mpsc::Sender<Chunk>) {
        let mut wanted = sender.send(Chunk::Data(Bytes::from(self.seen).slice(data_at..))).await.is_ok();
        let mut stream = self.body.into_data_stream();
        loop {
            match next(&mut stream).await {
                Ok(Some(data)) => wanted = wanted && sender.send(Chunk::Data(data)).await.is_ok(),
                Ok(None) => break,
                Err(_) => return,
            }
        }
        if wanted {
            // If the thread is gone, it reports an error of its own.
            let _ = sender.send(Chunk::End).await;
        }
    }
}

async fn next(stream: &mut axum::body::BodyDataStream) -> Result<Option<Bytes>, Exception> {
    match tokio::time::timeout(BODY_TIMEOUT, stream.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(data))) => Ok(Some(data)),
        Ok(Some(Err(_))) | Err(_) => Err(Exception::new(Code::SocketTimeout, "the body did not come to its end")),
    }
}
