//! `otklik bench`: opens what crate `bench` measures.

mod search;
mod workspace;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bench::{Asked, Backend, Generated, Posts, Report, Work, memory};
use config::{Config, Files};
use model::Time;

use crate::cli::{self, BenchBackend};
use crate::commands::output::print_json;
use crate::configuration::{self, Locations};
use crate::exit::{Exit, Failure};
use crate::instance::OpenMode;
use crate::roles::Role;
use workspace::Workspace;

/// Posts that each stage does alone, to see what memory it takes.
const ALONE: u64 = 20_000;

/// The run at a rate takes this long, less where fewer posts were asked for.
const LATENCY_SECONDS: u64 = 20;

/// How often it is tried to remove what was measured on, and how long it is waited in between: a merge takes up to a minute.
const REMOVALS: u32 = 120;
const REMOVAL_PAUSE: Duration = Duration::from_secs(1);

/// Measures, in a temporary folder that is removed at the end.
pub async fn bench(locations: &Locations, args: cli::Bench) -> Result<Exit, Failure> {
    if let Some(cli::BenchOf::Search(of)) = args.of {
        return search::bench(locations, of).await;
    }
    let files = configuration::files(locations, Vec::new())?;
    let config = configuration::valid(&files)?;
    let report = measure(&args, files, config).await?;
    if args.given.json {
        print_json(&report)?;
    } else {
        report.print();
    }
    Ok(Exit::Done)
}

async fn measure(args: &cli::Bench, files: Files, config: Config) -> Result<Report> {
    let (given, rate) = (&args.given, args.rate);
    let temporary = tempfile::tempdir().context("cannot make a temporary folder; set TMPDIR to where there is room")?;
    let folder = |name: &str| temporary.path().join(name);
    let posts = |seed, count| Posts::new(&Generated { seed, input: given.input.clone() }, count, Time::now());
    let backend = match args.backend {
        BenchBackend::Embedded => Backend::default(),
        BenchBackend::Kafka => Backend::kafka(&config, &folder("kafka"))?,
    };

    let bar = bench::spinner("each stage alone");
    let peaks = alone(args, &folder("alone"), files.clone(), config.clone(), &backend).await?;
    let classifying = Arc::new(config.clone());
    let workspace = Workspace::new(&folder("path"), files, config, &backend, args.expire)?;
    let parts: Vec<_> = OpenMode::pipeline().roles.into_iter().collect();
    let instance = workspace.open(&parts).await?;
    bar.finish_and_clear();
    let pipeline = workspace::pipeline(&instance);
    let bar = bench::progress(given.posts);
    let all = posts(given.seed, given.posts)?;
    let run = bench::throughput(&pipeline, all, given.posts, &workspace.data_files(), args.expire, &bar).await?;
    bar.finish_and_clear();

    let bar = bench::spinner("latency at the rate");
    let seconds = (given.posts / u64::from(rate)).clamp(1, LATENCY_SECONDS) as u32;
    let later = posts(given.seed.wrapping_add(1), u64::from(rate * seconds))?;
    let latencies = bench::latency(&pipeline, later, rate, seconds).await?;
    bar.set_message("tantivy alone");
    // Nothing else works while tantivy does.
    drop(pipeline);
    instance.close().await;
    drop(instance);
    if let Some(index) = &args.index {
        workspace.keep_index(index)?;
    }
    let prepared = bench::prepare(classifying, posts(given.seed, given.posts)?, &folder("tantivy"), given.posts)?;
    let plain = prepared.run(run.posts_per_commit)?;
    workspace.remove()?;
    bar.finish_and_clear();

    remove(temporary);
    let asked = Asked { posts: given.posts, seed: given.seed, rate, backend: args.backend.name() };
    Ok(Report::new(asked, run, peaks, latencies, &plain))
}

/// Lets each stage do the same posts alone: the megabytes that each took.
async fn alone(
    args: &cli::Bench,
    folder: &Path,
    files: Files,
    config: Config,
    backend: &Backend,
) -> Result<BTreeMap<&'static str, f64>> {
    let workspace = Workspace::new(folder, files, config, backend, false)?;
    let count = args.given.posts.min(ALONE);
    let generated = Generated { seed: args.given.seed, input: args.given.input.clone() };
    let mut posts = Posts::new(&generated, count, Time::now())?;
    let mut peaks = BTreeMap::new();
    let steps: [(Work, &[Role]); 5] = [
        (Work::Append, &[]),
        (Work::Classify, &[Role::Classify]),
        (Work::Alerts, &[Role::Alerts]),
        (Work::Search, &[Role::Store]),
        (Work::Facts, &[Role::Facts]),
    ];
    for (work, parts) in steps {
        memory::reset_peak();
        let before = memory::resident();
        let instance = workspace.open(parts).await?;
        bench::run_alone(&workspace::pipeline(&instance), work, &mut posts, count).await?;
        instance.close().await;
        peaks.insert(work.as_str(), bench::megabytes(memory::peak().saturating_sub(before)));
    }
    workspace.remove()?;
    Ok(peaks)
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
