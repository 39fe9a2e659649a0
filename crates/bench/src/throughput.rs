//! The run at full speed through the whole path, from the journal to searchable, counted and checked for alerts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use indicatif::ProgressBar;

use crate::cpu::{Meter, Work};
use crate::disk::{DataFiles, Sizes};
use crate::memory;
use crate::pipeline::Pipeline;
use crate::posts::Posts;

/// Posts appended in one piece.
const PIECE: u64 = 1_000;

/// Posts that the slowest stage may have before it until the next piece is appended: sources never run further ahead.
const MAX_LAG: u64 = 100_000;

/// How often it is checked whether the stages have come close enough for the next piece.
const LAG_CHECK: Duration = Duration::from_millis(5);

/// Posts between two rounds of letting go of messages.
const EXPIRE_EVERY: u64 = 200_000;

/// What one part of the path took.
#[derive(Debug, Clone, Copy, Default, serde::Serialize)]
pub struct Stage {
    /// Its share of the processor time of the whole path.
    pub time_share: f64,
    /// Microseconds of processor time for a post.
    pub cpu_us_per_post: f64,
    /// What the stage added to the resident memory while it ran alone.
    pub peak_mb: f64,
}

/// Bytes on the disk for a post.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct BytesPerPost {
    /// Null where it is not known, see [`crate::JournalFiles::Unknown`].
    pub journal: Option<f64>,
    /// The search index.
    pub index: Option<f64>,
    /// The figures.
    pub facts: Option<f64>,
}

/// What the run at full speed gave.
pub struct Throughput {
    /// Posts that went through the whole path in a second.
    pub posts_per_s: f64,
    /// Of all stages.
    pub cpu_us_per_post: f64,
    /// The highest resident memory, in bytes.
    pub peak_memory: u64,
    /// The process's own memory after each tenth of the posts, in bytes.
    pub own_memory: Vec<u64>,
    /// Each part of the path.
    pub stages: BTreeMap<&'static str, Stage>,
    /// Bytes on the disk.
    pub bytes_per_post: BytesPerPost,
    /// How many posts a commit of the index held.
    pub posts_per_commit: u64,
}

/// Appends all posts to a pipeline without stages, or waits until the one stage of a pipeline has done them: for its memory.
pub async fn run_alone(pipeline: &Pipeline, work: Work, posts: &mut Posts, count: u64) -> Result<()> {
    if work == Work::Append {
        let mut left = count;
        while left > 0 {
            let piece = left.min(PIECE);
            pipeline.append(posts, piece as usize)?;
            left -= piece;
        }
    }
    pipeline.until_done(&ProgressBar::hidden(), || true, count).await?;
    Ok(())
}

/// Sends posts through at full speed; with `expire` the journal lets go of what every stage has read.
pub async fn throughput(
    pipeline: &Pipeline,
    posts: Posts,
    count: u64,
    files: &DataFiles,
    expire: bool,
    bar: &ProgressBar,
) -> Result<Throughput> {
    let meter = Meter::start()?;
    let disk_before = files.sizes();
    memory::reset_peak();
    let flushes_before = pipeline.progress()?.get("search").map_or(0, |search| search.flushes);
    let (used_before, begun) = (meter.used(), Instant::now());
    let appended = Arc::new(AtomicBool::new(false));
    let (feeding, all) = (pipeline.clone(), Arc::clone(&appended));
    let feeder = std::thread::Builder::new().name("bench-append".into()).spawn(move || {
        let fed = feed(&feeding, posts, count, expire);
        all.store(true, Ordering::Release);
        fed
    })?;
    let own_memory = pipeline.until_done(bar, || appended.load(Ordering::Acquire), count).await?;
    let took = begun.elapsed();
    feeder.join().map_err(|_| anyhow::anyhow!("appending panicked"))??;
    let (cpu_us_per_post, stages) = shares(&used_before, &meter.used(), count);
    let peak_memory = memory::peak();
    let flushes = pipeline.progress()?.get("search").map_or(1, |search| search.flushes - flushes_before);
    Ok(Throughput {
        posts_per_s: count as f64 / took.as_secs_f64(),
        cpu_us_per_post,
        peak_memory,
        own_memory,
        stages,
        bytes_per_post: bytes_per_post(disk_before, files.sizes(), count),
        posts_per_commit: count / flushes.max(1),
    })
}

/// Appends all posts, never too far ahead of the stages.
fn feed(pipeline: &Pipeline, mut posts: Posts, count: u64, expire: bool) -> Result<()> {
    let mut left = count;
    while left > 0 {
        let piece = left.min(PIECE);
        pipeline.append(&mut posts, piece as usize)?;
        left -= piece;
        if expire && left.is_multiple_of(EXPIRE_EVERY) {
            pipeline.journal.expire().context("cannot expire the journal")?;
        }
        while pipeline.lag().is_ok_and(|lag| lag > MAX_LAG) {
            std::thread::sleep(LAG_CHECK);
        }
    }
    Ok(())
}

/// Microseconds of processor time for a post, in all and by stage.
fn shares(before: &HashMap<Work, u64>, after: &HashMap<Work, u64>, count: u64) -> (f64, BTreeMap<&'static str, Stage>) {
    let spent = |work: Work| (after.get(&work).unwrap_or(&0) - before.get(&work).unwrap_or(&0)) as f64;
    let total: f64 = Work::STAGES.into_iter().map(spent).sum();
    let stage = |work| {
        let (time_share, cpu_us_per_post) = (spent(work) / total, spent(work) / 1e3 / count as f64);
        (work.as_str(), Stage { time_share, cpu_us_per_post, peak_mb: 0.0 })
    };
    let stages = Work::STAGES.into_iter().filter(|&work| spent(work) > 0.0).map(stage).collect();
    (total / 1e3 / count as f64, stages)
}

fn bytes_per_post(before: Sizes, after: Sizes, count: u64) -> BytesPerPost {
    let per_post = |before: u64, after: u64| after.saturating_sub(before) as f64 / count as f64;
    BytesPerPost {
        journal: before.journal.zip(after.journal).map(|(before, after)| per_post(before, after)),
        index: Some(per_post(before.index, after.index)),
        facts: Some(per_post(before.facts, after.facts)),
    }
}
