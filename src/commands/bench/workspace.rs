//! A data folder to measure in, and the instances that are opened on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use bench::{Backend, DataFiles, JournalFiles, Pipeline, StageProgress};
use config::{Config, Files};
use model::Time;

use crate::folder::Folder;
use crate::instance::backend::kafka_settings;
use crate::instance::{Instance, OpenMode};
use crate::roles::Role;

/// A data folder to measure in, with the configuration that it is opened with.
pub struct Workspace {
    folder: Folder,
    files: Files,
    config: Arc<Config>,
    /// Where the brokers keep their log, if the measurement started them.
    log: Option<PathBuf>,
    /// Whether messages go once every stage has read them.
    expire: bool,
}

impl Workspace {
    /// Measures in a folder, which must be empty, and over a journal, which lets go of what was read if it is to `expire`.
    pub fn new(folder: &Path, files: Files, mut config: Config, backend: &Backend, expire: bool) -> Result<Workspace> {
        // The disk's own size is the limit here.
        config.settings.journal.max_mb = u64::MAX >> 20;
        if expire {
            config.settings.journal.keep_days = 0;
        }
        // Generated posts stay here: neither other roles nor a server of the configuration see them.
        (config.settings.facts, config.settings.roles) = (None, None);
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        backend.configure(&mut config, &name);
        if let Some(settings) = kafka_settings(&config)? {
            bench::make_topics(settings)?;
        }
        let log = backend.log().map(Path::to_owned);
        Ok(Workspace { folder: Folder::find(Some(folder), false), files, config: Arc::new(config), log, expire })
    }

    /// Keeps the index of the finished measurement in a folder.
    pub fn keep_index(&self, folder: &Path) -> Result<()> {
        let index = self.folder.file("index");
        std::fs::rename(&index, folder).with_context(|| {
            format!("cannot move {} to {}; both must be on one disk", index.display(), folder.display())
        })
    }

    /// Removes what it made outside of the folder.
    pub fn remove(self) -> Result<()> {
        match kafka_settings(&self.config)? {
            Some(settings) => bench::remove_topics(settings),
            None => Ok(()),
        }
    }

    /// Opens these parts, which begin to work.
    pub async fn open(&self, parts: &[Role]) -> Result<Arc<Instance>> {
        let lock = self.folder.take()?.context("the folder of the measurement is in use")?;
        let mode = OpenMode { roles: parts.iter().copied().collect(), running: true };
        let clock: model::Clock = Arc::new(Time::now);
        let (files, config) = (self.files.clone(), Arc::clone(&self.config));
        Ok(Arc::new(Instance::open(files, config, clock, self.folder.clone(), lock, &mode, Vec::new()).await?))
    }

    /// The files whose sizes are measured.
    pub fn data_files(&self) -> DataFiles {
        let journal = match (&self.log, &self.config.settings.kafka) {
            _ if self.expire => JournalFiles::Unknown,
            (Some(log), Some(kafka)) => JournalFiles::Topics { log: log.clone(), prefix: kafka.prefix.clone() },
            (_, Some(_)) => JournalFiles::Unknown,
            (_, None) => JournalFiles::Embedded,
        };
        DataFiles { folder: self.folder.path().to_owned(), journal }
    }
}

/// What the measurement sees of an instance.
pub fn pipeline(instance: &Arc<Instance>) -> Pipeline {
    let stages = instance.stages.clone();
    Pipeline {
        journal: Arc::clone(&instance.journal),
        progress: Arc::new(move || {
            let states = stages.states().into_iter();
            let progress = states.map(|(name, state)| {
                let (checkpoint, done, flushes, error) = (state.checkpoint, state.done, state.flushes, state.error);
                (name, StageProgress { checkpoint, done, flushes, error })
            });
            progress.collect()
        }),
    }
}
