//! `otklik bench`.

mod backend;
mod baseline;
mod latency;
mod path;
mod posts;
mod queries;
mod search;
mod usage;

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use model::Time;
use serde::Serialize;

use crate::cli::{self, Places};
use crate::commands;
use crate::instance::Purpose;
use crate::{Exit, Failure};
use backend::Backend;
use latency::Percentiles;
use path::{Bench, BytesPerPost, Stage};
use posts::Posts;

/// Posts that each stage does alone, to see what memory it takes.
const ALONE: u64 = 20_000;

/// The run at a rate takes this long, less where fewer posts were asked for.
const LATENCY_SECONDS: u64 = 20;

/// How often it is tried to remove what was measured on, and how long it is waited between: a merge takes up to a minute.
const REMOVALS: u32 = 120;
const REMOVAL_PAUSE: Duration = Duration::from_secs(1);

/// The days over which generated posts were published.
const DAYS: u32 = 30;

/// Exactly what `bench --json` prints; docs/interface.md names those that scripts may rely on.
#[derive(Serialize)]
struct Report {
    posts_per_s: f64,
    tantivy_posts_per_s: f64,
    share: f64,
    /// Processor time of tantivy alone as a share of that of the whole path: what others do on the machine changes it less.
    cpu_share: f64,
    peak_rss_mb: f64,
    /// Resident memory after each tenth of the posts, without the mapped files of the index.
    own_rss_mb: Vec<f64>,
    latency_ms: Latencies,
    stages: BTreeMap<&'static str, Stage>,
    bytes_per_post: BytesPerPost,
    posts: u64,
    backend: cli::BenchBackend,
    /// Of them tantivy alone had these: its documents are held in memory before the clock starts.
    tantivy_posts: u64,
    seed: u64,
    rate: u32,
}

#[derive(Serialize)]
struct Latencies {
    searchable: Percentiles,
    alert: Percentiles,
}

/// Measures, in a temporary folder that is removed at the end.
pub async fn bench(places: &Places, args: cli::Bench) -> Result<Exit, Failure> {
    if let Some(cli::BenchOf::Search(of)) = args.of {
        return search::bench(places, of).await;
    }
    let files = commands::files(places, Vec::new())?;
    let config = commands::valid(&files)?;
    let report = measure(&args, files, config).await?;
    if args.given.json {
        commands::print_json(&report)?;
    } else {
        print(&report);
    }
    Ok(Exit::Done)
}

async fn measure(args: &cli::Bench, files: config::Files, config: config::Config) -> Result<Report> {
    let (given, rate) = (&args.given, args.rate);
    let temporary = tempfile::tempdir().context("cannot make a temporary folder; set TMPDIR to where there is room")?;
    let folder = |name: &str| temporary.path().join(name);
    let posts = |seed, count| Posts::new(seed, given.input.as_deref(), count, DAYS, Time::now());
    let backend = match args.backend {
        cli::BenchBackend::Embedded => Backend::default(),
        cli::BenchBackend::Kafka => Backend::kafka(&config, &folder("kafka"))?,
    };

    let bar = spinner("each stage alone");
    let alone = Bench::new(&folder("alone"), files.clone(), config.clone(), &backend, false)?;
    let count = given.posts.min(ALONE);
    let mut peaks = alone.alone(&mut posts(given.seed, count)?, count).await?;
    alone.remove()?;

    let classifying = std::sync::Arc::new(config.clone());
    let bench = Bench::new(&folder("path"), files, config, &backend, args.expire)?;
    let parts: Vec<_> = Purpose::pipeline().parts.into_iter().collect();
    let instance = bench.open(&parts).await?;
    bar.finish_and_clear();
    let bar = progress(given.posts);
    let mut run = bench.throughput(&instance, posts(given.seed, given.posts)?, given.posts, &bar).await?;
    bar.finish_and_clear();

    let bar = spinner("latency at the rate");
    let seconds = (given.posts / u64::from(rate)).clamp(1, LATENCY_SECONDS) as u32;
    let later = posts(given.seed.wrapping_add(1), u64::from(rate * seconds))?;
    let (searchable, alert) = latency::latency(&instance, later, rate, seconds).await?;
    bar.set_message("tantivy alone");
    // Nothing else works while tantivy does.
    instance.close().await;
    drop(instance);
    if let Some(index) = &args.index {
        bench.keep_index(index)?;
    }
    let prepared = baseline::prepare(classifying, posts(given.seed, given.posts)?, &folder("tantivy"), given.posts)?;
    let plain = prepared.run(run.posts_per_commit)?;
    bench.remove()?;
    bar.finish_and_clear();

    remove(temporary);
    for (name, stage) in &mut run.stages {
        stage.peak_mb = peaks.remove(name).unwrap_or_default();
    }
    Ok(Report {
        posts_per_s: run.posts_per_s,
        tantivy_posts_per_s: plain.posts_per_s,
        share: run.posts_per_s / plain.posts_per_s,
        cpu_share: plain.cpu_us_per_post / run.cpu_us_per_post,
        peak_rss_mb: path::megabytes(run.peak_rss),
        own_rss_mb: run.own.into_iter().map(path::megabytes).collect(),
        latency_ms: Latencies { searchable, alert },
        stages: run.stages,
        bytes_per_post: run.bytes_per_post,
        posts: given.posts,
        backend: args.backend,
        tantivy_posts: plain.posts,
        seed: given.seed,
        rate,
    })
}

/// Removes what was measured on. tantivy's merges go on after its writer is gone, and make files in a folder that is being removed:
/// it is tried until they are through.
fn remove(temporary: tempfile::TempDir) {
    let folder = temporary.keep();
    for _ in 0..REMOVALS {
        if std::fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(REMOVAL_PAUSE);
    }
    tracing::warn!(folder = %folder.display(), "the folder of the measurement could not be removed; remove it by hand");
}

fn print(report: &Report) {
    println!("{} posts, seed {}", report.posts, report.seed);
    println!("whole path     {:>10.0} posts/s", report.posts_per_s);
    println!("tantivy alone  {:>10.0} posts/s ({} posts)", report.tantivy_posts_per_s, report.tantivy_posts);
    println!("share          {:>10.2} (of processor time {:.2})", report.share, report.cpu_share);
    println!("peak memory    {:>10.0} MB", report.peak_rss_mb);
    let bytes = &report.bytes_per_post;
    let known = |bytes: Option<f64>| bytes.map_or("?".to_owned(), |bytes| format!("{bytes:.0}"));
    let [journal, index, facts] = [bytes.journal, bytes.index, bytes.facts].map(known);
    println!("bytes a post   {journal:>10} journal, {index} index, {facts} facts");
    println!("\nstage       time share   µs/post   peak MB alone");
    for (name, stage) in &report.stages {
        println!("{name:<10} {:>10.2} {:>10.1} {:>10.0}", stage.time_share, stage.cpu_us_per_post, stage.peak_mb);
    }
    println!("\nlatency at {} posts/s, ms     p50       p99", report.rate);
    for (name, times) in [("searchable", report.latency_ms.searchable), ("alert", report.latency_ms.alert)] {
        println!("{name:<24} {:>10.1} {:>10.1}", times.p50, times.p99);
    }
}

fn spinner(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn progress(posts: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} posts, {per_sec}, {eta}");
    ProgressBar::new(posts)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message("whole path")
}
