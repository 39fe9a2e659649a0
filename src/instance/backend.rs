//! Which journal and which ClickHouse an instance works on.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use config::{Config, FactsServer};
use ingest::privacy::MASKS;
use journal::{
    Applied, Checkpoint, Embedded, Entry, Journal, Kafka, KafkaSettings, Limits, Sasl, Security, Sink, SinkError, Tls,
};
use model::Clock;
use store::facts::{Engine, Facts};
use tokio::runtime::Handle;

use crate::folder::Folder;

/// The journal that the configuration names.
pub enum Backend {
    /// One file, for one process.
    Embedded(Embedded),
    /// A cluster, for as many processes as share it.
    Kafka(Kafka),
}

impl Backend {
    /// Opens it. A cluster is asked nothing yet.
    pub fn open(config: &Config, folder: &Folder, clock: &Clock) -> Result<Backend> {
        if let Some(settings) = kafka_settings(config)? {
            return Ok(Backend::Kafka(Kafka::open(settings).context("cannot prepare the connection to Kafka")?));
        }
        let limits = Limits { keep: keep(config), max_bytes: config.settings.journal.max_mb << 20 };
        let journal = Embedded::open(&folder.file("journal.db"), limits, Arc::clone(clock))
            .with_context(|| format!("cannot open the journal in {}", folder.path().display()))?;
        Ok(Backend::Embedded(journal))
    }

    /// What the stages see of it.
    pub fn journal(&self) -> Arc<dyn Journal> {
        match self {
            Backend::Embedded(journal) => Arc::new(journal.clone()),
            Backend::Kafka(journal) => Arc::new(journal.clone()),
        }
    }

    /// The journal in this folder, where that is it.
    pub fn embedded(&self) -> Option<Embedded> {
        match self {
            Backend::Embedded(journal) => Some(journal.clone()),
            Backend::Kafka(_) => None,
        }
    }

    /// The number of the rules in force: in the folder, or where all classifiers of a cluster agree on it. Other masks count as
    /// other rules, so that a replay replaces what the masks before them left.
    pub fn rule_set(&self, config: &Config, folder: &Folder) -> Result<u32> {
        let hash = format!("{}-{MASKS}", config.rules_hash);
        match self {
            Backend::Embedded(_) => folder.rule_set(&hash),
            Backend::Kafka(kafka) => kafka.rule_set(&hash).context("cannot number the rule set"),
        }
    }

    /// The number of the rule set last in force, for commands that only read; 0 where a cluster does not answer.
    pub fn stored_rule_set(&self, folder: &Folder) -> Result<u32> {
        match self {
            Backend::Embedded(_) => folder.stored_rule_set(),
            Backend::Kafka(kafka) => Ok(kafka.stored_rule_set().unwrap_or(0)),
        }
    }

    /// Whether several processes may work on it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Backend::Kafka(_))
    }

    /// The name under which a stage that reads its stream alone keeps its position. Each node of a cluster has its own; in a
    /// folder there is one.
    pub fn reader_name(&self, stage: &str, folder: &Folder) -> Result<String> {
        match self {
            Backend::Embedded(_) => Ok(stage.to_owned()),
            Backend::Kafka(_) => Ok(format!("{stage}-{}", folder.node()?)),
        }
    }
}

fn keep(config: &Config) -> Duration {
    Duration::from_secs(u64::from(config.settings.journal.keep_days) * 24 * 3600)
}

/// Settings of the cluster that the configuration names, secrets read.
pub fn kafka_settings(config: &Config) -> Result<Option<KafkaSettings>> {
    let Some(kafka) = &config.settings.kafka else {
        return Ok(None);
    };
    let tls = kafka.tls.then(|| Tls { ca_file: kafka.ca_file.clone(), client: kafka.certificate.clone() });
    let sasl = kafka.login.as_ref().map(|login| -> Result<Sasl> {
        let password = login.password.read().map_err(anyhow::Error::msg)?;
        Ok(Sasl { mechanism: login.mechanism.clone(), user: login.user.clone(), password })
    });
    Ok(Some(KafkaSettings {
        brokers: kafka.brokers.clone(),
        prefix: kafka.prefix.clone(),
        partitions: kafka.partitions,
        replication: kafka.replication,
        keep: keep(config),
        security: Security { tls, sasl: sasl.transpose()? },
    }))
}

/// The figures as their one writer has them: the embedded engine, or a server. A server that is away is waited for by the
/// stages, see [`MigratingSink`].
pub async fn open_facts(config: &Config, folder: &Folder) -> Result<(Option<Engine>, Facts)> {
    let server = config.settings.facts.as_ref();
    if let Some(server) = server.filter(|server| server.listen.is_none()) {
        return Ok((None, connect_facts(config, server)?));
    }
    let (listen, guests) = server.map_or((None, false), |server| (server.listen, server.guests));
    let engine = Engine::start(&library()?, &folder.file("facts"), listen, guests)
        .await
        .context("cannot start the embedded ClickHouse")?;
    let facts = Facts::connect(engine.url(), engine.database(), engine.user(), engine.password(), config.timezone());
    facts.migrate().await.context("cannot bring the figures' tables up to date")?;
    Ok((Some(engine), facts))
}

/// The figures as all others ask them: at the configured server.
pub fn connect_facts(config: &Config, server: &FactsServer) -> Result<Facts> {
    let password = server.password.as_ref().map(|secret| secret.read()).transpose();
    let password = password.map_err(anyhow::Error::msg)?.unwrap_or_default();
    let facts = Facts::connect(&server.url, &server.database, &server.user, &password, config.timezone());
    Ok(server.cluster.iter().fold(facts, |facts, cluster| facts.on_cluster(cluster)))
}

/// A sink of the figures that first brings the tables up to date, and tries again until that succeeds.
pub struct MigratingSink<S> {
    pub facts: Facts,
    pub runtime: Handle,
    pub sink: S,
    pub done: bool,
}

impl<S: Sink> Sink for MigratingSink<S> {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        if !self.done {
            self.runtime.block_on(self.facts.migrate())?;
            self.done = true;
        }
        self.sink.position()
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        self.sink.apply(entries)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.sink.flush()
    }
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
