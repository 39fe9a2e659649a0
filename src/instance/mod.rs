//! What runs on a data folder: the journal, the stages over it, and the API in front of it.

pub mod admin;
pub mod archive;
mod backend;
pub mod backup;
mod classifying;
pub mod dead_letters;
pub mod deletions;
pub mod folder;
pub mod gateway;
pub mod leads;
pub mod peers;
mod purging;
pub mod refill;
pub mod replay;
pub mod sample;
pub mod serve;
pub mod stages;
mod status;
mod vitals;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alerts::{Alerts, Vitals};
use anyhow::{Context, Result};
use classify::Classifier;
use config::{Config, Contact, Files};
use ingest::Collector;
use journal::{Gather, Journal, Pace, Sink, Stream};
use model::Clock;
use reports::Reports;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use crate::cli::Role;
pub use backend::{Backend, kafka_settings};
use backend::{Migrated, connect_facts, open_facts};
use classifying::ClassifySink;
use folder::{Folder, Lock};
use peers::Peers;
use purging::Purged;
use sample::Joined;
use stages::{Stages, WAIT};

/// Messages a stage takes at once: enough that reading costs little for each, few enough that memory stays flat.
const BATCH: usize = 5_000;

/// Classification does a batch as a whole before anybody sees it: nobody may wait behind a big one.
const SMALL_BATCH: usize = 2_000;

/// A stage that passes on what it took, batch by batch.
const AT_ONCE: Pace = Pace { batch: SMALL_BATCH, wait: WAIT, gather: Gather::NOTHING };

/// Alerts do the same. A stage that keeps up takes small batches by itself, and one that is behind writes a page of its file once
/// for many posts.
const ALERTS: Pace = Pace { batch: BATCH, ..AT_ONCE };

/// What the stages gather that keep up: seen a quarter of a second after it came.
const FRESH: Duration = Duration::from_millis(250);

/// What they gather while they are behind, as an import or a replay makes them, or a slow machine: merging what was written in
/// small pieces costs more than half of what writing it did, and who is behind by minutes is not helped by seconds.
const MOST: Duration = Duration::from_secs(20);

/// The search index: a commit writes segments, which are merged later, so the more posts in one the cheaper each. More than these
/// its writer does not hold anyway.
const INDEX: Pace = Pace { batch: BATCH, wait: WAIT, gather: Gather { fresh: FRESH, most: MOST, messages: 120_000 } };

/// The figures: an INSERT makes a part, which ClickHouse merges later. Until then its rows are held in memory, here and there, some
/// 5 KB each.
const FIGURES: Pace = Pace { batch: BATCH, wait: WAIT, gather: Gather { fresh: FRESH, most: MOST, messages: 20_000 } };

/// An instance on a data folder. The parts it was not asked for are absent.
pub struct Instance {
    /// The files that `config` was made of.
    pub files: Files,
    pub config: Arc<Config>,
    pub clock: Clock,
    pub folder: Folder,
    pub journal: Arc<dyn Journal>,
    backend: Backend,
    pub stages: Stages,
    pub index: Option<SearchIndex>,
    pub facts: Option<Facts>,
    pub alerts: Option<Alerts>,
    pub reports: Option<Reports>,
    pub collector: Option<Arc<Collector>>,
    pub rules: u32,
    /// The parts that were asked for.
    pub parts: BTreeSet<Role>,
    /// The other roles, where they run in processes of their own.
    pub peers: Option<Peers>,
    /// The sample's clock and place, where it runs here.
    pub sample: Option<Joined>,
    engine: Mutex<Option<Engine>>,
    /// How the installation was when it was last looked at.
    vitals: Mutex<Vitals>,
    purge: Mutex<Option<Purged>>,
    /// Dropped last: until then nobody else opens the folder.
    _lock: Lock,
}

/// What an instance is opened for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Parts that are opened.
    pub parts: BTreeSet<Role>,
    /// Whether their stages work, or the parts are only looked at.
    pub working: bool,
}

impl Purpose {
    /// Everything works: `run`.
    pub fn all() -> BTreeSet<Role> {
        [Role::Ingest, Role::Classify, Role::Store, Role::Facts, Role::Alerts, Role::Web].into()
    }

    /// What an import or a replay needs: everything that posts pass, no collectors.
    pub fn pipeline() -> Purpose {
        Purpose { parts: [Role::Classify, Role::Store, Role::Facts, Role::Alerts].into(), working: true }
    }

    /// Some parts, only looked at.
    pub fn look(parts: &[Role]) -> Purpose {
        Purpose { parts: parts.iter().copied().collect(), working: false }
    }
}

