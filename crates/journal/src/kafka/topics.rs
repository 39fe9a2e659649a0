//! Creating the topics, and checking that they are as the installation needs them.

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::types::RDKafkaErrorCode;

use super::client;
use super::cluster::ASK_TIMEOUT;
use super::journal::Kafka;
use super::settings::KafkaSettings;
use crate::api::{Error, Stream};

/// A deleted text must be gone within a day, and only closed segments are compacted: a segment is closed after this …
const SEGMENT_MS: u64 = 6 * 3_600_000;

/// … and compacted after this at the latest.
const MAX_COMPACTION_LAG_MS: u64 = 12 * 3_600_000;

/// The actual state of a topic of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicState {
    /// Its name.
    pub name: String,
    /// 0 if there is no such topic.
    pub partitions: u32,
    /// What differs from the configuration, in words; empty if nothing does.
    pub problems: Vec<String>,
}

/// What a topic must be like.
struct Wanted {
    name: String,
    partitions: u32,
    settings: Vec<(&'static str, String)>,
}

/// The topics of the installation. Streams of posts have several partitions; the others are small, and dead letters are read in
/// order. The numbers of rule sets are kept for ever, and of corrections the last of each post.
fn wanted(settings: &KafkaSettings) -> Vec<Wanted> {
    let keep = settings.keep.as_millis().to_string();
    let mut topics: Vec<Wanted> = Stream::ALL
        .into_iter()
        .map(|stream| {
            let texts = matches!(stream, Stream::Posts | Stream::Tagged | Stream::Dead | Stream::Corrections);
            let spread = matches!(stream, Stream::Posts | Stream::Tagged | Stream::Counters);
            let (cleanup, keep) = match (stream.keeps_last_of_key(), texts) {
                (true, _) => ("compact", "-1"),
                (false, true) => ("compact,delete", keep.as_str()),
                (false, false) => ("delete", keep.as_str()),
            };
            let mut of_topic = common(settings, cleanup, keep);
            of_topic.push(("segment.ms", SEGMENT_MS.to_string()));
            if texts {
                of_topic.push(("max.compaction.lag.ms", MAX_COMPACTION_LAG_MS.to_string()));
            }
            let name = format!("{}{}", settings.prefix, stream.as_str());
            Wanted { name, partitions: if spread { settings.partitions } else { 1 }, settings: of_topic }
        })
        .collect();
    let name = format!("{}{}", settings.prefix, super::rules::TOPIC);
    topics.push(Wanted { name, partitions: 1, settings: common(settings, "delete", "-1") });
    topics
}

fn common(settings: &KafkaSettings, cleanup: &str, keep_ms: &str) -> Vec<(&'static str, String)> {
    vec![
        ("cleanup.policy", cleanup.to_owned()),
        ("retention.ms", keep_ms.to_owned()),
        // Retention goes by the broker's clock: by a sender's wrong clock it would lose messages.
        ("message.timestamp.type", "LogAppendTime".to_owned()),
        ("compression.type", "producer".to_owned()),
        ("max.message.bytes", client::MAX_MESSAGE_BYTES.to_string()),
        // One replica may be down; with two or fewer the leader alone is enough.
        ("min.insync.replicas", settings.replication.saturating_sub(1).max(1).to_string()),
    ]
}

impl Kafka {
    /// Creates the topics that are missing. Existing ones stay as they are: [`Kafka::topics`] tells how they differ.
    pub fn make_topics(&self) -> Result<(), Error> {
        let settings = &self.cluster.settings;
        let mut missing = Vec::new();
        for topic in wanted(settings) {
            if self.cluster.ask_partitions(&topic.name)? == 0 {
                missing.push(topic);
            }
        }
        let topics: Vec<NewTopic<'_>> = missing
            .iter()
            .map(|wanted| {
                let replication = TopicReplication::Fixed(settings.replication as i32);
                let topic = NewTopic::new(&wanted.name, wanted.partitions as i32, replication);
                wanted.settings.iter().fold(topic, |topic, (key, value)| topic.set(key, value))
            })
            .collect();
        if topics.is_empty() {
            return Ok(());
        }
        let options = AdminOptions::new().operation_timeout(Some(ASK_TIMEOUT));
        for made in futures_executor::block_on(self.admin()?.create_topics(&topics, &options))? {
            match made {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((name, code)) => return Err(Error::Backend(format!("cannot make the topic {name}: {code}"))),
            }
        }
        Ok(())
    }

    /// Removes the topics with everything in them: for topics that a measurement created.
    pub fn remove_topics(&self) -> Result<(), Error> {
        let names: Vec<String> = wanted(&self.cluster.settings).into_iter().map(|wanted| wanted.name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let options = AdminOptions::new().operation_timeout(Some(ASK_TIMEOUT));
        for removed in futures_executor::block_on(self.admin()?.delete_topics(&names, &options))? {
            match removed {
                Ok(_) | Err((_, RDKafkaErrorCode::UnknownTopicOrPartition)) => {}
                Err((name, code)) => return Err(Error::Backend(format!("cannot remove the topic {name}: {code}"))),
            }
        }
        Ok(())
    }

    /// The state of each topic, with its differences from the configuration.
    pub fn topics(&self) -> Result<Vec<TopicState>, Error> {
        wanted(&self.cluster.settings).into_iter().map(|wanted| self.topic_state(wanted)).collect()
    }

    fn topic_state(&self, wanted: Wanted) -> Result<TopicState, Error> {
        let partitions = self.cluster.ask_partitions(&wanted.name)?;
        let name = wanted.name;
        if partitions == 0 {
            return Ok(TopicState { name, partitions, problems: vec!["it is not there".to_owned()] });
        }
        let mut problems = Vec::new();
        if partitions != wanted.partitions {
            problems.push(format!("{partitions} partitions, {} in the configuration", wanted.partitions));
        }
        let options = AdminOptions::new().request_timeout(Some(ASK_TIMEOUT));
        let asked = [ResourceSpecifier::Topic(&name)];
        let described = futures_executor::block_on(self.admin()?.describe_configs(&asked, &options))?;
        for resource in described {
            let resource = resource
                .map_err(|code| Error::Backend(format!("cannot read the settings of the topic {name}: {code}")))?;
            for (key, value) in &wanted.settings {
                let is = resource.get(key).and_then(|entry| entry.value.as_deref()).unwrap_or("absent");
                if !same(is, value) {
                    problems.push(format!("{key} is {is}, should be {value}"));
                }
            }
        }
        Ok(TopicState { name, partitions, problems })
    }

    fn admin(&self) -> Result<AdminClient<DefaultClientContext>, Error> {
        Ok(client::common(&self.cluster.settings).create()?)
    }
}

/// Compares lists of policies, whose order means nothing.
fn same(is: &str, should_be: &str) -> bool {
    let sorted = |list: &str| {
        let mut items: Vec<String> = list.split(',').map(str::to_owned).collect();
        items.sort();
        items
    };
    sorted(is) == sorted(should_be)
}
