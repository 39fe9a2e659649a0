//! Processor time that this process has used so far, by what its threads work for. Linux's `/proc` is the source.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often the threads are sampled. What a thread used between the last sample and its end is lost, and those of tantivy live for
/// one commit.
const SAMPLE_EVERY: Duration = Duration::from_millis(50);

/// A thread's name is read at its first samples only: a new thread carries its parent's name for a moment, later names stay, and
/// reading the names of all threads every time would itself be a load.
const NAME_SAMPLES: u32 = 3;

/// What is known of a thread.
#[derive(Clone, Copy)]
struct Thread {
    work: Work,
    /// Nanoseconds on a processor.
    used: u64,
    samples: u32,
}

/// What threads work for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Making posts and appending them.
    Append,
    /// The stage that classifies.
    Classify,
    /// The search index, with tantivy's own threads.
    Search,
    /// The figures, with ClickHouse's own threads.
    Facts,
    /// Alerts.
    Alerts,
    /// Kafka's client: compression, network.
    Kafka,
    /// Watching.
    Other,
}

impl Work {
    /// What belongs to the path of a post.
    pub const STAGES: [Work; 6] = [Work::Append, Work::Classify, Work::Search, Work::Facts, Work::Alerts, Work::Kafka];

    /// Its name in a report.
    pub fn as_str(self) -> &'static str {
        match self {
            Work::Append => "append",
            Work::Classify => "classify",
            Work::Search => "search",
            Work::Facts => "facts",
            Work::Alerts => "alerts",
            Work::Kafka => "kafka",
            Work::Other => "other",
        }
    }

    /// Told by the name of a thread, which Linux cuts to 15 bytes. Threads that are not ours are ClickHouse's, or carry requests to it.
    fn of(name: &str) -> Work {
        let is = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        match name {
            _ if is(&["bench-append"]) => Work::Append,
            _ if is(&["classify"]) => Work::Classify,
            _ if is(&["search", "thrd-tantivy", "merge_thread", "segment_updater", "docstore"]) => Work::Search,
            _ if is(&["alerts"]) => Work::Alerts,
            _ if is(&["rdk:"]) => Work::Kafka,
            _ if is(&["otklik", "bench"]) => Work::Other,
            _ => Work::Facts,
        }
    }
}

/// Every thread that there has been.
#[derive(Default)]
struct Threads {
    /// By their ids, which Linux reuses.
    last: HashMap<u32, Thread>,
    /// The time of threads whose id another thread has now.
    ended: HashMap<Work, u64>,
}

/// Adds up the processor time of every thread that there has been.
pub struct Meter {
    used: Arc<Mutex<Threads>>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Meter {
    /// Begins to sample.
    pub fn start() -> std::io::Result<Meter> {
        let (used, stop) = (Arc::new(Mutex::new(Threads::default())), Arc::new(AtomicBool::new(false)));
        let (seen, stopped) = (Arc::clone(&used), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("bench-meter".into()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                sample(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
                std::thread::sleep(SAMPLE_EVERY);
            }
        })?;
        Ok(Meter { used, stop, thread: Some(thread) })
    }

    /// Nanoseconds of processor time by work since the process began.
    pub fn used(&self) -> HashMap<Work, u64> {
        let mut threads = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        sample(&mut threads);
        let mut sums = threads.ended.clone();
        threads.last.values().for_each(|seen| *sums.entry(seen.work).or_default() += seen.used);
        sums
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It does nothing that could panic.
            let _ = thread.join();
        }
    }
}

/// Notes what each thread has used.
fn sample(threads: &mut Threads) {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return;
    };
    for task in tasks.flatten() {
        let Some(id) = task.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).ok();
        // The first number of schedstat: time on a processor, in nanoseconds.
        let Some(used) = read("schedstat").and_then(|stat| stat.split(' ').next()?.parse::<u64>().ok()) else {
            continue;
        };
        let unknown = Thread { work: Work::Other, used: 0, samples: 0 };
        let seen = threads.last.entry(id).or_insert(unknown);
        if used < seen.used {
            *threads.ended.entry(seen.work).or_default() += seen.used;
            *seen = unknown;
        }
        if seen.samples < NAME_SAMPLES {
            // A thread that has not run since the last sample cannot have set its name.
            seen.samples += u32::from(used > seen.used);
            seen.work = Work::of(read("comm").unwrap_or_default().trim());
        }
        seen.used = used;
    }
}

/// Processor time of this process, including threads that ended.
pub fn process_time() -> Duration {
    /// Ticks of the clock that Linux counts in, the same on every machine.
    const PER_SECOND: u64 = 100;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses, which may hold anything: the 12th and the 13th field are user and system time.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1000 / PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_counted_by_what_a_thread_works_for_and_kept_when_it_ends() {
        let meter = Meter::start().unwrap();
        let before = meter.used().get(&Work::Classify).copied().unwrap_or_default();
        let (done, go) = (std::sync::mpsc::channel::<u64>(), std::sync::mpsc::channel::<()>());
        let thread = std::thread::Builder::new().name("classify".into()).spawn(move || {
            done.0.send((0..20_000_000_u64).fold(1, |a, b| a ^ b.wrapping_mul(a | 1))).unwrap();
            // Stays until it was sampled.
            go.1.recv().unwrap();
        });
        assert!(done.1.recv().unwrap() > 0);
        let after = meter.used()[&Work::Classify];
        go.0.send(()).unwrap();
        thread.unwrap().join().unwrap();
        assert!(after > before, "{before} {after}");
        assert!(meter.used()[&Work::Classify] >= after);
    }
}
