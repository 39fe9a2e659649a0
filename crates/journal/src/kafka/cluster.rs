//! What the brokers know about our topics.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::topic_partition_list::Offset;

use super::client;
use super::settings::KafkaSettings;
use crate::api::{Checkpoint, Error, Stream};
use crate::lock::lock;

/// A request to a broker that takes longer fails as "the broker does not answer", so that the caller can say so.
pub const ASK_TIMEOUT: Duration = Duration::from_secs(5);

/// How many events are searched for the reason of a failure: librdkafka keeps reconnecting and reports each attempt.
const MAX_EVENTS: usize = 20;

/// A cluster, and a client to ask it.
pub struct Cluster {
    pub settings: KafkaSettings,
    asker: BaseConsumer,
    /// Partitions of each topic, once they are known.
    partitions: Mutex<HashMap<&'static str, u32>>,
}

impl Cluster {
    pub fn new(settings: KafkaSettings) -> Result<Cluster, Error> {
        let asker = client::common(&settings).create()?;
        Ok(Cluster { settings, asker, partitions: Mutex::default() })
    }

    /// The name of a stream's topic.
    pub fn topic(&self, stream: Stream) -> String {
        format!("{}{}", self.settings.prefix, stream.as_str())
    }

    /// Partitions of a stream's topic. Partitions added later are seen after a restart.
    pub fn partitions(&self, stream: Stream) -> Result<u32, Error> {
        if let Some(&known) = lock(&self.partitions).get(stream.as_str()) {
            return Ok(known);
        }
        let topic = self.topic(stream);
        let count = self.ask_partitions(&topic)?;
        if count == 0 {
            return Err(no_topic(&topic));
        }
        lock(&self.partitions).insert(stream.as_str(), count);
        Ok(count)
    }

    /// Partitions that a topic has now; 0 if there is no such topic.
    pub fn ask_partitions(&self, topic: &str) -> Result<u32, Error> {
        let metadata = self.asker.fetch_metadata(Some(topic), ASK_TIMEOUT).map_err(|error| self.explained(error))?;
        Ok(metadata.topics().first().map_or(0, |topic| topic.partitions().len() as u32))
    }

    /// Why messages were not taken. A broker that is slow to say that a topic does not exist lets the messages time out, which tells
    /// nobody what to do.
    pub fn not_appended(&self, stream: Stream, error: Error) -> Error {
        let topic = self.topic(stream);
        match self.ask_partitions(&topic) {
            Ok(0) => no_topic(&topic),
            _ => error,
        }
    }

    /// Why there was no answer: librdkafka reports a refused login or certificate as an event of its own, beside the timeout.
    fn explained(&self, error: KafkaError) -> Error {
        let refused = [RDKafkaErrorCode::Authentication, RDKafkaErrorCode::SSL, RDKafkaErrorCode::Resolve];
        let events =
            std::iter::from_fn(|| self.asker.poll(Duration::from_millis(50))).filter_map(Result::err).take(MAX_EVENTS);
        let reason = events.filter_map(|event| event.rdkafka_error_code()).find(|code| refused.contains(code));
        match reason {
            Some(reason) => Error::Backend(format!("Kafka: {reason}")),
            None => error.into(),
        }
    }

    /// The offset of the first message appended at a time or later, for each partition that has one. The times −2 and −1 stand for
    /// the oldest message and the end.
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

/// "Earliest" in Kafka's ListOffsets request.
const OLDEST: i64 = -2;

/// "Latest" in Kafka's ListOffsets request.
const END: i64 = -1;

fn no_topic(topic: &str) -> Error {
    Error::Missing(format!("there is no topic {topic}; make it with `otklik topics`"))
}
