//! The whole path from the journal to searchable, counted and alert-checked, with the real parts in a folder of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use config::{Config, Files};
use indicatif::ProgressBar;
use journal::{Checkpoint, Record, Stream};
use model::{Post, Time, wire};

use super::posts::Posts;
use super::usage::{self, Meter, Work};
use crate::cli::Role;
use crate::instance::folder::Folder;
use crate::instance::{Instance, Purpose};

/// Posts appended in one piece.
const PIECE: usize = 1_000;

/// Posts that the slowest stage may have before it until the next piece is appended: as far as sources ever run ahead.
const AHEAD: u64 = 100_000;

/// How often the stages are looked at: the resolution of the latencies.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The stages that end the path.
const ENDS: [&str; 3] = ["search", "facts", "alerts"];

/// A folder of data to measure in, and what runs on it.
pub struct Bench {
    folder: Folder,
    files: Files,
    config: Arc<Config>,
}

/// What one part of the path took.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Stage {
    /// Of the processor time of the whole path.
    pub time_share: f64,
    /// Microseconds of processor time for a post.
    pub cpu_us_per_post: f64,
    /// What the stage added to the resident memory while it ran alone.
    pub peak_mb: f64,
}

/// Halves and hundredths of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Percentiles {
    pub p50: f64,
    pub p99: f64,
}

impl Percentiles {
    /// Of measured times, in any order.
    pub fn of(times: &mut [Duration]) -> Percentiles {
        times.sort_unstable();
        let at = |share: f64| {
            let last = times.len().saturating_sub(1);
            times.get((last as f64 * share).round() as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        Percentiles { p50: at(0.5), p99: at(0.99) }
    }
}

/// Bytes on the disk for a post.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct BytesPerPost {
    pub journal: f64,
    pub index: f64,
    pub facts: f64,
}

/// What the run at full speed gave.
pub struct Throughput {
    pub posts_per_s: f64,
    pub peak_rss: u64,
    pub stages: BTreeMap<&'static str, Stage>,
    pub bytes_per_post: BytesPerPost,
}

impl Bench {
    /// Measures in a folder, which must be empty.
    pub fn new(folder: &Path, files: Files, mut config: Config) -> Bench {
        // The disk's own size is the limit here.
        config.settings.journal.max_mb = u64::MAX >> 20;
        // Generated posts stay in the folder: neither a cluster nor a server of the configuration sees them.
        (config.settings.kafka, config.settings.facts, config.settings.roles) = (None, None, None);
        Bench { folder: Folder::find(Some(folder), false), files, config: Arc::new(config) }
    }

    /// Opens these parts, which begin to work.
    pub async fn open(&self, parts: &[Role]) -> Result<Arc<Instance>> {
        let lock = self.folder.take()?.context("the folder of the measurement is in use")?;
        let purpose = Purpose { parts: parts.iter().copied().collect(), working: true };
        let clock: model::Clock = Arc::new(Time::now);
        let (files, config) = (self.files.clone(), Arc::clone(&self.config));
        Ok(Arc::new(Instance::open(files, config, clock, self.folder.clone(), lock, &purpose, Vec::new()).await?))
    }

    /// Lets each stage do the same posts alone, to see what memory it takes.
    pub async fn alone(&self, posts: &mut Posts, count: u64) -> Result<BTreeMap<&'static str, f64>> {
        let mut peaks = BTreeMap::new();
        let steps: [(Work, &[Role]); 5] = [
            (Work::Append, &[]),
            (Work::Classify, &[Role::Classify]),
            (Work::Alerts, &[Role::Alerts]),
            (Work::Search, &[Role::Store]),
            (Work::Facts, &[Role::Facts]),
        ];
        for (work, parts) in steps {
            usage::reset_peak();
            let before = usage::rss();
            let instance = self.open(parts).await?;
            if work == Work::Append {
                let mut left = count;
                while left > 0 {
                    let piece = left.min(PIECE as u64);
                    append(&instance, posts, piece as usize)?;
                    left -= piece;
                }
            }
            until_done(&instance, &ProgressBar::hidden(), &AtomicBool::new(true)).await?;
            instance.close().await;
            peaks.insert(work.as_str(), megabytes(usage::peak_rss().saturating_sub(before)));
        }
        Ok(peaks)
    }

