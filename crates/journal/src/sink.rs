//! How a stage follows a stream: read, apply, commit, and go on after whatever fails.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::{Checkpoint, Entry, Error, Reader};

/// A failure of a sink, said once where it is handled: in [`follow`].
pub type SinkError = Box<dyn StdError + Send + Sync>;

/// What a stage does with the messages of a stream.
pub trait Sink: Send {
    /// The checkpoint stored with the sink's own data. `None`: go on from what was committed to the journal.
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError>;

    /// Applies messages in order. When it returns they are durable, and so is the position where the sink keeps one.
    ///
    /// A message that cannot be understood is not an error: it comes back in [`Applied::refused`] and the stage goes on.
    /// An error means nothing of the batch counts as done: the batch comes again.
    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError>;
}

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Applied {
    /// Messages that could not be understood.
    pub refused: Vec<Refusal>,
}

/// A message that a sink could not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its partition.
    pub partition: u32,
    /// Its offset.
    pub offset: u64,
    /// Named reason, then words.
    pub reason: String,
}

/// What a stage tells about itself while it follows.
pub enum Progress<'a> {
    /// It found where to go on.
    Placed {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
    },
    /// A batch is done and committed.
    Done {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
        /// Messages in the batch.
        count: usize,
    },
    /// These messages were refused; whoever listens keeps them as dead letters before the position moves.
    Refused {
        /// The messages.
        entries: &'a [Entry],
        /// Why, in the order of the batch.
        refusals: &'a [Refusal],
    },
    /// There is nothing to do: what failed before works.
    Idle {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
    },
    /// Something failed and will be tried again.
    Failed {
        /// What.
        error: &'a dyn StdError,
        /// When it is tried again.
        retry_in: Duration,
    },
}

/// How a stage reads.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Messages in a batch at most: bounds the memory of a batch and what a crash repeats.
    pub batch: usize,
    /// How long to wait for a first message before looking whether to stop.
    pub wait: Duration,
}

/// The longest pause between two tries: an outage of an hour is noticed to be over within this.
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Follows a stream until `stop` is set. `report` may fail only for [`Progress::Refused`]; then the batch comes again.
pub fn follow(
    reader: &mut dyn Reader,
    sink: &mut dyn Sink,
    pace: Pace,
    stop: &AtomicBool,
    pause: &dyn Fn(Duration),
    report: &mut dyn FnMut(Progress<'_>) -> Result<(), Error>,
) {
    let mut retry = Duration::from_millis(100);
    let mut placed = false;
    while !stop.load(Ordering::Relaxed) {
        match step(reader, sink, pace, &mut placed, report) {
            Ok(()) => retry = Duration::from_millis(100),
            Err(error) => {
                placed = false;
                let _ = report(Progress::Failed { error: error.as_ref(), retry_in: retry });
                pause(retry);
                retry = (retry * 2).min(MAX_RETRY);
            }
        }
    }
}

/// One batch. After an error the reader is placed again, since it may have read past what was applied.
fn step(
    reader: &mut dyn Reader,
    sink: &mut dyn Sink,
    pace: Pace,
    placed: &mut bool,
    report: &mut dyn FnMut(Progress<'_>) -> Result<(), Error>,
) -> Result<(), SinkError> {
    if !*placed {
        let done = reader.seek(&sink.position()?.unwrap_or_default())?;
        *placed = true;
        report(Progress::Placed { checkpoint: &done })?;
    }
    let entries = reader.poll(pace.batch, pace.wait)?;
    if entries.is_empty() {
        report(Progress::Idle { checkpoint: &reader.position() })?;
        return Ok(());
    }
    let applied = sink.apply(&entries)?;
    if !applied.refused.is_empty() {
        report(Progress::Refused { entries: &entries, refusals: &applied.refused })?;
    }
    let done = reader.position();
    reader.commit(&done)?;
    report(Progress::Done { checkpoint: &done, count: entries.len() })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Embedded, Journal, Limits, Record, Stream};
    use std::sync::Arc;

    /// Keeps payloads, refuses "bad", and fails at its `fail_at`-th batch.
    struct Kept {
        payloads: Vec<String>,
        batches: usize,
        fail_at: usize,
    }

    impl Sink for Kept {
        fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
            Ok(None)
        }

        fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
            self.batches += 1;
            if self.batches == self.fail_at {
                return Err("the disk is gone".into());
            }
            let mut applied = Applied::default();
            for entry in entries {
                let payload = String::from_utf8_lossy(&entry.payload).into_owned();
                if payload == "bad" {
                    let reason = "bad".into();
                    applied.refused.push(Refusal { partition: entry.partition, offset: entry.offset, reason });
                } else {
                    self.payloads.push(payload);
                }
            }
            Ok(applied)
        }
    }

    /// Follows until everything is done; returns what was kept, refused and failed.
    fn run(fail_at: usize, fail_report: bool) -> (Vec<String>, usize, usize) {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { keep: Duration::from_secs(1), max_bytes: u64::MAX };
        let clock: model::Clock = Arc::new(|| model::Time::UNIX_EPOCH);
        let journal = Embedded::open(&folder.path().join("journal.db"), limits, clock).unwrap();
        let records: Vec<Record> =
            ["a", "b", "bad", "c"].iter().map(|p| Record::new("vk:-1_1", p.as_bytes().to_vec())).collect();
        let end = journal.append(Stream::Posts, &records).unwrap();
        let mut reader = journal.reader(Stream::Posts, "r").unwrap();
        let mut sink = Kept { payloads: Vec::new(), batches: 0, fail_at };
        let stop = AtomicBool::new(false);
        let (mut refused, mut failed, mut fail_report) = (0, 0, fail_report);
        let pace = Pace { batch: 2, wait: Duration::ZERO };
        follow(&mut *reader, &mut sink, pace, &stop, &|_| (), &mut |progress| {
            match progress {
                Progress::Placed { .. } | Progress::Idle { .. } => {}
                Progress::Done { checkpoint, .. } => stop.store(checkpoint.reaches(&end), Ordering::Relaxed),
                Progress::Refused { .. } if std::mem::take(&mut fail_report) => {
                    return Err(Error::Full("no room for dead letters".into()));
                }
                Progress::Refused { refusals, .. } => refused += refusals.len(),
                Progress::Failed { .. } => failed += 1,
            }
            Ok(())
        });
        (sink.payloads, refused, failed)
    }

    #[test]
    fn a_stage_goes_on_after_a_bad_message() {
        assert_eq!(run(0, false), (vec!["a".into(), "b".into(), "c".into()], 1, 0));
    }

    #[test]
    fn a_failed_batch_comes_again_whole() {
        assert_eq!(run(1, false), (vec!["a".into(), "b".into(), "c".into()], 1, 1));
        assert_eq!(run(2, false), (vec!["a".into(), "b".into(), "c".into()], 1, 1));
    }

    #[test]
    fn the_position_does_not_move_before_dead_letters_are_kept() {
        assert_eq!(run(0, true), (vec!["a".into(), "b".into(), "c".into(), "c".into()], 1, 1));
    }
}
