//! How a stage follows a stream: read, apply, commit, and go on after whatever fails.

use std::error::Error as StdError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::{Checkpoint, Entry, Error, Reader};

/// A failure of a sink, said once where it is handled: in [`follow`].
pub type SinkError = Box<dyn StdError + Send + Sync>;

/// What a stage does with the messages of a stream.
pub trait Sink: Send {
    /// The checkpoint stored with the sink's own data. `None`: go on from what was committed to the journal.
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError>;

    /// Applies messages in order. When [`Sink::flush`] has returned they are durable, and so is the position where the
    /// sink keeps one.
    ///
    /// A message that cannot be understood is not an error: it comes back in [`Applied::refused`] and the stage goes on.
    /// An error means that nothing since the last flush counts as done: it comes again, after [`Sink::position`] was asked.
    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError>;

    /// Makes durable what was applied since the last flush. A sink whose `apply` does so itself has nothing to do here.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
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
    /// Messages are durable and committed.
    Done {
        /// Everything before it is done.
        checkpoint: &'a Checkpoint,
        /// Messages since the last time.
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
    /// How much is gathered before a flush.
    pub gather: Gather,
}

/// When what a sink applied is flushed: at whichever of these comes first. A flush costs the same for one message as for
/// thousands, so a stage that is behind gathers longer, and one that keeps up makes its messages visible soon.
#[derive(Debug, Clone, Copy)]
pub struct Gather {
    /// After its first message, where no more are waiting: the freshness of a stage that keeps up. It is longer where a flush
    /// takes long: the next one waits four times as long as it will take, judged by the last one.
    pub fresh: Duration,
    /// After its first message, whatever is waiting: what a crash repeats.
    pub most: Duration,
    /// Messages: bounds what a sink holds in memory.
    pub messages: usize,
}

impl Gather {
    /// Every batch is flushed. A shared reader needs it: between two polls a partition may go to another, which goes on from
    /// what is committed.
    pub const NOTHING: Gather = Gather { fresh: Duration::ZERO, most: Duration::ZERO, messages: 0 };
}

/// What was applied and not yet flushed.
struct Gathered {
    since: Instant,
    count: usize,
}

/// What the last flush took, and how many messages it made durable.
#[derive(Default, Clone, Copy)]
struct Flushed {
    took: Duration,
    count: usize,
}

impl Flushed {
    /// What a flush of so many messages will take. While messages come, as long as the last one, whose costs may have little to
    /// do with their number. Where none come, by their number: the few that a flood leaves behind need not wait as its thousands.
    fn foretells(self, count: usize, idle: bool) -> Duration {
        if idle && count < self.count { self.took.mul_f64(count as f64 / self.count as f64) } else { self.took }
    }
}

/// How much longer than a flush a stage gathers at least: a busy or slow machine must not spend its time on flushes, and on
/// merging the small pieces that they leave.
const FLUSH_REST: u32 = 4;

/// Messages a second that no sources bring, but an import, a replay or a stage that catches up: a stage that takes them as they
/// come gathers as one that is behind.
const FLOOD: u32 = 4_000;

/// So many make a rate.
const FLOOD_LEAST: usize = 1_000;

/// Whether so many messages in so long are a flood.
fn is_flood(count: usize, within: Duration) -> bool {
    count >= FLOOD_LEAST && count as f64 >= f64::from(FLOOD) * within.as_secs_f64()
}

impl Gather {
    /// How long to gather; `behind`: more messages are waiting; `flush`: what it will take.
    fn limit(&self, behind: bool, flush: Duration) -> Duration {
        if behind { self.most } else { self.fresh.max(flush * FLUSH_REST).min(self.most) }
    }
}

/// The longest pause between two tries: an outage of an hour is noticed to be over within this.
const MAX_RETRY: Duration = Duration::from_secs(30);

/// Follows a stream until `stop` is set, then flushes. `report` may fail only for [`Progress::Refused`]; then the messages
/// come again.
pub fn follow(
    reader: &mut dyn Reader,
    sink: &mut dyn Sink,
    pace: Pace,
    stop: &AtomicBool,
    pause: &dyn Fn(Duration),
    report: &mut dyn FnMut(Progress<'_>) -> Result<(), Error>,
) {
    let mut retry = Duration::from_millis(100);
    let mut place = Place::default();
    loop {
        let last = stop.load(Ordering::Relaxed);
        match step(reader, sink, pace, last, &mut place, report) {
            Ok(()) => retry = Duration::from_millis(100),
            Err(error) => {
                place = Place::default();
                let _ = report(Progress::Failed { error: error.as_ref(), retry_in: retry });
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

/// How far a stage is.
#[derive(Default)]
struct Place {
    /// The reader stands after what the sink has.
    placed: bool,
    gathered: Option<Gathered>,
    flushed: Flushed,
}

/// One batch, or with `last` the flush of what is left. After an error the reader is placed again, since it has read past
/// what was flushed.
fn step(
    reader: &mut dyn Reader,
    sink: &mut dyn Sink,
    pace: Pace,
    last: bool,
    place: &mut Place,
    report: &mut dyn FnMut(Progress<'_>) -> Result<(), Error>,
) -> Result<(), SinkError> {
    if !place.placed {
        if last {
            return Ok(());
        }
        let done = reader.seek(&sink.position()?.unwrap_or_default())?;
        report(Progress::Placed { checkpoint: &done })?;
        place.placed = true;
    }
    let gathered = &mut place.gathered;
    let (mut behind, mut idle) = (false, false);
    if !last {
        let limit = pace.gather.limit(false, place.flushed.took);
        let flood = gathered.as_ref().is_some_and(|gathered| is_flood(gathered.count, gathered.since.elapsed()));
        let left = |gathered: &Gathered| limit.saturating_sub(gathered.since.elapsed());
        let wait = gathered.as_ref().filter(|_| !flood).map_or(pace.wait, left);
        let entries = reader.poll(pace.batch, wait.min(pace.wait))?;
        behind = entries.len() >= pace.batch || (flood && !entries.is_empty());
        idle = entries.is_empty();
        if idle && gathered.is_none() {
            report(Progress::Idle { checkpoint: &reader.position() })?;
        }
        if !idle {
            let applied = sink.apply(&entries)?;
            if !applied.refused.is_empty() {
                report(Progress::Refused { entries: &entries, refusals: &applied.refused })?;
            }
            gathered.get_or_insert_with(|| Gathered { since: Instant::now(), count: 0 }).count += entries.len();
        }
    }
    let limit = |count| pace.gather.limit(behind, place.flushed.foretells(count, idle));
    let is_due = |gathered: &Gathered| {
        gathered.count >= pace.gather.messages || gathered.since.elapsed() >= limit(gathered.count)
    };
    if gathered.as_ref().is_some_and(|gathered| last || is_due(gathered))
        && let Some(Gathered { count, .. }) = gathered.take()
    {
        let begun = Instant::now();
        sink.flush()?;
        place.flushed = Flushed { took: begun.elapsed(), count };
        // Everything that was read has been applied.
        let done = reader.position();
        reader.commit(&done)?;
        report(Progress::Done { checkpoint: &done, count })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Embedded, Journal, Limits, Record, Stream};
    use std::sync::Arc;

    /// Keeps payloads when it is flushed, refuses "bad", and fails at its `fail_at`-th batch.
    struct Kept {
        gathered: Vec<String>,
        kept: Vec<String>,
        batches: usize,
        flushes: usize,
        fail_at: usize,
        /// Set at the last message, where the test wants to stop before it is flushed.
        stop_at_last: Option<Arc<AtomicBool>>,
    }

    impl Sink for Kept {
        fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
            self.gathered.clear();
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
                    applied.refused.push(Refusal { partition: entry.partition, offset: entry.offset, reason });
                } else {
                    self.gathered.push(payload);
                }
            }
            Ok(applied)
        }

        fn flush(&mut self) -> Result<(), SinkError> {
            self.flushes += 1;
            self.kept.append(&mut self.gathered);
            Ok(())
        }
    }

    /// One run over the messages a, b, bad, c in batches of two.
    struct Run {
        fail_at: usize,
        fail_report: bool,
        gather: Gather,
        stop_at_last: bool,
    }

    const PLAIN: Run = Run { fail_at: 0, fail_report: false, gather: Gather::NOTHING, stop_at_last: false };

    /// Follows until everything is done; what was kept, and how many were refused, failed and flushed.
    #[track_caller]
    fn check(run: Run, kept: &[&str], refused: usize, failed: usize, flushes: usize) {
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
        let (gathered, fail_at) = (Vec::new(), run.fail_at);
        let mut sink = Kept { gathered, kept: Vec::new(), batches: 0, flushes: 0, fail_at, stop_at_last };
        let (mut said_refused, mut said_failed, mut fail_report) = (0, 0, run.fail_report);
        let mut done = Checkpoint::default();
        let pace = Pace { batch: 2, wait: Duration::ZERO, gather: run.gather };
        follow(&mut *reader, &mut sink, pace, &stop, &|_| (), &mut |progress| {
            match progress {
                Progress::Placed { checkpoint } => done = checkpoint.clone(),
                Progress::Idle { checkpoint } => assert_eq!(*checkpoint, done, "what is not flushed is not done"),
                Progress::Done { checkpoint, .. } => {
                    done = checkpoint.clone();
                    stop.store(checkpoint.reaches(&end), Ordering::Relaxed);
                }
                Progress::Refused { .. } if std::mem::take(&mut fail_report) => {
                    return Err(Error::Full("no room for dead letters".into()));
                }
                Progress::Refused { refusals, .. } => said_refused += refusals.len(),
                Progress::Failed { .. } => said_failed += 1,
            }
            Ok(())
        });
        assert_eq!(sink.kept, kept);
        assert_eq!((said_refused, said_failed, sink.flushes), (refused, failed, flushes));
        let placed = journal.reader(Stream::Posts, "r").unwrap().seek(&Checkpoint::default()).unwrap();
        assert_eq!(placed, end, "committed");
    }

    #[test]
    fn a_stage_goes_on_after_a_bad_message() {
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
    fn messages_are_gathered_and_flushed_together() {
        let long = Duration::from_secs(3600);
        let gather = |messages| Gather { fresh: long, most: long, messages };
        check(Run { gather: gather(3), ..PLAIN }, &["a", "b", "c"], 1, 0, 1);
        // What a failure leaves unflushed comes again.
        check(Run { gather: gather(3), fail_at: 2, ..PLAIN }, &["a", "b", "c"], 1, 1, 1);
        // A stage that keeps up does not wait for a batch that never comes.
        check(Run { gather: Gather { fresh: Duration::ZERO, ..gather(100) }, ..PLAIN }, &["a", "b", "c"], 1, 0, 1);
    }

    #[test]
    fn what_no_sources_bring_is_a_flood() {
        let is = |count, ms| is_flood(count, Duration::from_millis(ms));
        assert_eq!([is(999, 1), is(1_000, 250), is(1_000, 251), is(80_000, 20_000)], [false, true, false, true]);
    }

    #[test]
    fn a_stage_gathers_longer_where_a_flush_takes_long_and_never_too_long() {
        let gather = Gather { fresh: Duration::from_millis(250), most: Duration::from_secs(20), messages: 100 };
        let limit = |behind, took_ms| gather.limit(behind, Duration::from_millis(took_ms)).as_millis();
        assert_eq!([limit(false, 0), limit(false, 100), limit(false, 60_000)], [250, 400, 20_000]);
        assert_eq!(limit(true, 0), 20_000);
        assert_eq!(Gather::NOTHING.limit(false, Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn what_a_flood_leaves_behind_does_not_wait_as_long_as_the_flood() {
        let flushed = Flushed { took: Duration::from_secs(2), count: 40_000 };
        let foretells = |count, idle| flushed.foretells(count, idle).as_millis();
        assert_eq!([foretells(400, true), foretells(400, false), foretells(80_000, true)], [20, 2_000, 2_000]);
        assert_eq!(Flushed::default().foretells(1, true), Duration::ZERO);
    }

    #[test]
    fn what_was_gathered_is_flushed_at_the_end() {
        let long = Duration::from_secs(3600);
        let gather = Gather { fresh: long, most: long, messages: 100 };
        check(Run { gather, stop_at_last: true, ..PLAIN }, &["a", "b", "c"], 1, 0, 1);
    }
}
