//! `otklik bench search`: searches over the HTTP API, and beside each tantivy's own call.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use classify::Classifier;
use config::Config;
use indicatif::ProgressBar;
use journal::{Entry, Sink};
use model::{Time, wire};
use serde::Serialize;
use store::search::{SearchIndex, SearchRequest};
use tokio::sync::watch;

use super::latency::Percentiles;
use super::posts::{Chance, Posts};
use super::queries::{self, KINDS, Kind};
use super::{DAYS, progress};
use crate::cli::{self, Places};
use crate::{Exit, Failure, commands};

/// Posts given to the index at once.
const BATCH: u64 = 2_000;

/// Posts in a commit.
const COMMIT: u64 = 100_000;

#[derive(Serialize)]
struct Report {
    posts: u64,
    /// Found by a search, of the posts made.
    docs: u64,
    index_bytes: u64,
    /// Of the shortest answer over HTTP: what no search can be below.
    round_trip_ms: Percentiles,
    searches: BTreeMap<Kind, Measured>,
}

#[derive(Serialize)]
struct Measured {
    /// Over HTTP, in milliseconds.
    http_ms: Percentiles,
    /// tantivy's own call, in milliseconds; it reads none of the posts that the answer shows.
    tantivy_ms: Percentiles,
    /// The same and tantivy's own reading of those posts; of facets, which show none, absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    tantivy_with_posts_ms: Option<Percentiles>,
}

/// Measures, on an index in a temporary folder or in the one given.
pub async fn bench(places: &Places, args: cli::BenchSearch) -> Result<Exit, Failure> {
    let config = Arc::new(commands::configuration(places)?);
    let temporary = tempfile::tempdir().context("cannot make a temporary folder; set TMPDIR to where there is room")?;
    let folder = args.index.clone().unwrap_or_else(|| temporary.path().join("index"));
    let (given, end) = (args.given.clone(), Time::now());
    let building = Arc::clone(&config);
    // Opened twice: what one side has unpacked, the other must not find.
    let (index, plain) = tokio::task::spawn_blocking(move || {
        let index = build(&folder, Arc::clone(&building), &given, end)?;
        let plain = SearchIndex::open(&folder, building.timezone().clone())?;
        anyhow::Ok((index, plain))
    })
    .await
    .context("building the index panicked")??;
    let json = args.given.json;
    let report = measure(&config, index, plain, args, end).await?;
    if json {
        commands::print_json(&report)?;
    } else {
        print(&report);
    }
    Ok(Exit::Done)
}

fn print(report: &Report) {
    println!("{} posts found, {:.0} bytes each", report.docs, report.index_bytes as f64 / report.docs as f64);
    println!("{:<18}{:>20}{:>20}{:>20}", "p50 / p99, ms", "HTTP", "tantivy", "with its posts");
    let cell = |times: &Percentiles| format!("{:.2} / {:.2}", times.p50, times.p99);
    println!("{:<18}{:>20}", "(shortest answer)", cell(&report.round_trip_ms));
    for (kind, measured) in &report.searches {
        let with_posts = measured.tantivy_with_posts_ms.as_ref().map_or_else(String::new, cell);
        let (http, own) = (cell(&measured.http_ms), cell(&measured.tantivy_ms));
        println!("{:<18}{http:>20}{own:>20}{with_posts:>20}", format!("{kind:?}"));
    }
}

/// Opens the index, and fills it where it is empty.
fn build(folder: &Path, config: Arc<Config>, given: &cli::BenchGiven, end: Time) -> Result<SearchIndex> {
    let index = SearchIndex::open(folder, config.timezone().clone())?;
    if index.docs()? > 0 {
        return Ok(index);
    }
    let mut sink = index.sink()?;
    let mut classifier = Classifier::new(config, 1);
    let mut posts = Posts::new(given.seed, given.input.as_deref(), given.posts, DAYS, end)?;
    let bar: ProgressBar = progress(given.posts);
    let mut done = 0;
    while done < given.posts {
        let batch = BATCH.min(given.posts - done);
        let mut entries = Vec::with_capacity(batch as usize);
        for n in 0..batch {
            let tagged = classifier.classify(posts.next()?);
            let (key, payload) = (tagged.post.id.to_string(), wire::write_tagged(&tagged));
            entries.push(Entry { partition: 0, offset: done + n, key, payload });
        }
        sink.apply(&entries).map_err(anyhow::Error::from_boxed)?;
        done += batch;
        if done.is_multiple_of(COMMIT) || done == given.posts {
            sink.flush().map_err(anyhow::Error::from_boxed)?;
        }
        bar.set_position(done);
    }
    // As it is after a quiet hour: no merges under way.
    sink.purge().map_err(anyhow::Error::from_boxed)?;
    bar.finish_and_clear();
    Ok(index)
}

