//! A connection whose peer must read what it asked for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use crate::patience::Patience;

/// A stream that fails to be written once its reader has kept us waiting for too long.
pub struct PatientStream<S> {
    stream: S,
    patience: Patience,
    /// The wait that is going on: since when, and what ends it.
    wait: Option<(Instant, Pin<Box<Sleep>>)>,
    /// Whether the reader keeps us waiting.
    blocked: Arc<AtomicBool>,
}

impl<S> PatientStream<S> {
    pub fn new(stream: S, limit: Duration, blocked: Arc<AtomicBool>) -> PatientStream<S> {
        PatientStream { stream, patience: Patience::new(limit), wait: None, blocked }
    }

    fn watch(&mut self, context: &mut Context<'_>, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(written) => {
                let waited = self.wait.take().map_or(Duration::ZERO, |(since, _)| since.elapsed());
                self.patience.moved(*written.as_ref().unwrap_or(&0), waited);
                self.blocked.store(false, Ordering::Relaxed);
                Poll::Ready(written)
            }
            Poll::Pending => {
                self.blocked.store(true, Ordering::Relaxed);
                let left = self.patience.left();
                let (_, end) = self.wait.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
                let too_slow = || io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing");
                end.as_mut().poll(context).map(|()| Err(too_slow()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PatientStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for PatientStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.watch(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
