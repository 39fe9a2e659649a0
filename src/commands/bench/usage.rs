//! What this process has used so far, by what its threads work for. Linux's `/proc` is the source.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Threads that end between two looks lose what they used since the last one: tantivy's live for a commit.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Looks at which a thread's name is read: a new one carries its parent's for a moment. Later it is what it was, and reading
/// the names of all threads every time would itself be a load.
const NAME_LOOKS: u32 = 3;

/// What is known of a thread.
#[derive(Clone, Copy)]
struct Seen {
    work: Work,
    /// Nanoseconds on a processor.
    used: u64,
    looks: u32,
}

/// What threads work for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Making posts and appending them.
    Append,
    Classify,
    Search,
    Facts,
    Alerts,
    /// Kafka's client: compression, network.
    Kafka,
    /// Watching.
    Other,
}

impl Work {
    pub const STAGES: [Work; 6] = [Work::Append, Work::Classify, Work::Search, Work::Facts, Work::Alerts, Work::Kafka];

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

    /// By a thread's name, cut to 15 bytes by Linux. What is not ours is ClickHouse's, or carries its requests.
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

/// Every thread there ever was.
#[derive(Default)]
struct Threads {
    /// By their numbers, which Linux gives again.
    last: HashMap<u32, Seen>,
    /// Those whose number another has now.
    before: HashMap<Work, u64>,
}

/// Adds up the processor time of every thread there ever was.
pub struct Meter {
    used: Arc<Mutex<Threads>>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Meter {
    /// Begins to look.
    pub fn start() -> std::io::Result<Meter> {
        let (used, stop) = (Arc::new(Mutex::new(Threads::default())), Arc::new(AtomicBool::new(false)));
        let (seen, stopped) = (Arc::clone(&used), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("bench-meter".into()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                look(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
                std::thread::sleep(LOOK_EVERY);
            }
        })?;
        Ok(Meter { used, stop, thread: Some(thread) })
    }

    /// Nanoseconds of processor time by work since the process began.
    pub fn used(&self) -> HashMap<Work, u64> {
        let mut threads = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        look(&mut threads);
        let mut sums = threads.before.clone();
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
fn look(threads: &mut Threads) {
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
        let unknown = Seen { work: Work::Other, used: 0, looks: 0 };
        let seen = threads.last.entry(id).or_insert(unknown);
        if used < seen.used {
            *threads.before.entry(seen.work).or_default() += seen.used;
            *seen = unknown;
        }
        if seen.looks < NAME_LOOKS {
            // One that has not had the processor since cannot have taken its name.
            seen.looks += u32::from(used > seen.used);
            seen.work = Work::of(read("comm").unwrap_or_default().trim());
        }
        seen.used = used;
    }
}

/// Processor time of this process, threads that ended included.
pub fn cpu() -> Duration {
    /// Ticks of the clock that Linux counts in, the same on every machine.
    const PER_SECOND: u64 = 100;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses, which may hold anything: the 12th and the 13th field are user and system time.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_ascii_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1000 / PER_SECOND)
}

/// The most memory that was resident since [`reset_peak`], in bytes.
pub fn peak_rss() -> u64 {
    status("VmHWM:")
}

/// Memory resident now, in bytes.
pub fn rss() -> u64 {
    status("VmRSS:")
}

/// Of it what is the process's own. The rest are files of the index that are mapped into memory: Linux takes those pages back when
/// it wants them.
pub fn own() -> u64 {
    status("RssAnon:")
}

/// Begins a new peak.
pub fn reset_peak() {
    // 5 resets the peak (proc(5), clear_refs). Where that is not allowed the peak is of the whole process.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or_default() << 10
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
            // Stays until it was looked at.
            go.1.recv().unwrap();
        });
        assert!(done.1.recv().unwrap() > 0);
        let after = meter.used()[&Work::Classify];
        go.0.send(()).unwrap();
        thread.unwrap().join().unwrap();
        assert!(after > before, "{before} {after}");
        assert!(meter.used()[&Work::Classify] >= after);
    }

    #[test]
    fn memory_is_told_in_bytes() {
        reset_peak();
        assert!(rss() > 1 << 20 && peak_rss() >= rss() / 2, "{} {}", rss(), peak_rss());
    }
}
