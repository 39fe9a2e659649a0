//! The loop of a stage.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::batching::{Batching, LastFlush, is_bulk};
use super::sink::{Rejected, Sink, SinkError};
use crate::api::{Checkpoint, Entry, Error, Reader};

/// What a running stage reports.
pub enum Progress<'a> {
    /// It found where to start.
    Placed {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
    },
    /// Messages are durable and committed.
    Done {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
        /// Messages since the last time.
        count: usize,
    },
    /// Messages were rejected; they must be kept as dead letters before the position moves past them.
    Rejected {
        /// The batch.
        entries: &'a [Entry],
        /// Which of its messages and why, in the order of the batch.
        rejected: &'a [Rejected],
    },
    /// There is nothing to do: whatever failed before works again.
    Idle {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
    },
    /// Something failed and will be retried.
    Failed {
        /// What.
        error: &'a dyn StdError,
        /// When it is retried.
        retry_in: Duration,
    },
}

/// The pause after a first failure; each further one doubles it.
const MIN_RETRY: Duration = Duration::from_millis(100);

/// The longest pause between retries: the end of a long outage is noticed within this.
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Consumes a stream until `stop` is set, then flushes. `report` may fail only for [`Progress::Rejected`]; the messages are then
/// delivered again.
pub fn run_consumer(
    reader: &mut dyn Reader,
    sink: &mut dyn Sink,
    batching: Batching,
    stop: &AtomicBool,
    pause: &dyn Fn(Duration),
    report: &mut dyn FnMut(Progress<'_>) -> Result<(), Error>,
) {
    let mut retry = MIN_RETRY;
    let mut consumer = Consumer { reader, sink, batching, report, state: State::default() };
    loop {
        let last = stop.load(Ordering::Relaxed);
        match consumer.step(last) {
            Ok(()) => retry = MIN_RETRY,
            Err(error) => {
                // The reader has read past what was flushed: it is placed again.
                consumer.state = State::default();
                let _ = (consumer.report)(Progress::Failed { error: error.as_ref(), retry_in: retry });
                if !last {
                    pause(retry);
                }
                retry = (retry * 2).min(MAX_RETRY);
            }
        }
        if last {
            return;
        }
    }
}

struct Consumer<'a> {
    reader: &'a mut dyn Reader,
    sink: &'a mut dyn Sink,
    batching: Batching,
    report: &'a mut dyn FnMut(Progress<'_>) -> Result<(), Error>,
    state: State,
}

#[derive(Default)]
struct State {
    /// The reader stands after what the sink has.
    placed: bool,
    pending: Option<Pending>,
    last_flush: LastFlush,
}

/// Messages that were applied and not flushed yet.
struct Pending {
    since: Instant,
    count: usize,
}

impl Pending {
    fn is_bulk(&self) -> bool {
        is_bulk(self.count, self.since.elapsed())
    }
}

/// What a poll told about the stream.
#[derive(Default)]
struct Polled {
    /// More messages are waiting.
    behind: bool,
    /// None came.
    idle: bool,
}

impl Consumer<'_> {
    /// Reads and applies one batch and flushes when it is due; with `last` only flushes what is left.
    fn step(&mut self, last: bool) -> Result<(), SinkError> {
        if !self.state.placed {
            if last {
                return Ok(());
            }
            self.place()?;
        }
        let polled = if last { Polled::default() } else { self.read()? };
        if self.state.pending.as_ref().is_some_and(|pending| last || self.is_due(pending, &polled)) {
            self.flush()?;
        }
        Ok(())
    }

    fn place(&mut self) -> Result<(), SinkError> {
        let done = self.reader.seek(&self.sink.position()?.unwrap_or_default())?;
        (self.report)(Progress::Placed { checkpoint: &done })?;
        self.state.placed = true;
        Ok(())
    }

    fn read(&mut self) -> Result<Polled, SinkError> {
        let Batching { batch, wait, flush } = self.batching;
        let State { pending, last_flush, .. } = &mut self.state;
        let bulk = pending.as_ref().is_some_and(Pending::is_bulk);
        let delay = flush.delay(false, last_flush.took);
        let left = |pending: &Pending| delay.saturating_sub(pending.since.elapsed());
        let until_flush = pending.as_ref().filter(|_| !bulk).map_or(wait, left);
        let entries = self.reader.poll(batch, until_flush.min(wait))?;
        let idle = entries.is_empty();
        if idle && pending.is_none() {
            (self.report)(Progress::Idle { checkpoint: &self.reader.position() })?;
        }
        if !idle {
            let applied = self.sink.apply(&entries)?;
            if !applied.rejected.is_empty() {
                (self.report)(Progress::Rejected { entries: &entries, rejected: &applied.rejected })?;
            }
            pending.get_or_insert_with(|| Pending { since: Instant::now(), count: 0 }).count += entries.len();
        }
        Ok(Polled { behind: entries.len() >= batch || (bulk && !idle), idle })
    }

    fn is_due(&self, pending: &Pending, polled: &Polled) -> bool {
        let policy = self.batching.flush;
        let expected = self.state.last_flush.expected(pending.count, polled.idle);
        pending.count >= policy.messages || pending.since.elapsed() >= policy.delay(polled.behind, expected)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let Some(Pending { count, .. }) = self.state.pending.take() else { return Ok(()) };
        let begun = Instant::now();
        self.sink.flush()?;
        self.state.last_flush = LastFlush { took: begun.elapsed(), count };
        // Everything that was read has been applied.
        let done = self.reader.position();
        self.reader.commit(&done)?;
        Ok((self.report)(Progress::Done { checkpoint: &done, count })?)
    }
}
