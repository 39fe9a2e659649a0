//! The whole path from the journal to searchable, counted and alert-checked, with the real parts in a folder of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use config::{Config, Files};
use indicatif::ProgressBar;
use journal::{Checkpoint, Record, Stream};
use model::{Post, Time, wire};

use super::backend::{self, Backend};
use super::posts::Posts;
use super::usage::{self, Meter, Work};
use crate::cli::Role;
use crate::instance::folder::Folder;
use crate::instance::{Instance, Purpose};

/// Posts appended in one piece.
const PIECE: usize = 1_000;

/// Posts that the slowest stage may have before it until the next piece is appended: as far as sources ever run ahead.
const AHEAD: u64 = 100_000;

/// Posts between two rounds of letting go of messages.
const EXPIRE_EVERY: u64 = 200_000;

/// How often it is looked whether all is done. Kafka is asked for its ends each time.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How often in a run the memory is noted: equal figures say that it does not grow.
const NOTES: u64 = 10;

/// The stages that end the path.
const ENDS: [&str; 3] = ["search", "facts", "alerts"];

/// A folder of data to measure in, and what runs on it.
pub struct Bench {
    folder: Folder,
    files: Files,
    config: Arc<Config>,
    /// Where brokers keep their log, if it is theirs and known.
    log: Option<PathBuf>,
    /// Whether messages go once every stage has read them.
    expire: bool,
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

/// Bytes on the disk for a post.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct BytesPerPost {
    /// Null where the brokers keep it, or where it was let go of.
    pub journal: Option<f64>,
    pub index: Option<f64>,
    pub facts: Option<f64>,
}

/// What the run at full speed gave.
pub struct Throughput {
    pub posts_per_s: f64,
    /// Of all stages.
    pub cpu_us_per_post: f64,
    pub peak_rss: u64,
    /// Resident memory of the process's own after each tenth of the posts.
    pub own: Vec<u64>,
    pub stages: BTreeMap<&'static str, Stage>,
    pub bytes_per_post: BytesPerPost,
    /// How many posts a commit of the index held.
    pub posts_per_commit: u64,
}

impl Bench {
    /// Measures in a folder, which must be empty, and over a journal, which lets go of what was read if it is to `expire`.
    pub fn new(folder: &Path, files: Files, mut config: Config, backend: &Backend, expire: bool) -> Result<Bench> {
        // The disk's own size is the limit here.
        config.settings.journal.max_mb = u64::MAX >> 20;
        if expire {
            config.settings.journal.keep_days = 0;
        }
        // Generated posts stay here: neither other roles nor a server of the configuration see them.
        (config.settings.facts, config.settings.roles) = (None, None);
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        backend.configure(&mut config, &name);
        backend::make_topics(&config)?;
        let log = backend.log().map(Path::to_owned);
        Ok(Bench { folder: Folder::find(Some(folder), false), files, config: Arc::new(config), log, expire })
    }

    /// Keeps the index of the finished measurement in a folder.
    pub fn keep_index(&self, folder: &Path) -> Result<()> {
        let index = self.folder.file("index");
        std::fs::rename(&index, folder).with_context(|| {
            format!("cannot move {} to {}; both must be on one disk", index.display(), folder.display())
        })
    }

