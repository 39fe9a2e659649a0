//! What runs on a data folder: the journal, the stages over it, and the API in front of it.

pub mod admin;
pub mod archive;
mod classifying;
pub mod deletions;
pub mod folder;
pub mod leads;
mod purging;
pub mod replay;
pub mod sample;
pub mod serve;
pub mod stages;
mod status;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alerts::{Alerts, Channel};
use anyhow::{Context, Result};
use classify::Classifier;
use config::{Config, Files};
use ingest::Collector;
use journal::{Embedded, Limits, Stream};
use model::Clock;
use reports::Reports;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use crate::cli::Role;
use classifying::ClassifySink;
use folder::{Folder, Lock};
use purging::Purged;
use stages::Stages;

/// Messages a stage takes at once: enough to fill a commit, few enough that a crash repeats little.
const BATCH: usize = 5_000;

/// Alerts decide one by one and nobody may wait behind a big batch.
const ALERT_BATCH: usize = 1_000;

/// An instance on a data folder. The parts it was not asked for are absent.
pub struct Instance {
    /// The files that `config` was made of.
    pub files: Files,
    pub config: Arc<Config>,
    pub clock: Clock,
    pub folder: Folder,
    pub journal: Embedded,
    pub stages: Stages,
    pub index: Option<SearchIndex>,
    pub facts: Option<Facts>,
    pub alerts: Option<Alerts>,
    pub reports: Option<Reports>,
    pub collector: Option<Arc<Collector>>,
    pub rules: u32,
    engine: Mutex<Option<Engine>>,
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
        channels: Vec<Channel>,
    ) -> Result<Instance> {
        let has = |role| purpose.parts.contains(&role);
        let limits = Limits {
            keep: Duration::from_secs(u64::from(config.settings.journal.keep_days) * 24 * 3600),
            max_bytes: config.settings.journal.max_mb << 20,
        };
        let journal = Embedded::open(&folder.file("journal.db"), limits, Arc::clone(&clock))
            .with_context(|| format!("cannot open the journal in {}", folder.path().display()))?;
        let index = has(Role::Store)
            .then(|| SearchIndex::open(&folder.file("index"), config.timezone().clone()))
            .transpose()
            .context("cannot open the search index")?;
        let (engine, facts) = if has(Role::Facts) { open_facts(&config, &folder).await? } else { (None, None) };
        let alerts = has(Role::Alerts)
            .then(|| Alerts::open(&folder.file("alerts.db"), Arc::clone(&config), Arc::clone(&clock), channels))
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
            let journal = Arc::new(journal.clone());
            let version = env!("CARGO_PKG_VERSION");
            let random = ingest::os_random();
            let opened =
                Collector::open(folder.path(), Arc::clone(&config), journal, Arc::clone(&clock), random, version);
            Some(Arc::new(opened.context("cannot start the collectors")?))
        } else {
            None
        };
        let rules = match purpose.working {
            true => folder.rule_set(&config.rules_hash)?,
            false => folder.stored_rule_set()?,
        };
        let stages = Stages::new(journal.clone(), Arc::clone(&clock));
        let instance = Instance {
            files,
            config,
            clock,
            folder,
            journal,
            stages,
            index,
            facts,
            alerts,
            reports,
            collector,
            rules,
            engine: Mutex::new(engine),
            purge: Mutex::new(None),
            _lock: lock,
        };
        if purpose.working {
            instance.start_stages(has(Role::Classify))?;
        }
        Ok(instance)
    }

    fn start_stages(&self, classify: bool) -> Result<()> {
        let runtime = tokio::runtime::Handle::current();
        if classify {
            let sink = ClassifySink {
                classifier: self.classifier(),
                journal: self.journal.clone(),
                clock: Arc::clone(&self.clock),
            };
            self.stages.start("classify", Stream::Posts, BATCH, Box::new(sink))?;
        }
        if let Some(index) = &self.index {
            let sink = Purged::new(index.sink().context("cannot write the search index")?);
            *self.purge.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink.clone());
            self.stages.start("search", Stream::Tagged, BATCH, Box::new(sink))?;
        }
        if let Some(facts) = &self.facts {
            self.stages.start("facts", Stream::Tagged, BATCH, Box::new(facts.posts_sink(runtime.clone())))?;
            let counters = Box::new(facts.counters_sink(runtime.clone()));
            self.stages.start("facts-counters", Stream::Counters, BATCH, counters)?;
            let coverage = Box::new(facts.coverage_sink(runtime));
            self.stages.start("facts-coverage", Stream::Coverage, BATCH, coverage)?;
        }
        if let Some(alerts) = &self.alerts {
            self.stages.start("alerts", Stream::Tagged, ALERT_BATCH, Box::new(alerts.sink()))?;
        }
        Ok(())
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
        if let Some(facts) = &self.facts {
            facts.purge().await?;
        }
        let (journal, alerts) = (self.journal.clone(), self.alerts.clone());
        let logs = move || -> Result<()> {
            journal.truncate_log()?;
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

async fn open_facts(config: &Config, folder: &Folder) -> Result<(Option<Engine>, Option<Facts>)> {
    let timezone = config.timezone();
    let (engine, facts) = match &config.settings.facts {
        Some(server) => {
            let password = server.password.as_ref().map(|secret| secret.read()).transpose();
            let password = password.map_err(anyhow::Error::msg)?.unwrap_or_default();
            (None, Facts::connect(&server.url, &server.database, &server.user, &password, timezone))
        }
        None => {
            let library = library()?;
            let engine = Engine::start(&library, &folder.file("facts"), None)
                .await
                .context("cannot start the embedded ClickHouse")?;
            let facts = Facts::connect(engine.url(), engine.database(), engine.user(), engine.password(), timezone);
            (Some(engine), facts)
        }
    };
    facts.migrate().await.context("cannot bring the figures' tables up to date")?;
    Ok((engine, Some(facts)))
}

/// Where the embedded ClickHouse is: `OTKLIK_CHDB`, else beside the binary, else where `make run` puts it.
fn library() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("OTKLIK_CHDB") {
        return Ok(path.into());
    }
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|folder| folder.join("libchdb.so")));
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let cached = cache.map(|cache| cache.join("otklik/chdb").join(CHDB_VERSION).join("libchdb.so"));
    beside.into_iter().chain(cached).find(|path| path.exists()).with_context(|| {
        "the embedded ClickHouse (libchdb.so) is not installed: run deploy/setup.sh, set OTKLIK_CHDB to where it is, \
         or configure a ClickHouse server in otklik.toml, [facts]"
    })
}

/// The version that deploy/setup.sh brings; the two must say the same.
const CHDB_VERSION: &str = "26.7.3-stable.1";
