//! Searches over the HTTP API, and beside each one tantivy's own call.

mod index;
mod queries;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use model::Time;
use serde::Serialize;
use store::search::{SearchIndex, SearchRequest};

use crate::percentiles::Percentiles;
use crate::posts::{Generated, Random};
pub use index::build;
use queries::{KINDS, Kind};

/// Exactly what `bench search --json` prints.
#[derive(Serialize)]
pub struct Report {
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

/// What is measured, and on what.
pub struct Searches {
    /// Where the HTTP API over the index answers.
    pub address: SocketAddr,
    /// The index.
    pub index: SearchIndex,
    /// The same index opened once more: what one side has unpacked, the other must not find.
    pub plain: SearchIndex,
    /// What the posts of the index were made from.
    pub generated: Generated,
    /// Posts that were asked for.
    pub posts: u64,
    /// Searches of each kind.
    pub count: u32,
    /// When the last of the posts was published.
    pub end: Time,
}

/// Measures.
pub async fn measure(searches: Searches) -> Result<Report> {
    let Searches { address, index, plain, generated, posts, count, end } = searches;
    // The asking side shares no thread with the answering one, as another process would not.
    let asking = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(ask(address, &plain, &generated, count, end))
    });
    let (round_trip_ms, searches) = asking.await.context("the searches panicked")??;
    Ok(Report { posts, docs: index.docs()?, index_bytes: index.disk_bytes()?, round_trip_ms, searches })
}

impl Report {
    /// Prints it for people.
    pub fn print(&self) {
        println!("{} posts found, {:.0} bytes each", self.docs, self.index_bytes as f64 / self.docs as f64);
        println!("{:<18}{:>20}{:>20}{:>20}", "p50 / p99, ms", "HTTP", "tantivy", "with its posts");
        let cell = |times: &Percentiles| format!("{:.2} / {:.2}", times.p50, times.p99);
        println!("{:<18}{:>20}", "(shortest answer)", cell(&self.round_trip_ms));
        for (kind, measured) in &self.searches {
            let with_posts = measured.tantivy_with_posts_ms.as_ref().map_or_else(String::new, cell);
            let (http, own) = (cell(&measured.http_ms), cell(&measured.tantivy_ms));
            println!("{:<18}{http:>20}{own:>20}{with_posts:>20}", format!("{kind:?}"));
        }
    }
}

/// Measures the shortest answer and the searches.
async fn ask(
    address: SocketAddr,
    plain: &SearchIndex,
    generated: &Generated,
    count: u32,
    end: Time,
) -> Result<(Percentiles, BTreeMap<Kind, Measured>)> {
    let client = reqwest::Client::builder().no_proxy().build().context("cannot prepare the searches")?;
    let mut round_trips = Vec::new();
    for _ in 0..count {
        round_trips.push(get(&client, client.get(format!("http://{address}/healthz")), "ok").await?);
    }
    let texts = queries::texts(generated)?;
    let mut searches = BTreeMap::new();
    for kind in KINDS {
        let mut random = Random::new(generated.seed);
        let (mut http, mut own) = (Vec::new(), Own::default());
        for _ in 0..count {
            let request = queries::request(kind, &texts, &mut random, end);
            let path = if kind == Kind::Facets { "facets" } else { "search" };
            let search = client.get(format!("http://{address}/api/{path}")).query(&request);
            // The second of the two finds the pages of the file in memory, so they take turns.
            let first = random.below(2) == 0;
            if first {
                own.measure(plain, kind, &request)?;
            }
            http.push(get(&client, search, "{\"total\":").await?);
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

/// How long a whole answer takes; it must begin as given.
async fn get(client: &reqwest::Client, request: reqwest::RequestBuilder, beginning: &str) -> Result<Duration> {
    let request = request.build()?;
    let url = request.url().clone();
    let begun = Instant::now();
    let answer = client.execute(request).await?.error_for_status()?.bytes().await?;
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
