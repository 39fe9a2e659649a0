//! `otklik rebuild`.

use std::fs;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use indicatif::ProgressBar;
use model::Time;
use store::search::SearchIndex;
use tokio::runtime::Handle;

use crate::cli::{self, RebuildSource};
use crate::configuration::{self, Locations};
use crate::exit::{Exit, Failure};
use crate::folder::Folder;
use crate::instance::operations::rebuild;
use crate::instance::{Instance, OpenMode};
use crate::language::say;
use crate::roles::Role;

/// Makes the index or the figures anew. Nobody may hold the folder: search is away until it is done, while nothing that the
/// sources have is lost, since their cursors wait.
pub async fn rebuild(locations: &Locations, args: cli::Rebuild) -> Result<Exit, Failure> {
    let folder = Folder::find(locations.data.as_deref(), false);
    if !folder.path().exists() {
        return Err(anyhow!("there is no data folder {}", folder.path().display()).into());
    }
    let lock = folder.take()?.ok_or_else(|| {
        let away = say(
            "занята: остановите otklik и повторите. Пока строится, поиска нет; источники дочитаются после",
            "is in use: stop otklik and try again. Search is away meanwhile; the sources are read on afterwards",
        );
        anyhow!("{} {away}", folder.path().display())
    })?;
    let files = configuration::files(locations, Vec::new())?;
    let config = Arc::new(configuration::valid(&files)?);
    let bar = ProgressBar::new_spinner();
    let docs = match args {
        cli::Rebuild::Index { from } => {
            if from == RebuildSource::Facts
                && config.settings.facts.as_ref().is_none_or(|server| server.listen.is_some())
            {
                source(&folder, "facts")?;
            }
            let parts: &[Role] = if from == RebuildSource::Facts { &[Role::Facts] } else { &[] };
            let instance = open(files, config, folder, lock, OpenMode::inspect(parts)).await?;
            let (filling, shown) = (Arc::clone(&instance), bar.clone());
            let built =
                tokio::task::spawn_blocking(move || new_index(&filling, from, &Handle::current(), &shown)).await;
            let docs = built.context("building the index panicked")?;
            instance.close().await;
            docs?
        }
        cli::Rebuild::Facts => {
            source(&folder, "index")?;
            let instance = open(files, config, folder, lock, OpenMode::inspect(&[Role::Facts, Role::Store])).await?;
            let facts = instance.facts.clone().context("the figures are not here")?;
            facts.clear_posts().await.context("cannot empty the figures")?;
            let (filling, shown) = (Arc::clone(&instance), bar.clone());
            let built = tokio::task::spawn_blocking(move || rebuild::facts(&filling, &Handle::current(), &shown)).await;
            built.context("filling the figures panicked")??;
            let counted = facts.count().await.context("cannot count the figures")?;
            instance.close().await;
            counted
        }
    };
    bar.finish_and_clear();
    println!("{}: {docs}", say("Построено заново, публикаций", "Built anew, posts"));
    Ok(Exit::Done)
}

/// Refuses where what it is made from is not in this folder, as where roles run apart: made from nothing it would look whole.
fn source(folder: &Folder, part: &str) -> Result<()> {
    if !folder.file(part).exists() {
        bail!(
            "{} has no {part}/ to build from: do this in the folder of the role that has it, or use `rebuild index --from journal`",
            folder.path().display()
        );
    }
    Ok(())
}

async fn open(
    files: config::Files,
    config: Arc<config::Config>,
    folder: Folder,
    lock: crate::folder::Lock,
    mode: OpenMode,
) -> Result<Arc<Instance>> {
    let clock: model::Clock = Arc::new(Time::now);
    Ok(Arc::new(Instance::open(files, config, clock, folder, lock, &mode, Vec::new()).await?))
}

/// Builds beside the old index and puts the new one in its place when it is whole. Returns the posts in it.
fn new_index(instance: &Instance, from: RebuildSource, runtime: &Handle, bar: &ProgressBar) -> Result<u64> {
    let (place, half, old) =
        (instance.folder.file("index"), instance.folder.file("index.new"), instance.folder.file("index.old"));
    for left in [&half, &old] {
        if left.exists() {
            fs::remove_dir_all(left).with_context(|| format!("cannot remove {}", left.display()))?;
        }
    }
    let index = SearchIndex::open(&half, instance.config.timezone().clone())?.keeping(instance.retention());
    match from {
        RebuildSource::Facts => rebuild::index_from_facts(instance, &index, runtime, bar)?,
        RebuildSource::Journal => rebuild::index_from_journal(instance, &index, bar)?,
    }
    let docs = index.docs()?;
    drop(index);
    if place.exists() {
        fs::rename(&place, &old).context("cannot put the old index aside")?;
    }
    fs::rename(&half, &place).context("cannot put the new index in its place")?;
    SearchIndex::forget_earlier(&place).context("cannot remove the index of an earlier version")?;
    if old.exists() {
        fs::remove_dir_all(&old).context("cannot remove the old index")?;
    }
    Ok(docs)
}