    /// Sends posts through at full speed.
    pub async fn throughput(
        &self,
        instance: &Arc<Instance>,
        mut posts: Posts,
        count: u64,
        bar: &ProgressBar,
    ) -> Result<Throughput> {
        let meter = Meter::start()?;
        let disk_before = self.disk();
        usage::reset_peak();
        let (before, begun) = (meter.used(), Instant::now());
        let appended = Arc::new(AtomicBool::new(false));
        let (feeding, all) = (Arc::clone(instance), Arc::clone(&appended));
        let feeder = std::thread::Builder::new().name("bench-append".into()).spawn(move || {
            let mut left = count;
            let mut result = Ok(());
            while left > 0 && result.is_ok() {
                let piece = left.min(PIECE as u64);
                result = append(&feeding, &mut posts, piece as usize).map(drop);
                left -= piece;
                while result.is_ok() && lag(&feeding).is_ok_and(|lag| lag > AHEAD) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            all.store(true, Ordering::Release);
            result
        })?;
        until_done(instance, bar, &appended).await?;
        let took = begun.elapsed();
        feeder.join().map_err(|_| anyhow::anyhow!("appending panicked"))??;
        let used = meter.used();
        let spent = |work: Work| (used.get(&work).unwrap_or(&0) - before.get(&work).unwrap_or(&0)) as f64;
        let total: f64 = Work::STAGES.into_iter().map(spent).sum();
        let stage = |work| {
            let (time_share, cpu_us_per_post) = (spent(work) / total, spent(work) / 1e3 / count as f64);
            (work.as_str(), Stage { time_share, cpu_us_per_post, peak_mb: 0.0 })
        };
        let peak_rss = usage::peak_rss();
        let disk = self.disk();
        let per_post = |n: usize| disk[n].saturating_sub(disk_before[n]) as f64 / count as f64;
        Ok(Throughput {
            posts_per_s: count as f64 / took.as_secs_f64(),
            peak_rss,
            stages: Work::STAGES.into_iter().map(stage).collect(),
            bytes_per_post: BytesPerPost { journal: per_post(0), index: per_post(1), facts: per_post(2) },
        })
    }

    /// Sends posts through at a rate and tells how long each piece took to be searchable and to be checked for alerts.
    pub async fn latency(
        &self,
        instance: &Arc<Instance>,
        mut posts: Posts,
        rate: u32,
        seconds: u32,
    ) -> Result<(Percentiles, Percentiles)> {
        /// Pieces a second: sources are polled one by one, so posts come in small pieces.
        const PIECES: u32 = 100;
        let piece = (rate / PIECES).max(1) as usize;
        let pieces = (rate * seconds) as usize / piece;
        let feeding = Arc::clone(instance);
        let (send, sent) = std::sync::mpsc::channel::<(Checkpoint, Instant)>();
        let feeder = std::thread::Builder::new().name("bench-append".into()).spawn(move || -> Result<()> {
            let begun = Instant::now();
            for n in 0..pieces {
                let due = begun + Duration::from_secs_f64(n as f64 * piece as f64 / f64::from(rate));
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                // The clock of a post begins when it was due, not when a slow journal took it.
                let end = append(&feeding, &mut posts, piece)?;
                if send.send((end, due)).is_err() {
                    break;
                }
            }
            Ok(())
        })?;
        let watching = Arc::clone(instance);
        let watched = tokio::task::spawn_blocking(move || watch(&watching, &sent)).await??;
        feeder.join().map_err(|_| anyhow::anyhow!("appending panicked"))??;
        Ok(watched)
    }

    /// Bytes of the journal, the index and the figures.
    fn disk(&self) -> [u64; 3] {
        let journal = ["journal.db", "journal.db-wal"].map(|name| size(&self.folder.file(name))).iter().sum();
        [journal, size(&self.folder.file("index")), size(&self.folder.file("facts"))]
    }
}

/// A piece of posts on its way.
struct Piece {
    due: Instant,
    /// In the stream of posts, its end.
    end: Checkpoint,
    /// In the stream of tagged posts, an end behind all of it, once it is classified.
    tagged: Option<Checkpoint>,
    searchable: bool,
    checked: bool,
}

/// Notes when each piece was done by the stages that readers see.
fn watch(
    instance: &Instance,
    sent: &std::sync::mpsc::Receiver<(Checkpoint, Instant)>,
) -> Result<(Percentiles, Percentiles)> {
    let mut open: Vec<Piece> = Vec::new();
    let (mut searchable, mut checked) = (Vec::new(), Vec::new());
    loop {
        let mut ended = false;
        while !ended {
            match sent.try_recv() {
                Ok((end, due)) => open.push(Piece { due, end, tagged: None, searchable: false, checked: false }),
                Err(std::sync::mpsc::TryRecvError::Empty) => break,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => ended = true,
            }
        }
        let states = instance.stages.states();
        fail_on_error(&states)?;
        if open.iter().any(|piece| piece.tagged.is_none() && states["classify"].checkpoint.reaches(&piece.end)) {
            let tagged = instance.journal.end(Stream::Tagged)?;
            for piece in open.iter_mut().filter(|piece| states["classify"].checkpoint.reaches(&piece.end)) {
                piece.tagged.get_or_insert_with(|| tagged.clone());
            }
        }
        let now = Instant::now();
        for piece in &mut open {
            let Some(tagged) = &piece.tagged else { break };
            let took = now.saturating_duration_since(piece.due);
            if !piece.searchable && states["search"].checkpoint.reaches(tagged) {
                piece.searchable = true;
                searchable.push(took);
            }
            if !piece.checked && states["alerts"].checkpoint.reaches(tagged) {
                piece.checked = true;
                checked.push(took);
            }
        }
        open.retain(|piece| !(piece.searchable && piece.checked));
        if ended && open.is_empty() {
            return Ok((Percentiles::of(&mut searchable), Percentiles::of(&mut checked)));
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Appends the next posts as a collector does.
fn append(instance: &Instance, posts: &mut Posts, count: usize) -> Result<Checkpoint> {
    let record =
        |post: Post| Record { tombstone: post.is_deleted(), ..Record::new(post.id.as_str(), wire::write_post(&post)) };
    let records: Vec<Record> = (0..count).map(|_| posts.next().map(record)).collect::<Result<_>>()?;
    Ok(instance.journal.append(Stream::Posts, &records)?)
}

/// Posts that the slowest stage has still before it.
fn lag(instance: &Instance) -> Result<u64> {
    let states = instance.stages.states();
    let mut slowest = 0;
    for stage in ENDS.iter().filter_map(|name| states.get(name)) {
        slowest = slowest.max(stage.checkpoint.behind(&instance.journal.end(stage.stream)?));
    }
    let classify = states.get("classify");
    let unread =
        classify.map(|stage| Ok::<_, journal::Error>(stage.checkpoint.behind(&instance.journal.end(stage.stream)?)));
    Ok(slowest + unread.transpose()?.unwrap_or(0))
}

/// Waits until everything was appended and every stage is done.
async fn until_done(instance: &Instance, bar: &ProgressBar, appended: &AtomicBool) -> Result<()> {
    loop {
        let all = appended.load(Ordering::Acquire);
        let states = instance.stages.states();
        fail_on_error(&states)?;
        if let Some(slowest) = ENDS.iter().filter_map(|name| states.get(name)).map(|state| state.done).min() {
            bar.set_position(slowest);
        }
        if all && lag(instance)? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A stage that fails would be tried again for ever.
fn fail_on_error(states: &BTreeMap<&'static str, crate::instance::stages::StageState>) -> Result<()> {
    match states.iter().find_map(|(name, state)| Some((name, state.error.as_ref()?))) {
        Some((name, error)) => bail!("the stage {name} failed: {error}"),
        None => Ok(()),
    }
}

/// Bytes of a file or of everything in a folder.
fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
