//! The threads that the stages run in, and what each reports of itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use journal::{
    Batching, Checkpoint, Entry, Error, Journal, Progress, Reader, Record, Rejected, Sink, Stream, run_consumer,
};
use model::{Clock, DeadLetter, PostId, wire};

/// How long a stage waits for messages before it looks whether to stop.
pub const WAIT: Duration = Duration::from_millis(250);

/// What a stage reports of itself.
#[derive(Debug, Clone)]
pub struct StageState {
    pub stream: Stream,
    /// Whether processes share the stream, so that this one reads only some of its partitions.
    pub shared: bool,
    /// How far it is in the partitions that it reads.
    pub checkpoint: Checkpoint,
    /// Messages since start.
    pub done: u64,
    /// How many times what was done was made durable.
    pub flushes: u64,
    pub refused: u64,
    pub error: Option<String>,
}

impl StageState {
    /// Everything before it is done. Of a stream that processes share this one knows its own partitions only, and after a
    /// rebalance or a death there are some that nobody reads: there the journal says what the processes together have done.
    pub fn done(&self, name: &str, journal: &dyn Journal) -> Result<Checkpoint, Error> {
        if self.shared { journal.committed(self.stream, name) } else { Ok(self.checkpoint.clone()) }
    }

    fn working(&mut self, name: &str, checkpoint: &Checkpoint) {
        if self.error.take().is_some() {
            tracing::info!(stage = name, "stage works again");
        }
        if self.checkpoint != *checkpoint {
            self.checkpoint = checkpoint.clone();
        }
    }
}

/// The stages that run in this process.
#[derive(Clone)]
pub struct Stages {
    shared: Arc<Shared>,
}

struct Shared {
    journal: Arc<dyn Journal>,
    clock: Clock,
    states: Mutex<BTreeMap<&'static str, StageState>>,
    stop: AtomicBool,
    /// Wakes a stage that waits before its next try when it is time to stop.
    stopping: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Stages {
    /// No stages yet.
    pub fn new(journal: Arc<dyn Journal>, clock: Clock) -> Stages {
        Stages {
            shared: Arc::new(Shared {
                journal,
                clock,
                states: Mutex::default(),
                stop: AtomicBool::new(false),
                stopping: Condvar::new(),
                threads: Mutex::default(),
            }),
        }
    }

    /// Starts a stage in a thread of its own.
    pub fn start(
        &self,
        name: &'static str,
        stream: Stream,
        shared: bool,
        batching: Batching,
        mut reader: Box<dyn Reader>,
        mut sink: Box<dyn Sink>,
    ) -> anyhow::Result<()> {
        let stages = Arc::clone(&self.shared);
        let state = StageState {
            stream,
            shared,
            checkpoint: Checkpoint::default(),
            done: 0,
            flushes: 0,
            refused: 0,
            error: None,
        };
        stages.states().insert(name, state);
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || {
            let pause = |time| stages.pause(time);
            run_consumer(&mut *reader, &mut *sink, batching, &stages.stop, &pause, &mut |progress| {
                stages.report(name, progress)
            });
        })?;
        lock(&self.shared.threads).push(thread);
        Ok(())
    }

    /// What each stage reports of itself.
    pub fn states(&self) -> BTreeMap<&'static str, StageState> {
        self.shared.states().clone()
    }

    /// Stops every stage after its batch and waits for them.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.stopping.notify_all();
        for thread in std::mem::take(&mut *lock(&self.shared.threads)) {
            if thread.join().is_err() {
                tracing::error!("a stage panicked");
            }
        }
    }
}

impl Shared {
    fn states(&self) -> MutexGuard<'_, BTreeMap<&'static str, StageState>> {
        lock(&self.states)
    }

    fn pause(&self, time: Duration) {
        let stopped = |_: &mut BTreeMap<_, _>| !self.stop.load(Ordering::Relaxed);
        drop(self.stopping.wait_timeout_while(self.states(), time, stopped));
    }

    fn report(&self, name: &'static str, progress: Progress<'_>) -> Result<(), Error> {
        if let Progress::Rejected { entries, rejected } = &progress {
            self.keep_dead_letters(name, entries, rejected)?;
        }
        let mut states = self.states();
        let Some(state) = states.get_mut(name) else {
            return Ok(());
        };
        match progress {
            Progress::Placed { checkpoint } => state.checkpoint = checkpoint.clone(),
            Progress::Rejected { rejected, .. } => state.refused += rejected.len() as u64,
            Progress::Done { checkpoint, count } => {
                state.working(name, checkpoint);
                state.done += count as u64;
                state.flushes += 1;
            }
            Progress::Idle { checkpoint } => state.working(name, checkpoint),
            Progress::Failed { error, retry_in } => {
                let words = error.to_string();
                // Logged when it begins, not at every try: the words may differ only by the name of a temporary file.
                if state.error.is_none() {
                    let retry_ms = retry_in.as_millis() as u64;
                    tracing::error!(stage = name, error = words, retry_ms, "stage failed and will try again");
                }
                state.error = Some(words);
            }
        }
        Ok(())
    }

    fn keep_dead_letters(&self, stage: &'static str, entries: &[Entry], rejected: &[Rejected]) -> Result<(), Error> {
        let stream = self.states().get(stage).map_or("", |state| state.stream.as_str());
        let letters = rejected.iter().map(|rejected| {
            let entry = entries.iter().find(|e| (e.partition, e.offset) == (rejected.partition, rejected.offset));
            let (key, payload) = entry.map_or(("", &[][..]), |entry| (&*entry.key, &*entry.payload));
            tracing::warn!(stage, offset = rejected.offset, reason = rejected.reason, "message refused");
            dead_letter(DeadLetter {
                stage: stage.into(),
                source: stream.into(),
                position: format!("{}:{}", rejected.partition, rejected.offset),
                reason: rejected.reason.clone(),
                at: (self.clock)(),
                id: PostId::new(key).ok(),
                payload: String::from_utf8_lossy(payload).into_owned(),
            })
        });
        self.journal.append(Stream::Dead, &letters.collect::<Vec<_>>())?;
        Ok(())
    }
}

/// A dead letter as a record, its payload cut. Its key is the post's id, so that a deletion at the source reaches it.
pub fn dead_letter(mut letter: DeadLetter) -> Record {
    if letter.payload.len() > wire::MAX_DEAD_PAYLOAD {
        let end = letter.payload.floor_char_boundary(wire::MAX_DEAD_PAYLOAD);
        letter.payload.truncate(end);
    }
    // Without an id no other letter may have the key: Kafka keeps the last of one key.
    let place = || format!("{}/{}/{}", letter.stage, letter.source, letter.position);
    let key = letter.id.as_ref().map_or_else(place, |id| id.to_string());
    Record::new(key, wire::write(&letter))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
