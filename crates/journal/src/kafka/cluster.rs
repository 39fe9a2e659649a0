//! What the brokers know about our topics.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::Offset;

use super::{KafkaSettings, client, lock};
use crate::{Checkpoint, Error, Stream};

/// A question to a broker that takes longer is answered by "the broker does not answer", so that whoever asks can say so.
pub const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// Events looked at for the reason of a failure; connections are tried again and again meanwhile.
const TOLD: usize = 20;

/// A cluster as a place to ask.
pub struct Cluster {
    pub settings: KafkaSettings,
    asker: BaseConsumer,
    /// Partitions of each topic, once they were asked.
    partitions: Mutex<HashMap<&'static str, u32>>,
}

impl Cluster {
    pub fn new(settings: KafkaSettings) -> Result<Cluster, Error> {
        let asker = client::common(&settings).create()?;
        Ok(Cluster { settings, asker, partitions: Mutex::default() })
    }

    /// Name of a stream's topic.
    pub fn topic(&self, stream: Stream) -> String {
        format!("{}{}", self.settings.prefix, stream.as_str())
    }

    /// Partitions of a stream's topic; more that are made later count after a restart.
    pub fn partitions(&self, stream: Stream) -> Result<u32, Error> {
        if let Some(&known) = lock(&self.partitions).get(stream.as_str()) {
            return Ok(known);
        }
        let topic = self.topic(stream);
        let count = self.ask_partitions(&topic)?;
        if count == 0 {
            return Err(Error::Backend(format!("there is no topic {}; make it with `otklik topics`", topic)));
        }
        lock(&self.partitions).insert(stream.as_str(), count);
        Ok(count)
    }

    /// Partitions of a topic now; 0 where there is none.
    pub fn ask_partitions(&self, topic: &str) -> Result<u32, Error> {
        let metadata = self.asker.fetch_metadata(Some(topic), ASK_TIMEOUT).map_err(|error| self.explained(error))?;
        Ok(metadata.topics().first().map_or(0, |topic| topic.partitions().len() as u32))
    }

    /// Why there was no answer: a login or a certificate that was refused is told beside the answer that did not come.
    fn explained(&self, error: KafkaError) -> Error {
        let refused = [RDKafkaErrorCode::Authentication, RDKafkaErrorCode::SSL, RDKafkaErrorCode::Resolve];
        let told = std::iter::from_fn(|| self.asker.poll(Duration::from_millis(50))).filter_map(Result::err).take(TOLD);
        let reason = told.filter_map(|told| told.rdkafka_error_code()).find(|code| refused.contains(code));
        match reason {
            Some(reason) => Error::Backend(format!("Kafka: {reason}")),
            None => error.into(),
        }
    }

    /// The offset of the first message of a time or after, for each partition that has one. Kafka's own −2 is the oldest
    /// message, −1 the end.
    pub fn offsets(&self, stream: Stream, time: i64) -> Result<Checkpoint, Error> {
        let topic = self.topic(stream);
        let mut asked = TopicPartitionList::new();
        for partition in 0..self.partitions(stream)? {
            asked.add_partition_offset(&topic, partition as i32, Offset::from_raw(time))?;
        }
        let mut found = Checkpoint::default();
        for element in self.asker.offsets_for_times(asked, ASK_TIMEOUT)?.elements() {
            element.error()?;
            if let Offset::Offset(offset) = element.offset() {
                found.0.insert(element.partition() as u32, offset as u64);
            }
        }
        Ok(found)
    }

    /// The oldest message of each partition.
    pub fn oldest(&self, stream: Stream) -> Result<Checkpoint, Error> {
        self.offsets(stream, OLDEST)
    }

    /// Just after the newest message of each partition.
    pub fn end(&self, stream: Stream) -> Result<Checkpoint, Error> {
        self.offsets(stream, END)
    }
}

/// Kafka's ListOffsets: "earliest".
const OLDEST: i64 = -2;

/// Kafka's ListOffsets: "latest".
const END: i64 = -1;