    /// Takes away what it made outside of the folder.
    pub fn remove(self) -> Result<()> {
        backend::remove_topics(&self.config)
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
            until_done(&instance, &ProgressBar::hidden(), &AtomicBool::new(true), count).await?;
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
        let commits_before = instance.stages.states().get("search").map_or(0, |search| search.flushes);
        let (before, begun) = (meter.used(), Instant::now());
        let appended = Arc::new(AtomicBool::new(false));
        let (feeding, all, expire) = (Arc::clone(instance), Arc::clone(&appended), self.expire);
        let feeder = std::thread::Builder::new().name("bench-append".into()).spawn(move || {
            let mut left = count;
            let mut result = Ok(());
            while left > 0 && result.is_ok() {
                let piece = left.min(PIECE as u64);
                result = append(&feeding, &mut posts, piece as usize).map(drop);
                left -= piece;
                if expire && result.is_ok() && left.is_multiple_of(EXPIRE_EVERY) {
                    result = feeding.journal.expire().map(drop).context("cannot expire the journal");
                }
                while result.is_ok() && lag(&feeding).is_ok_and(|lag| lag > AHEAD) {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            all.store(true, Ordering::Release);
            result
        })?;
        let own = until_done(instance, bar, &appended, count).await?;
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
        let per_post = |n: usize| Some(disk[n]?.saturating_sub(disk_before[n]?) as f64 / count as f64);
        let commits = instance.stages.states().get("search").map_or(1, |search| search.flushes - commits_before);
        Ok(Throughput {
            posts_per_s: count as f64 / took.as_secs_f64(),
            cpu_us_per_post: total / 1e3 / count as f64,
            peak_rss,
            own,
            stages: Work::STAGES.into_iter().filter(|&work| spent(work) > 0.0).map(stage).collect(),
            bytes_per_post: BytesPerPost { journal: per_post(0), index: per_post(1), facts: per_post(2) },
            posts_per_commit: count / commits.max(1),
        })
    }

    /// Bytes of the journal, the index and the figures; those of brokers elsewhere are not known.
    fn disk(&self) -> [Option<u64>; 3] {
        let embedded = || ["journal.db", "journal.db-wal"].map(|name| size(&self.folder.file(name))).iter().sum();
        let journal = match (&self.log, &self.config.settings.kafka) {
            _ if self.expire => None,
            // A broker removes the topics of the stages alone when it likes: these are not counted.
            (Some(log), Some(kafka)) => Some(topics_size(log, &kafka.prefix)),
            (_, Some(_)) => None,
            (_, None) => Some(embedded()),
        };
        [journal, Some(size(&self.folder.file("index"))), Some(size(&self.folder.file("facts")))]
    }
}

/// Appends the next posts as a collector does.
fn append(instance: &Instance, posts: &mut Posts, count: usize) -> Result<Checkpoint> {
    Ok(instance.journal.append(Stream::Posts, &records(posts, count)?)?)
}

/// The next posts as a collector appends them.
pub fn records(posts: &mut Posts, count: usize) -> Result<Vec<Record>> {
    let record =
        |post: Post| Record { tombstone: post.is_deleted(), ..Record::new(post.id.as_str(), wire::write_post(&post)) };
    (0..count).map(|_| posts.next().map(record)).collect()
}

/// Posts that the slowest stage has still before it.
fn lag(instance: &Instance) -> Result<u64> {
    let states = instance.stages.states();
    let behind = |names: &[&str], stream| -> Result<u64> {
        let stages: Vec<_> = names.iter().filter_map(|name| states.get(name)).collect();
        if stages.is_empty() {
            return Ok(0);
        }
        let end = instance.journal.end(stream)?;
        Ok(stages.iter().map(|stage| stage.checkpoint.behind(&end)).max().unwrap_or(0))
    };
    Ok(behind(&["classify"], Stream::Posts)? + behind(&ENDS, Stream::Tagged)?)
}

/// Waits until everything was appended and every stage is done. Returns the process's own memory after each tenth of the
/// posts.
async fn until_done(instance: &Instance, bar: &ProgressBar, appended: &AtomicBool, count: u64) -> Result<Vec<u64>> {
    let mut own = Vec::new();
    let before = slowest(instance)?;
    loop {
        let all = appended.load(Ordering::Acquire);
        let done = slowest(instance)? - before;
        bar.set_position(done);
        while done >= (own.len() as u64 + 1) * count / NOTES && (own.len() as u64) < NOTES {
            own.push(usage::own());
        }
        if all && lag(instance)? == 0 {
            return Ok(own);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// What the slowest stage has done. A stage that fails would be tried again for ever.
fn slowest(instance: &Instance) -> Result<u64> {
    let states = instance.stages.states();
    fail_on_error(&states)?;
    Ok(ENDS.iter().filter_map(|name| states.get(name)).map(|state| state.done).min().unwrap_or(0))
}

/// The first stage that failed.
pub fn fail_on_error(states: &BTreeMap<&'static str, crate::instance::stages::StageState>) -> Result<()> {
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

/// Bytes of the topics whose names begin so. Each partition has a folder of its name.
fn topics_size(log: &Path, prefix: &str) -> u64 {
    let Ok(partitions) = std::fs::read_dir(log) else {
        return 0;
    };
    let of_prefix = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(prefix);
    partitions.flatten().filter(|entry| of_prefix(&entry.file_name())).map(|entry| size(&entry.path())).sum()
}

pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
