//! `otklik bench search`: serves an index and lets crate `bench` search it.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use bench::Generated;
use bench::search::{self, Searches};
use model::Time;
use store::search::SearchIndex;
use tokio::sync::watch;

use crate::cli;
use crate::commands::output::print_json;
use crate::configuration::{Locations, configuration};
use crate::exit::{Exit, Failure};
use crate::instance::http::serve::{page_settings, serve_page};

/// Measures, on an index in a temporary folder or in the one given.
pub async fn bench(locations: &Locations, args: cli::BenchSearch) -> Result<Exit, Failure> {
    let config = Arc::new(configuration(locations)?);
    let temporary = tempfile::tempdir().context("cannot make a temporary folder; set TMPDIR to where there is room")?;
    let folder = args.index.clone().unwrap_or_else(|| temporary.path().join("index"));
    let generated = Generated { seed: args.given.seed, input: args.given.input.clone() };
    let (posts, end) = (args.given.posts, Time::now());
    let (building, texts) = (Arc::clone(&config), generated.clone());
    let built = tokio::task::spawn_blocking(move || {
        let index = search::build(&folder, Arc::clone(&building), &texts, posts, end)?;
        let plain = SearchIndex::open(&folder, building.timezone().clone())?;
        anyhow::Ok((index, plain))
    });
    let (index, plain) = built.await.context("building the index panicked")??;

    let (stop, stopped) = watch::channel(false);
    let status: web::AskStatus = Arc::new(|| Box::pin(async { Err("only search is measured".to_owned()) }));
    let settings = page_settings(&config.settings.web)?;
    let api = web::Web {
        config,
        clock: Arc::new(Time::now),
        index: Some(index.clone()),
        remote_search: None,
        facts: None,
        alerts: None,
        reports: None,
        work: Arc::default(),
        status: Arc::clone(&status),
        ready: status,
    };
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let address = serve_page(listen, web::router(api), settings, stopped).await?;
    let report =
        search::measure(Searches { address, index, plain, generated, posts, count: args.searches, end }).await?;
    // Whether anybody still listens does not matter.
    let _ = stop.send(true);
    if args.given.json {
        print_json(&report)?;
    } else {
        report.print();
    }
    Ok(Exit::Done)
}
