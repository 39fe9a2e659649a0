//! A copy of everything that cannot be had again, taken while the stages go on. docs/backup.md says why its order makes it
//! consistent.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use journal::{Checkpoint, Stream};
use model::Time;
use rusqlite::{Connection, OpenFlags, params};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::instance::Instance;
use crate::private;

/// Number of the layout of a backup's folder.
pub const FORMAT: u32 = 1;

/// Written last: a folder without it is a backup that was cut off.
pub const MANIFEST: &str = "backup.json";

/// The series of the figures: file, stream, and the stage whose position the journal keeps for it.
pub const SERIES: [(&str, Stream, &str); 2] =
    [("counters.ndjson", Stream::Counters, "facts-counters"), ("coverage.ndjson", Stream::Coverage, "facts-coverage")];

/// Databases that are copied before the index and the journal: none of them may know more than the journal's copy.
pub const DATABASES: [&str; 3] = ["ingest.db", "reports.db", "alerts.db"];

/// Small files of the data folder. The figures' posts are not here: they are made from the index.
pub const SMALL: [&str; 3] = ["rules.json", "sample.json", "sample-address.json"];

/// How the names of the files with the authors' keys begin. With them posts of one author can be told, so they are left out unless
/// asked for.
pub const AUTHOR_KEYS: &str = "author-keys";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT`].
    pub format: u32,
    /// The program's version.
    pub version: String,
    /// When it was begun.
    pub made_at: Time,
    /// Posts in the index.
    pub posts: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Whether the authors' keys are in it.
    pub author_keys: bool,
}

/// Copies into a folder that is empty or not there. Blocks, and takes as long as the disk takes.
pub fn backup(instance: &Instance, to: &Path, author_keys: bool, runtime: &Handle) -> Result<Manifest> {
    let (Some(index), Some(facts)) = (&instance.index, &instance.facts) else {
        bail!("a backup is taken where the index and the figures are: this process runs other roles");
    };
    if instance.backend.is_shared() {
        bail!(
            "a backup is of a data folder whose journal is its own: with [kafka] the topics are the cluster's to keep"
        );
    }
    if index.rebuilding().is_some() {
        bail!(
            "the search index of an earlier version is being made anew: take the backup when `otklik status` says it is done"
        );
    }
    new_folder(to)?;
    let made_at = (instance.clock)();
    let data = &instance.folder;
    // What only refers to the journal comes first, the journal last.
    for name in DATABASES.into_iter().filter(|name| data.file(name).exists()) {
        copy_database(&data.file(name), &to.join(name))?;
    }
    index.copy_to(&to.join("index")).context("cannot copy the search index")?;
    let mut positions = Vec::new();
    for (file, stream, stage) in SERIES {
        let position = instance.journal.reader(stream, stage)?.seek(&Checkpoint::default())?;
        positions.push((stream, stage, position));
        let mut out = BufWriter::new(File::create(to.join(file)).with_context(|| format!("cannot write {file}"))?);
        let mut write = |messages: Vec<Vec<u8>>| -> Result<()> {
            for message in messages {
                out.write_all(&message)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        };
        match stream {
            Stream::Counters => runtime.block_on(facts.every_counters(&mut write))?,
            _ => runtime.block_on(facts.every_coverage(&mut write))?,
        }
        out.into_inner().map_err(|error| error.into_error())?.sync_all()?;
    }
    copy_database(&data.file("journal.db"), &to.join("journal.db"))?;
    // The figures' posts will be what the index's copy holds, and the series what was read above.
    let copied = store::search::SearchIndex::open(&to.join("index"), instance.config.timezone().clone())?;
    positions.push((Stream::Tagged, "facts", copied.checkpoint()?.unwrap_or_default()));
    // The index's copy may be older than what the figures have read of them: they read all again.
    positions.push((Stream::Corrections, "facts-corrections", Checkpoint::default()));
    set_positions(&to.join("journal.db"), &positions)?;
    for name in SMALL.into_iter().filter(|name| data.file(name).exists()) {
        fs::copy(data.file(name), to.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    if author_keys {
        copy_author_keys(data.path(), to)?;
    }
    let (posts, version) = (copied.docs()?, env!("CARGO_PKG_VERSION").to_owned());
    // Files that were copied have the rights of those they are copies of.
    private::mend(to).with_context(|| format!("cannot close {} to others", to.display()))?;
    let manifest = Manifest { format: FORMAT, version, made_at, posts, bytes: size(to)?, author_keys };
    let mut file = File::create(to.join(MANIFEST))?;
    serde_json::to_writer_pretty(&mut file, &manifest)?;
    file.sync_all()?;
    File::open(to)?.sync_all()?;
    tracing::info!(folder = %to.display(), posts, "backup made");
    Ok(manifest)
}

/// Makes a folder for us alone, that must be empty.
pub fn new_folder(path: &Path) -> Result<()> {
    private::make_folder(path).with_context(|| format!("cannot make {}", path.display()))?;
    if fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?.next().is_some() {
        bail!("{} is not empty: name a new folder", path.display());
    }
    private::mend(path).with_context(|| format!("cannot close {} to others", path.display()))
}

/// Copies a database as it is at one moment, while others may write to it.
fn copy_database(from: &Path, to: &Path) -> Result<()> {
    let copy = || -> rusqlite::Result<()> {
        let connection = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        connection.execute("VACUUM INTO ?1", [to.to_string_lossy().as_ref()])?;
        Ok(())
    };
    copy().with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    File::open(to)?.sync_all()?;
    Ok(())
}

/// Writes into the journal's copy where the figures stand in this backup.
fn set_positions(journal: &Path, positions: &[(Stream, &str, Checkpoint)]) -> Result<()> {
    let connection = Connection::open(journal)?;
    for (stream, stage, checkpoint) in positions {
        // One that has read nothing yet begins at the oldest message.
        connection.execute("DELETE FROM readers WHERE stream = ?1 AND name = ?2", params![stream.as_str(), stage])?;
        if let Some(next) = checkpoint.0.get(&0) {
            let insert = "INSERT INTO readers (stream, name, next) VALUES (?1, ?2, ?3)";
            connection.execute(insert, params![stream.as_str(), stage, next])?;
        }
    }
    Ok(())
}

/// Copies the files with the authors' keys.
pub fn copy_author_keys(from: &Path, to: &Path) -> Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?;
        let name = PathBuf::from(file.file_name());
        if name.to_string_lossy().starts_with(AUTHOR_KEYS) && file.file_type()?.is_file() {
            fs::copy(file.path(), to.join(&name)).with_context(|| format!("cannot copy {}", name.display()))?;
        }
    }
    Ok(())
}

fn size(path: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { size(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
