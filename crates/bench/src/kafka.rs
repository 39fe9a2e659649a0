//! The journal that is measured: the embedded one, or Kafka on the configured brokers or on a node started for the measurement.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use config::{Config, Kafka};
use journal::KafkaSettings;
use journal::broker::Broker;

/// The journal of a measurement: a file in its folder, unless there is Kafka.
#[derive(Default)]
pub struct Backend {
    /// With a prefix that no installation has.
    kafka: Option<Kafka>,
    /// The node that was started for the measurement, and where it keeps its log.
    node: Option<(Broker, PathBuf)>,
}

impl Backend {
    /// Kafka as the configuration names it, else a node in a folder, which is stopped when this value is dropped.
    pub fn kafka(config: &Config, folder: &Path) -> Result<Backend> {
        let prefix = format!("otklik-bench-{}.", std::process::id());
        if let Some(configured) = &config.settings.kafka {
            return Ok(Backend { kafka: Some(Kafka { prefix, ..configured.clone() }), node: None });
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
        Ok(Backend { kafka: Some(kafka), node: Some((broker, folder.join("data/log"))) })
    }

    /// Puts this journal into a configuration, under a name of its own.
    pub fn configure(&self, config: &mut Config, name: &str) {
        let named = |kafka: &Kafka| Kafka { prefix: format!("{}{name}.", kafka.prefix), ..kafka.clone() };
        config.settings.kafka = self.kafka.as_ref().map(named);
    }

    /// The folder that the brokers keep their topics in, where it is known.
    pub fn log(&self) -> Option<&Path> {
        self.node.as_ref().map(|(_, log)| log.as_path())
    }
}

/// Makes the topics of a measurement.
pub fn make_topics(settings: KafkaSettings) -> Result<()> {
    journal::Kafka::open(settings)?.make_topics().context("cannot make the topics of the measurement")
}

/// Removes them with what they hold.
pub fn remove_topics(settings: KafkaSettings) -> Result<()> {
    journal::Kafka::open(settings)?.remove_topics().context("cannot remove the topics of the measurement")
}
