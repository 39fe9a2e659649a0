//! `otklik bench search`: searches over the HTTP API, and beside each tantivy's own call.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use classify::Classifier;
use config::Config;
use indicatif::ProgressBar;
use journal::{Entry, Sink};
use model::{Sector, Time, wire};
use serde::Serialize;
use store::search::{SearchIndex, SearchRequest};
use tokio::sync::watch;

use super::latency::Percentiles;
use super::posts::{Chance, Posts};
use super::{DAYS, progress};
use crate::cli::{self, Places};
use crate::{Exit, Failure, commands};

/// Posts given to the index at once.
const BATCH: u64 = 2_000;

/// Posts in a commit.
const COMMIT: u64 = 100_000;

/// Texts that the searched words are taken from.
const TEXTS: u64 = 2_000;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Word,
    Phrase,
    Proximity,
    FilterDateSort,
    Facets,
}

const KINDS: [Kind; 5] = [Kind::Word, Kind::Phrase, Kind::Proximity, Kind::FilterDateSort, Kind::Facets];

#[derive(Serialize)]
struct Report {
    posts: u64,
    /// Found by a search, of the posts made.
    docs: u64,
    index_bytes: u64,
    searches: BTreeMap<Kind, Measured>,
}

#[derive(Serialize)]
struct Measured {
    /// Over HTTP, in milliseconds.
    http_ms: Percentiles,
    /// tantivy's own call, in milliseconds.
    tantivy_ms: Percentiles,
}

/// Measures, on an index in a temporary folder or in the one given.
pub async fn bench(places: &Places, args: cli::BenchSearch) -> Result<Exit, Failure> {
    let config = Arc::new(commands::configuration(places)?);
    let temporary = tempfile::tempdir().context("cannot make a temporary folder; set TMPDIR to where there is room")?;
    let folder = args.index.clone().unwrap_or_else(|| temporary.path().join("index"));
    let (given, end) = (args.given.clone(), Time::now());
    let building = Arc::clone(&config);
    let index = tokio::task::spawn_blocking(move || build(&folder, building, &given, end)).await;
    let index = index.context("building the index panicked")??;
    let report = measure(&config, &index, &args, end).await?;
    if args.given.json {
        commands::print_json(&report)?;
    } else {
        println!("{} posts found, {:.0} bytes each", report.docs, report.index_bytes as f64 / report.docs as f64);
        println!("{:<18}{:>10}{:>10}{:>16}{:>10}", "ms", "p50 HTTP", "p99 HTTP", "p50 tantivy", "p99");
        for (kind, Measured { http_ms, tantivy_ms }) in &report.searches {
            let name = format!("{kind:?}");
            println!(
                "{name:<18}{:>10.2}{:>10.2}{:>16.2}{:>10.2}",
                http_ms.p50, http_ms.p99, tantivy_ms.p50, tantivy_ms.p99
            );
        }
    }
    Ok(Exit::Done)
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

async fn measure(config: &Arc<Config>, index: &SearchIndex, args: &cli::BenchSearch, end: Time) -> Result<Report> {
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
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let address = crate::instance::serve::serve_page(listen, web::router(web), stopped).await?;
    let client = reqwest::Client::builder().no_proxy().build().context("cannot prepare the searches")?;
    let texts = texts(args)?;
    let mut searches = BTreeMap::new();
    for kind in KINDS {
        let mut chance = Chance(args.given.seed);
        let (mut http, mut own) = (Vec::new(), Vec::new());
        for _ in 0..args.searches {
            let request = request(kind, &texts, &mut chance, end);
            let path = if kind == Kind::Facets { "facets" } else { "search" };
            let url = format!("http://{address}{}", crate::client::with_query(&format!("/api/{path}"), &request)?);
            // Whoever comes second finds the pages of the file in memory: they take turns.
            let first = chance.below(2) == 0;
            if first {
                own.push(plain(index, kind, &request)?);
            }
            let begun = Instant::now();
            let answer = client.get(&url).send().await?.error_for_status()?.bytes().await?;
            http.push(begun.elapsed());
            anyhow::ensure!(answer.starts_with(b"{\"total\":"), "the answer to {url} is no search result");
            if !first {
                own.push(plain(index, kind, &request)?);
            }
        }
        searches.insert(kind, Measured { http_ms: Percentiles::of(&mut http), tantivy_ms: Percentiles::of(&mut own) });
    }
    // Whether anybody still listens does not matter.
    let _ = stop.send(true);
    Ok(Report { posts: args.given.posts, docs: index.docs()?, index_bytes: index.disk_bytes()?, searches })
}

fn plain(index: &SearchIndex, kind: Kind, request: &SearchRequest) -> Result<Duration> {
    let begun = Instant::now();
    match kind {
        Kind::Facets => index.plain_facets(request)?,
        _ => drop(index.plain_search(request)?),
    }
    Ok(begun.elapsed())
}

/// Texts like those in the index.
fn texts(args: &cli::BenchSearch) -> Result<Vec<Vec<String>>> {
    let given = &args.given;
    let mut posts = Posts::new(given.seed, given.input.as_deref(), TEXTS, DAYS, Time::now())?;
    let mut texts = Vec::new();
    for _ in 0..TEXTS {
        let words = posts
            .next()?
            .text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.chars().count() > 2)
            .map(str::to_owned)
            .collect::<Vec<_>>();
        if words.len() > 3 {
            texts.push(words);
        }
    }
    anyhow::ensure!(!texts.is_empty(), "the texts have no words to search for");
    Ok(texts)
}

/// A search for words that stand in a text: frequent ones come often, as people search for what is talked about.
fn request(kind: Kind, texts: &[Vec<String>], chance: &mut Chance, end: Time) -> SearchRequest {
    let words = &texts[chance.below(texts.len() as u64) as usize];
    let at = chance.below(words.len() as u64 - 2) as usize;
    let word = words[at].clone();
    let (next, after) = (&words[at + 1], &words[at + 2]);
    match kind {
        Kind::Word | Kind::Facets => SearchRequest { query: word, ..SearchRequest::default() },
        Kind::Phrase => SearchRequest { query: format!("\"{word} {next}\""), ..SearchRequest::default() },
        Kind::Proximity => SearchRequest { query: format!("\"{word} {after}\"~5"), ..SearchRequest::default() },
        Kind::FilterDateSort => {
            let sector = Sector::ALL[chance.below(Sector::ALL.len() as u64) as usize];
            let days = 1 + chance.below(u64::from(DAYS) / 2) as i64;
            let from = Time::from_second(end.as_second() - 2 * days * 86_400).ok();
            let to = Time::from_second(end.as_second() - days * 86_400).ok();
            SearchRequest { query: word, sector: Some(sector), from, to, ..SearchRequest::default() }
        }
    }
}