async fn measure(
    config: &Arc<Config>,
    index: SearchIndex,
    plain: SearchIndex,
    args: cli::BenchSearch,
    end: Time,
) -> Result<Report> {
    let (stop, stopped) = watch::channel(false);
    let status: web::AskStatus = Arc::new(|| Box::pin(async { Err("only search is measured".to_owned()) }));
    let web = web::Web {
        config: Arc::clone(config),
        clock: Arc::new(Time::now),
        index: Some(index.clone()),
        elsewhere: None,
        facts: None,
        alerts: None,
        reports: None,
        status: Arc::clone(&status),
        ready: status,
    };
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let address = crate::instance::serve::serve_page(listen, web::router(web), stopped).await?;
    let posts = args.given.posts;
    // Who asks shares no thread with who answers, as another process would not.
    let asking = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(ask(address, &plain, &args, end))
    });
    let (round_trip_ms, searches) = asking.await.context("the searches panicked")??;
    // Whether anybody still listens does not matter.
    let _ = stop.send(true);
    Ok(Report { posts, docs: index.docs()?, index_bytes: index.disk_bytes()?, round_trip_ms, searches })
}

/// Measures the shortest answer and the searches.
async fn ask(
    address: SocketAddr,
    plain: &SearchIndex,
    args: &cli::BenchSearch,
    end: Time,
) -> Result<(Percentiles, BTreeMap<Kind, Measured>)> {
    let client = reqwest::Client::builder().no_proxy().build().context("cannot prepare the searches")?;
    let mut round_trips = Vec::new();
    for _ in 0..args.searches {
        round_trips.push(get(&client, &format!("http://{address}/healthz"), "ok").await?);
    }
    let texts = queries::texts(&args.given)?;
    let mut searches = BTreeMap::new();
    for kind in KINDS {
        let mut chance = Chance(args.given.seed);
        let (mut http, mut own) = (Vec::new(), Own::default());
        for _ in 0..args.searches {
            let request = queries::request(kind, &texts, &mut chance, end);
            let path = if kind == Kind::Facets { "facets" } else { "search" };
            let url = format!("http://{address}{}", crate::client::with_query(&format!("/api/{path}"), &request)?);
            // Whoever comes second finds the pages of the file in memory: they take turns.
            let first = chance.below(2) == 0;
            if first {
                own.measure(plain, kind, &request)?;
            }
            http.push(get(&client, &url, "{\"total\":").await?);
            if !first {
                own.measure(plain, kind, &request)?;
            }
        }
        let tantivy_with_posts_ms = (kind != Kind::Facets).then(|| Percentiles::of(&mut own.with_posts));
        let (http_ms, tantivy_ms) = (Percentiles::of(&mut http), Percentiles::of(&mut own.search));
        searches.insert(kind, Measured { http_ms, tantivy_ms, tantivy_with_posts_ms });
    }
    Ok((Percentiles::of(&mut round_trips), searches))
}

/// How long a whole answer takes, which must begin as given.
async fn get(client: &reqwest::Client, url: &str, beginning: &str) -> Result<Duration> {
    let begun = Instant::now();
    let answer = client.get(url).send().await?.error_for_status()?.bytes().await?;
    let took = begun.elapsed();
    anyhow::ensure!(answer.starts_with(beginning.as_bytes()), "the answer to {url} is not what was asked for");
    Ok(took)
}

/// What tantivy's own calls took.
#[derive(Default)]
struct Own {
    search: Vec<Duration>,
    with_posts: Vec<Duration>,
}

impl Own {
    fn measure(&mut self, index: &SearchIndex, kind: Kind, request: &SearchRequest) -> Result<()> {
        let begun = Instant::now();
        if kind == Kind::Facets {
            index.plain_facets(request)?;
            self.search.push(begun.elapsed());
            return Ok(());
        }
        let page = index.plain_search(request)?;
        self.search.push(begun.elapsed());
        let posts = page.documents()?;
        self.with_posts.push(begun.elapsed());
        drop(posts);
        Ok(())
    }
}
