//! How a stage consumes a stream: what it repeats, what it commits, when it flushes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use journal::{
    Applied, Batching, Checkpoint, Embedded, Entry, Error, FlushPolicy, Journal, Limits, Progress, Record, Rejected,
    Sink, SinkError, Stream, run_consumer,
};

/// Keeps payloads once flushed, rejects "bad", and fails at its `fail_at`-th batch.
struct Kept {
    pending: Vec<String>,
    kept: Vec<String>,
    batches: usize,
    flushes: usize,
    fail_at: usize,
    /// Set at the last message, where the test wants to stop before it is flushed.
    stop_at_last: Option<Arc<AtomicBool>>,
}

impl Sink for Kept {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.pending.clear();
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
            if let ("c", Some(stop)) = (&*payload, &self.stop_at_last) {
                stop.store(true, Ordering::Relaxed);
            }
            if payload == "bad" {
                let reason = "bad".into();
                applied.rejected.push(Rejected { partition: entry.partition, offset: entry.offset, reason });
            } else {
                self.pending.push(payload);
            }
        }
        Ok(applied)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.flushes += 1;
        self.kept.append(&mut self.pending);
        Ok(())
    }
}

/// One run over the messages a, b, bad, c in batches of two.
struct Run {
    fail_at: usize,
    fail_report: bool,
    flush: FlushPolicy,
    stop_at_last: bool,
}

const PLAIN: Run = Run { fail_at: 0, fail_report: false, flush: FlushPolicy::EVERY_BATCH, stop_at_last: false };

/// Consumes until everything is done; then compares what was kept, and the numbers of rejections, failures and flushes.
#[track_caller]
fn check(run: Run, kept: &[&str], rejected: usize, failed: usize, flushes: usize) {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { keep: Duration::from_secs(1), max_bytes: u64::MAX };
    let clock: model::Clock = Arc::new(|| model::Time::UNIX_EPOCH);
    let journal = Embedded::open(&folder.path().join("journal.db"), limits, clock).unwrap();
    let records: Vec<Record> =
        ["a", "b", "bad", "c"].iter().map(|p| Record::new("vk:-1_1", p.as_bytes().to_vec())).collect();
    let end = journal.append(Stream::Posts, &records).unwrap();
    let mut reader = journal.reader(Stream::Posts, "r").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let stop_at_last = run.stop_at_last.then(|| Arc::clone(&stop));
    let (pending, fail_at) = (Vec::new(), run.fail_at);
    let mut sink = Kept { pending, kept: Vec::new(), batches: 0, flushes: 0, fail_at, stop_at_last };
    let (mut rejections, mut failures, mut fail_report) = (0, 0, run.fail_report);
    let mut done = Checkpoint::default();
    let batching = Batching { batch: 2, wait: Duration::ZERO, flush: run.flush };
    run_consumer(&mut *reader, &mut sink, batching, &stop, &|_| (), &mut |progress| {
        match progress {
            Progress::Placed { checkpoint } => done = checkpoint.clone(),
            Progress::Idle { checkpoint } => assert_eq!(*checkpoint, done, "what is not flushed is not done"),
            Progress::Done { checkpoint, .. } => {
                done = checkpoint.clone();
                stop.store(checkpoint.reaches(&end), Ordering::Relaxed);
            }
            Progress::Rejected { .. } if std::mem::take(&mut fail_report) => {
                return Err(Error::Full("no room for dead letters".into()));
            }
            Progress::Rejected { rejected, .. } => rejections += rejected.len(),
            Progress::Failed { .. } => failures += 1,
        }
        Ok(())
    });
    assert_eq!(sink.kept, kept);
    assert_eq!((rejections, failures, sink.flushes), (rejected, failed, flushes));
    let placed = journal.reader(Stream::Posts, "r").unwrap().seek(&Checkpoint::default()).unwrap();
    assert_eq!(placed, end, "committed");
}

#[test]
fn a_stage_carries_on_after_a_bad_message() {
    check(PLAIN, &["a", "b", "c"], 1, 0, 2);
}

#[test]
fn a_failed_batch_comes_again_whole() {
    check(Run { fail_at: 1, ..PLAIN }, &["a", "b", "c"], 1, 1, 2);
    check(Run { fail_at: 2, ..PLAIN }, &["a", "b", "c"], 1, 1, 2);
}

#[test]
fn the_position_does_not_move_before_dead_letters_are_kept() {
    check(Run { fail_report: true, ..PLAIN }, &["a", "b", "c"], 1, 1, 2);
}

#[test]
fn messages_are_collected_and_flushed_together() {
    let long = Duration::from_secs(3600);
    let after = |messages| FlushPolicy { caught_up: long, behind: long, messages };
    check(Run { flush: after(3), ..PLAIN }, &["a", "b", "c"], 1, 0, 1);
    // What a failure leaves unflushed comes again.
    check(Run { flush: after(3), fail_at: 2, ..PLAIN }, &["a", "b", "c"], 1, 1, 1);
    // A stage that is caught up does not wait for a batch that never comes.
    check(Run { flush: FlushPolicy { caught_up: Duration::ZERO, ..after(100) }, ..PLAIN }, &["a", "b", "c"], 1, 0, 1);
}

#[test]
fn what_is_pending_is_flushed_at_the_end() {
    let long = Duration::from_secs(3600);
    let flush = FlushPolicy { caught_up: long, behind: long, messages: 100 };
    check(Run { flush, stop_at_last: true, ..PLAIN }, &["a", "b", "c"], 1, 0, 1);
}
