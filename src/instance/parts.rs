//! How the parts of an instance are opened.

use std::sync::Arc;

use alerts::Alerts;
use anyhow::{Context, Result};
use config::Config;
use ingest::Collector;
use journal::Journal;
use model::Clock;
use reports::Reports;
use store::Retention;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use super::backend::{connect_facts, open_facts};
use super::mode::OpenMode;
use super::operations::earlier_index::make_anew;
use crate::folder::Folder;
use crate::roles::Role;

/// How long posts are kept.
pub fn retention(config: &Arc<Config>, clock: &Clock) -> Retention {
    let (config, clock) = (Arc::clone(config), Arc::clone(clock));
    Retention::since(move || config.oldest_kept(clock()))
}

/// The search index. One of an earlier build is made anew: by its stage where that runs, else here and now.
pub fn index(config: &Config, folder: &Folder, mode: &OpenMode, retention: &Retention) -> Result<SearchIndex> {
    let index = SearchIndex::open(&folder.file("index"), config.timezone().clone());
    let index = index.context("cannot open the search index")?.keeping(retention.clone());
    if !mode.running && index.rebuilding().is_some() {
        make_anew(&index).context("cannot make the search index of an earlier build anew")?;
    }
    Ok(index)
}

/// The figures, with their engine where they are written; alerts beside a server only ask it.
pub async fn facts(
    config: &Config,
    folder: &Folder,
    mode: &OpenMode,
    retention: &Retention,
) -> Result<(Option<Engine>, Option<Facts>)> {
    if mode.roles.contains(&Role::Facts) {
        let (engine, facts) = open_facts(config, folder).await?;
        return Ok((engine, Some(facts.keeping(retention.clone()))));
    }
    let server = config.settings.facts.as_ref().filter(|_| mode.roles.contains(&Role::Alerts));
    Ok((None, server.map(|server| connect_facts(config, server)).transpose()?))
}

/// The digests.
pub fn reports(
    config: &Arc<Config>,
    folder: &Folder,
    facts: &Facts,
    alerts: &Alerts,
    clock: &Clock,
) -> Result<Reports> {
    let (facts, alerts) = (facts.clone(), alerts.clone());
    Reports::open(&folder.file("reports.db"), Arc::clone(config), facts, alerts, Arc::clone(clock))
        .context("cannot open the digests")
}

/// What polls the sources; it waits to be started.
pub fn collector(
    config: &Arc<Config>,
    folder: &Folder,
    journal: &Arc<dyn Journal>,
    clock: &Clock,
) -> Result<Collector> {
    let (config, journal, clock) = (Arc::clone(config), Arc::clone(journal), Arc::clone(clock));
    Collector::open(folder.path(), config, journal, clock, ingest::os_random(), env!("CARGO_PKG_VERSION"))
        .context("cannot start the collectors")
}
