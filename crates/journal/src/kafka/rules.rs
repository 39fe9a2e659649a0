//! The number of the rule set, on which all classifiers of a cluster agree.
//!
//! A topic with one partition holds the hash of the rules at each change. The number is the position, counted from 1, of the first
//! message of the last run of equal hashes: two processes that start with the same new rules at the same time agree.

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::Offset;

use super::client;
use super::cluster::ASK_TIMEOUT;
use super::journal::Kafka;
use crate::api::{Error, Record};

/// The topic's name, after the prefix.
pub const TOPIC: &str = "rules";

impl Kafka {
    /// The number of a rule set: that of the last one if the hash is the same, else the next.
    pub fn rule_set(&self, hash: &str) -> Result<u32, Error> {
        let runs = self.rule_sets()?;
        if let Some((last, number)) = runs.last()
            && last == hash
        {
            return Ok(*number);
        }
        self.producer.append(&self.rules_topic(), &[Record::new("rules", hash.as_bytes().to_vec())])?;
        self.stored_rule_set()
    }

    /// The number of the rule set last in force; 0 if there was none.
    pub fn stored_rule_set(&self) -> Result<u32, Error> {
        Ok(self.rule_sets()?.last().map_or(0, |(_, number)| *number))
    }

    fn rules_topic(&self) -> String {
        format!("{}{TOPIC}", self.cluster.settings.prefix)
    }

    /// Hash and number of each run of equal hashes.
    fn rule_sets(&self) -> Result<Vec<(String, u32)>, Error> {
        let topic = self.rules_topic();
        let settings = &self.cluster.settings;
        let consumer: BaseConsumer = client::consumer(settings, &format!("{}{TOPIC}", settings.prefix)).create()?;
        let (_, end) = consumer.fetch_watermarks(&topic, 0, ASK_TIMEOUT)?;
        let mut all = TopicPartitionList::new();
        all.add_partition_offset(&topic, 0, Offset::Offset(0))?;
        consumer.assign(&all)?;
        let mut runs: Vec<(String, u32)> = Vec::new();
        let mut next = 0;
        while next < end {
            let Some(message) = consumer.poll(ASK_TIMEOUT) else {
                return Err(Error::Backend(format!("Kafka does not give out the topic {topic}")));
            };
            let message = message?;
            next = message.offset() + 1;
            let hash = String::from_utf8_lossy(message.payload().unwrap_or_default()).into_owned();
            if runs.last().is_none_or(|(last, _)| *last != hash) {
                runs.push((hash, next as u32));
            }
        }
        Ok(runs)
    }
}
