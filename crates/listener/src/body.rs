//! Bodies: of a request, whose sender must go on sending, and of an answer, which is known to be over.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, timeout};

use crate::patience::Patience;
use crate::seats::Answering;

/// The body of a request, which fails once its sender has kept us waiting for too long.
pub fn patient(body: Incoming, limit: Duration) -> Body {
    if body.is_end_stream() {
        return Body::empty();
    }
    let pieces = futures_util::stream::unfold(Some((body, Patience::new(limit))), |state| async {
        let (mut body, mut patience) = state?;
        let since = Instant::now();
        match timeout(patience.left(), body.frame()).await {
            Ok(None) => None,
            Ok(Some(Ok(frame))) => {
                let data = frame.into_data().unwrap_or_default();
                patience.moved(data.len(), since.elapsed());
                Some((Ok(data), Some((body, patience))))
            }
            Ok(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
            Err(_) => Some((Err(io::Error::new(io::ErrorKind::TimedOut, "the body does not come")), None)),
        }
    });
    Body::from_stream(pieces)
}

/// The body of an answer. Its connection is being answered until it is written or given up.
pub struct Answered {
    pub body: Body,
    pub _answering: Option<Answering>,
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
