//! Where parsers run: beside the asynchronous threads, within a budget, and not too many large documents at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::Failure;
use crate::outcome::PollOutcome;
use crate::parsing::{Budget, PageError, Stopwatch};

/// A document that takes longer is written to take long: the largest honest ones take a second.
const TIME: Duration = Duration::from_secs(5);

/// A library that does not ask the budget is no longer waited for after this. It runs on, in its room.
const LONGEST: Duration = Duration::from_secs(15);

/// Larger documents wait for each other, and never keep an ordinary page or feed waiting.
const LARGE_KB: u32 = 512;

/// Large documents parsed at a time, together. While it is read a document takes up to ten times its size in memory.
const ROOM_KB: u32 = 20 * 1024;

/// Runs the parsers of all platforms.
pub(crate) struct Parsers {
    room: Arc<Semaphore>,
    stopwatch: Stopwatch,
}

impl Parsers {
    /// Parsers whose time is real time.
    pub(crate) fn new() -> Parsers {
        let start = Instant::now();
        Parsers::by(Arc::new(move || start.elapsed()))
    }

    fn by(stopwatch: Stopwatch) -> Parsers {
        Parsers { room: Arc::new(Semaphore::new(ROOM_KB as usize)), stopwatch }
    }

    /// Runs a parser of a document of so many bytes. A panic in a library that it uses is an outcome, not the end of a collector.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        parser: impl FnOnce(&Budget) -> Result<T, PageError> + Send + 'static,
    ) -> Result<T, Failure> {
        let room = self.room_for(bytes).await;
        let stopwatch = self.stopwatch.clone();
        let parsing = tokio::task::spawn_blocking(move || {
            let _room = room;
            parser(&Budget::timed(stopwatch, TIME))
        });
        match tokio::time::timeout(LONGEST, parsing).await {
            Ok(Ok(parsed)) => Ok(parsed?),
            Ok(Err(_)) => Err(PollOutcome::ParserFailed.into()),
            Err(_) => Err(PollOutcome::ParseOverrun.into()),
        }
    }

    /// The semaphore is never closed, so there is always room to come.
    async fn room_for(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let kilobytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX).min(ROOM_KB);
        if kilobytes < LARGE_KB {
            return None;
        }
        self.room.clone().acquire_many_owned(kilobytes).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_document_that_takes_too_long_ends_with_an_outcome_of_its_own() {
        // Each look at the time takes a second: what is counted is the work, not how fast this machine does it.
        let looks = Arc::new(AtomicU64::new(0));
        let counted = looks.clone();
        let parsers = Parsers::by(Arc::new(move || Duration::from_secs(counted.fetch_add(1, Ordering::Relaxed))));
        let page = "<div>".repeat(100);
        let read =
            parsers.run(500, move |budget| crate::parsing::html::document(page.as_bytes(), budget).map(drop)).await;
        let failure = read.unwrap_err();
        assert_eq!(
            (failure.outcome, failure.detail.as_deref()),
            (PollOutcome::ParseOverrun, Some("overrun: the time is over"))
        );
        assert_eq!(looks.load(Ordering::Relaxed), TIME.as_secs() + 2, "it stops at the first look beyond its time");
    }

    #[tokio::test]
    async fn large_documents_wait_for_each_other_and_keep_no_other_waiting() {
        let parsers = Parsers::new();
        let large = 12 * 1024 * 1024;
        let first = parsers.room_for(large).await;
        let mut second = std::pin::pin!(parsers.room_for(large));
        assert!(futures_util::future::poll_immediate(&mut second).await.is_none(), "both would not fit");
        assert_eq!(parsers.run(100_000, |_| Ok(7)).await.unwrap(), 7);
        drop(first);
        assert!(second.await.is_some());
        assert!(parsers.room_for(usize::MAX).await.is_some(), "the largest there can be fits alone");
    }

    #[tokio::test]
    async fn a_panic_of_a_parser_is_an_outcome() {
        let failed = Parsers::new().run::<()>(1, |_| std::panic::resume_unwind(Box::new("broken"))).await;
        assert_eq!(failed.unwrap_err().outcome, PollOutcome::ParserFailed);
    }
}
