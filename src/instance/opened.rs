//! An instance: the parts that are open in this process, and how they are opened and closed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use alerts::{Alerts, Health};
use anyhow::Result;
use classify::Classifier;
use config::{Config, Contact, Files};
use ingest::Collector;
use journal::Journal;
use model::Clock;
use reports::Reports;
use store::Retention;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use super::backend::Backend;
use super::mode::OpenMode;
use super::parts;
use super::peers::Peers;
use super::sample::SamplePlace;
use super::stages::shared_index::SharedIndexWriter;
use super::stages::threads::Stages;
use crate::folder::{Folder, Lock};
use crate::roles::Role;

/// An instance on a data folder. Parts of roles that it was not opened for are absent.
pub struct Instance {
    /// The files that `config` was made of.
    pub files: Files,
    /// The configuration in force.
    pub config: Arc<Config>,
    /// Its time; the sample's, where it runs on one.
    pub clock: Clock,
    /// The data folder.
    pub folder: Folder,
    /// The journal.
    pub journal: Arc<dyn Journal>,
    pub(super) backend: Backend,
    /// The stages that run here.
    pub stages: Stages,
    /// The search index.
    pub index: Option<SearchIndex>,
    /// The figures.
    pub facts: Option<Facts>,
    /// The alerts.
    pub alerts: Option<Alerts>,
    /// The digests.
    pub reports: Option<Reports>,
    /// What polls the sources.
    pub collector: Option<Arc<Collector>>,
    /// Number of the rule set in force; 0 where none ever was.
    pub rules: u32,
    /// The roles whose parts are open here.
    pub roles: BTreeSet<Role>,
    /// The other roles, where they run in processes of their own.
    pub peers: Option<Peers>,
    /// The sample's clock and place, where it runs here.
    pub sample: Option<SamplePlace>,
    engine: Mutex<Option<Engine>>,
    /// How the installation was when it was last checked.
    pub(super) health: Mutex<Health>,
    /// The index writer, for the removal of deleted texts.
    pub(super) index_writer: Mutex<Option<SharedIndexWriter>>,
    /// Dropped last: until then nobody else opens the folder.
    _lock: Lock,
}

impl Instance {
    /// Opens the parts of an instance and, where they are to run, starts their stages. Polling begins when `run` starts the collector.
    pub async fn open(
        files: Files,
        config: Arc<Config>,
        clock: Clock,
        folder: Folder,
        lock: Lock,
        mode: &OpenMode,
        standing_contacts: Vec<Contact>,
    ) -> Result<Instance> {
        let has = |role| mode.roles.contains(&role);
        let backend = Backend::open(&config, &folder, &clock)?;
        let journal = backend.journal();
        let retention = parts::retention(&config, &clock);
        let index = has(Role::Store).then(|| parts::index(&config, &folder, mode, &retention)).transpose()?;
        let (engine, facts) = parts::facts(&config, &folder, mode, &retention).await?;
        let alerts = has(Role::Alerts)
            .then(|| {
                Alerts::open(&folder.file("alerts.db"), Arc::clone(&config), Arc::clone(&clock), standing_contacts)
            })
            .transpose()?;
        let reports = match (&facts, &alerts) {
            (Some(facts), Some(alerts)) => Some(parts::reports(&config, &folder, facts, alerts, &clock)?),
            _ => None,
        };
        let collector =
            has(Role::Ingest).then(|| parts::collector(&config, &folder, &journal, &clock)).transpose()?.map(Arc::new);
        let rules = match mode.running {
            true if has(Role::Classify) => backend.rule_set(&config, &folder)?,
            _ => backend.stored_rule_set(&folder)?,
        };
        let peers = match &config.settings.roles {
            Some(roles) if mode.running && mode.roles != Role::all() => Some(Peers::new(roles, &mode.roles)?),
            _ => None,
        };
        let stages = Stages::new(Arc::clone(&journal), Arc::clone(&clock));
        let instance = Instance {
            files,
            config,
            clock,
            folder,
            journal,
            backend,
            stages,
            index,
            facts,
            alerts,
            reports,
            collector,
            rules,
            roles: mode.roles.clone(),
            peers,
            sample: None,
            engine: Mutex::new(engine),
            health: Mutex::default(),
            index_writer: Mutex::new(None),
            _lock: lock,
        };
        if mode.running {
            instance.start_stages(&mode.roles)?;
        }
        Ok(instance)
    }

    /// The name under which a stage that reads its stream alone keeps its position.
    pub fn reader_name(&self, stage: &str) -> Result<String> {
        self.backend.reader_name(stage, &self.folder)
    }

    /// How long posts are kept.
    pub fn retention(&self) -> Retention {
        parts::retention(&self.config, &self.clock)
    }

    /// A classifier of the rules in force.
    pub fn classifier(&self) -> Classifier {
        Classifier::new(Arc::clone(&self.config), self.rules)
    }

    /// Stops the stages after their batch, then the engine of the figures.
    pub async fn close(&self) {
        if let Some(index) = &self.index {
            index.interrupt_rebuilding();
        }
        let stages = self.stages.clone();
        if let Err(panicked) = tokio::task::spawn_blocking(move || stages.stop()).await {
            tracing::error!(error = %panicked, "the stages could not be stopped in order");
        }
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(engine) = engine {
            engine.stop().await;
        }
    }
}
