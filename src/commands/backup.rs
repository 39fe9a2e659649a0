//! `otklik backup` and `otklik restore`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use indicatif::ProgressBar;
use journal::Sink;
use model::Time;
use tokio::runtime::Handle;

use crate::cli;
use crate::client::Client;
use crate::configuration::{self, Locations};
use crate::exit::{Exit, Failure};
use crate::folder::Folder;
use crate::instance::http::admin::maintenance::BackupQuery;
use crate::instance::operations::backup::{self, Manifest};
use crate::instance::operations::rebuild;
use crate::instance::{Instance, OpenMode};
use crate::language::say;
use crate::private;
use crate::roles::Role;

/// How often the wait for the stages looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Messages of a series given to its sink at once.
const SERIES_BATCH: usize = 5_000;

/// Asks whoever owns the data folder to copy it.
pub async fn backup(locations: &Locations, args: cli::Backup) -> Result<Exit, Failure> {
    let client = Client::connect(locations, OpenMode::inspect(&[Role::Store, Role::Facts])).await?;
    let to = std::path::absolute(&args.folder).context("the folder's name is not a path")?;
    let query = BackupQuery { to: to.to_string_lossy().into_owned(), author_keys: args.author_keys };
    let made: Result<Manifest> = client.post("/own/backup", &query, Vec::new()).await;
    client.close().await;
    let made = made?;
    println!("{}: {}", say("Копия снята, публикаций", "Backup made, posts"), made.posts);
    Ok(Exit::Done)
}

/// Makes a data folder from a backup.
pub async fn restore(locations: &Locations, args: cli::Restore) -> Result<Exit, Failure> {
    let folder = Folder::find(locations.data.as_deref(), false);
    let manifest = manifest(&args.folder)?;
    let target = folder.path().to_owned();
    backup::new_folder(&target)?;
    // Beside it, so that a restore that is cut off leaves nothing that looks whole.
    let mut half = target.clone().into_os_string();
    half.push(".restoring");
    let half = std::path::PathBuf::from(half);
    if half.exists() {
        fs::remove_dir_all(&half).with_context(|| format!("cannot remove {}", half.display()))?;
    }
    private::make_folder(&half).with_context(|| format!("cannot make {}", half.display()))?;
    let copied = copy(&args.folder, &half, manifest.author_keys);
    copied.with_context(|| format!("cannot copy {}", args.folder.display()))?;
    fill(locations, &half, &args.folder).await?;
    for left in ["lock", "otklik.sock"] {
        let _ = fs::remove_file(half.join(left));
    }
    fs::remove_dir(&target).and_then(|()| fs::rename(&half, &target)).context("cannot put the folder in its place")?;
    println!("{}: {}", say("Восстановлено публикаций", "Posts restored"), manifest.posts);
    Ok(Exit::Done)
}

fn manifest(backup: &Path) -> Result<Manifest> {
    let path = backup.join(backup::MANIFEST);
    let json = fs::read(&path).map_err(|error| {
        anyhow!("{} is no finished backup: {} cannot be read: {error}", backup.display(), path.display())
    })?;
    let manifest: Manifest = serde_json::from_slice(&json).with_context(|| format!("{} is damaged", path.display()))?;
    if manifest.format > backup::FORMAT {
        bail!("the backup is of a newer otklik ({}): restore it with that one", manifest.version);
    }
    Ok(manifest)
}

fn copy(from: &Path, to: &Path, author_keys: bool) -> Result<()> {
    fs::create_dir(to.join("index"))?;
    for file in fs::read_dir(from.join("index"))? {
        let file = file?;
        fs::copy(file.path(), to.join("index").join(file.file_name()))?;
    }
    for name in backup::DATABASES.iter().chain(&backup::SMALL).chain(&["journal.db"]) {
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name))?;
        }
    }
    if author_keys {
        backup::copy_author_keys(from, to)?;
    }
    // Files that were copied have the rights of those they are copies of.
    Ok(private::mend(to)?)
}

/// Makes the figures from the index and the series, and lets the index and the figures catch up with the journal, whose
/// deletions come first: no text that was deleted is there when this ends.
async fn fill(locations: &Locations, half: &Path, from: &Path) -> Result<(), Failure> {
    let bar = ProgressBar::new_spinner();
    let instance = open(locations, half, OpenMode::inspect(&[Role::Store, Role::Facts])).await?;
    if let Some(index) = &instance.index {
        let damaged = index.damaged_files().context("cannot read the index of the backup")?;
        if !damaged.is_empty() {
            return Err(anyhow!("the backup is damaged: {damaged:?}").into());
        }
    }
    let (filling, from, filled) = (Arc::clone(&instance), from.to_owned(), bar.clone());
    let done = tokio::task::spawn_blocking(move || -> Result<()> {
        let runtime = Handle::current();
        rebuild::facts(&filling, &runtime, &filled)?;
        let facts = filling.facts.as_ref().context("the figures are not here")?;
        series(&from.join(backup::SERIES[0].0), &mut facts.counters_sink(runtime.clone()), &filled)?;
        series(&from.join(backup::SERIES[1].0), &mut facts.coverage_sink(runtime), &filled)
    });
    done.await.context("filling the figures panicked")??;
    instance.close().await;
    drop(instance);
    let parts = [Role::Store, Role::Facts].into();
    let instance = open(locations, half, OpenMode { roles: parts, running: true }).await?;
    while !instance.is_idle()? {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    instance.purge().await?;
    instance.close().await;
    bar.finish_and_clear();
    Ok(())
}

async fn open(locations: &Locations, half: &Path, mode: OpenMode) -> Result<Arc<Instance>, Failure> {
    let folder = Folder::find(Some(half), false);
    let lock = folder.take()?.context("the restored folder is in use")?;
    let files = configuration::files(locations, Vec::new())?;
    let config = Arc::new(configuration::valid(&files)?);
    let clock: model::Clock = Arc::new(Time::now);
    Ok(Arc::new(Instance::open(files, config, clock, folder, lock, &mode, Vec::new()).await?))
}

/// Gives the messages of a file to a sink.
fn series(path: &Path, sink: &mut dyn Sink, bar: &ProgressBar) -> Result<()> {
    let file = fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut filling = rebuild::Filling::new(sink, bar);
    let mut lines = BufReader::new(file).split(b'\n').peekable();
    while lines.peek().is_some() {
        filling.take(lines.by_ref().take(SERIES_BATCH).collect::<std::io::Result<_>>()?)?;
    }
    filling.end()
}