impl Instance {
    /// Opens the parts of an instance and, where it is for work, starts their stages. Polling begins when `run` starts the collector.
    pub async fn open(
        files: Files,
        config: Arc<Config>,
        clock: Clock,
        folder: Folder,
        lock: Lock,
        purpose: &Purpose,
        everywhere: Vec<Contact>,
    ) -> Result<Instance> {
        let has = |role| purpose.parts.contains(&role);
        let backend = Backend::open(&config, &folder, &clock)?;
        let journal = backend.journal();
        let index = has(Role::Store)
            .then(|| SearchIndex::open(&folder.file("index"), config.timezone().clone()))
            .transpose()
            .context("cannot open the search index")?;
        let (engine, facts) = if has(Role::Facts) {
            let (engine, facts) = open_facts(&config, &folder).await?;
            (engine, Some(facts))
        } else {
            let server = config.settings.facts.as_ref().filter(|_| has(Role::Alerts));
            (None, server.map(|server| connect_facts(&config, server)).transpose()?)
        };
        let alerts = has(Role::Alerts)
            .then(|| Alerts::open(&folder.file("alerts.db"), Arc::clone(&config), Arc::clone(&clock), everywhere))
            .transpose()?;
        let reports = match (&facts, &alerts) {
            (Some(facts), Some(alerts)) => Some(
                Reports::open(
                    &folder.file("reports.db"),
                    Arc::clone(&config),
                    facts.clone(),
                    alerts.clone(),
                    Arc::clone(&clock),
                )
                .context("cannot open the digests")?,
            ),
            _ => None,
        };
        let collector = if has(Role::Ingest) {
            let version = env!("CARGO_PKG_VERSION");
            let random = ingest::os_random();
            let opened = Collector::open(
                folder.path(),
                Arc::clone(&config),
                Arc::clone(&journal),
                Arc::clone(&clock),
                random,
                version,
            );
            Some(Arc::new(opened.context("cannot start the collectors")?))
        } else {
            None
        };
        let rules = match purpose.working {
            true if has(Role::Classify) => backend.rule_set(&config, &folder)?,
            _ => backend.stored_rule_set(&folder)?,
        };
        let peers = match &config.settings.roles {
            Some(roles) if purpose.working && purpose.parts != Purpose::all() => Some(Peers::new(roles)?),
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
            parts: purpose.parts.clone(),
            peers,
            sample: None,
            engine: Mutex::new(engine),
            vitals: Mutex::default(),
            purge: Mutex::new(None),
            _lock: lock,
        };
        if purpose.working {
            instance.start_stages(&purpose.parts)?;
        }
        Ok(instance)
    }

    fn start_stages(&self, parts: &BTreeSet<Role>) -> Result<()> {
        let runtime = tokio::runtime::Handle::current();
        if parts.contains(&Role::Classify) {
            let sink = ClassifySink {
                classifier: self.classifier(),
                journal: Arc::clone(&self.journal),
                clock: Arc::clone(&self.clock),
            };
            let reader = self.journal.shared_reader(Stream::Posts, "classify")?;
            self.stages.start("classify", Stream::Posts, self.backend.is_shared(), AT_ONCE, reader, Box::new(sink))?;
        }
        if let Some(index) = &self.index {
            let sink = Purged::new(index.sink().context("cannot write the search index")?);
            *self.purge.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink.clone());
            self.start("search", Stream::Tagged, INDEX, sink)?;
        }
        if let Some(facts) = self.facts.as_ref().filter(|_| parts.contains(&Role::Facts)) {
            self.start("facts", Stream::Tagged, FIGURES, migrated(facts, facts.posts_sink(runtime.clone())))?;
            let counters = migrated(facts, facts.counters_sink(runtime.clone()));
            self.start("facts-counters", Stream::Counters, FIGURES, counters)?;
            self.start("facts-coverage", Stream::Coverage, FIGURES, migrated(facts, facts.coverage_sink(runtime)))?;
        }
        if let Some(alerts) = &self.alerts {
            self.start("alerts", Stream::Tagged, ALERTS, alerts.sink())?;
            self.start("alerts-coverage", Stream::Coverage, AT_ONCE, alerts.coverage_sink())?;
            self.start("alerts-counters", Stream::Counters, AT_ONCE, alerts.counters_sink())?;
        }
        Ok(())
    }

    /// Starts a stage that reads a stream alone.
    fn start(&self, name: &'static str, stream: Stream, pace: Pace, sink: impl Sink + 'static) -> Result<()> {
        let reader = self.journal.reader(stream, &self.reader_name(name)?)?;
        self.stages.start(name, stream, false, pace, reader, Box::new(sink))
    }

    /// The name that a stage with a place of its own reads under.
    pub fn reader_name(&self, stage: &str) -> Result<String> {
        self.backend.reader_name(stage, &self.folder)
    }

    /// A classifier of the rules in force.
    pub fn classifier(&self) -> Classifier {
        Classifier::new(Arc::clone(&self.config), self.rules)
    }

    /// Takes deleted texts off the disk, where the index and the figures still keep them in old segments and parts.
    pub async fn purge(&self) -> Result<()> {
        let began = (self.clock)();
        let sink = self.purge.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sink) = sink {
            tokio::task::spawn_blocking(move || sink.purge()).await?.map_err(anyhow::Error::from_boxed)?;
        }
        // Others only ask the figures; who writes them purges them.
        if let Some(facts) = self.facts.as_ref().filter(|_| self.parts.contains(&Role::Facts)) {
            facts.purge().await?;
        }
        let (journal, alerts) = (self.backend.embedded(), self.alerts.clone());
        let logs = move || -> Result<()> {
            // A cluster's topics are compacted by its brokers.
            journal.map(|journal| journal.truncate_log()).transpose()?;
            alerts.map(|alerts| alerts.truncate_log()).transpose()?;
            Ok(())
        };
        tokio::task::spawn_blocking(logs).await??;
        self.note_purge(began)
    }

    /// Stops the stages after their batch, then the engine of the figures.
    pub async fn close(&self) {
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

/// A sink of the figures that brings the tables up to date before it begins.
fn migrated<S: Sink>(facts: &Facts, sink: S) -> Migrated<S> {
    Migrated { facts: facts.clone(), runtime: tokio::runtime::Handle::current(), sink, done: false }
}
