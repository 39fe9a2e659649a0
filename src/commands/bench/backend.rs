//! The journal that is measured: the embedded one, or Kafka's, on the configured brokers or on a node of the measurement's own.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use config::{Config, Kafka};
use journal::broker::Broker;

use crate::instance::kafka_settings;

/// Where the posts of a measurement go: a file of its folder, unless there is Kafka.
#[derive(Default)]
pub struct Backend {
    /// With a prefix that no installation has.
    kafka: Option<Kafka>,
    /// The node of the measurement's own, and where it keeps its log.
    own: Option<(Broker, PathBuf)>,
}

impl Backend {
    /// Kafka as the configuration names it, else a node in a folder, which ends with this value.
    pub fn kafka(config: &Config, folder: &Path) -> Result<Backend> {
        let prefix = format!("otklik-bench-{}.", std::process::id());
        if let Some(configured) = &config.settings.kafka {
            return Ok(Backend { kafka: Some(Kafka { prefix, ..configured.clone() }), own: None });
        }
        let broker = Broker::start(folder, false).context("run `deploy/setup.sh kafka`, or configure [kafka]")?;
        let kafka = Kafka {
            brokers: broker.address(),
            prefix,
            partitions: 6,
            replication: 1,
            tls: false,
            ca_file: None,
            certificate: None,
            login: None,
        };
        Ok(Backend { kafka: Some(kafka), own: Some((broker, folder.join("data/log"))) })
    }

    /// Puts this journal into a configuration, under a name of its own.
    pub fn configure(&self, config: &mut Config, name: &str) {
        let named = |kafka: &Kafka| Kafka { prefix: format!("{}{name}.", kafka.prefix), ..kafka.clone() };
        config.settings.kafka = self.kafka.as_ref().map(named);
    }

    /// The folder that the brokers keep their topics in, where it is known.
    pub fn log(&self) -> Option<&Path> {
        self.own.as_ref().map(|(_, log)| log.as_path())
    }
}

/// Makes the topics of a configuration, where it has Kafka.
pub fn make_topics(config: &Config) -> Result<()> {
    if let Some(settings) = kafka_settings(config)? {
        journal::Kafka::open(settings)?.make_topics().context("cannot make the topics of the measurement")?;
    }
    Ok(())
}

/// Removes them with what they hold.
pub fn remove_topics(config: &Config) -> Result<()> {
    if let Some(settings) = kafka_settings(config)? {
        journal::Kafka::open(settings)?.remove_topics().context("cannot remove the topics of the measurement")?;
    }
    Ok(())
}
