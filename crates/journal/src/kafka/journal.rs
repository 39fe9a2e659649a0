//! Appending, and what is asked of the journal as a whole.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, Mutex};

use model::Time;

use super::client;
use super::cluster::Cluster;
use super::dead_letters::DeadLetters;
use super::producer::Producer;
use super::reader::KafkaReader;
use super::settings::KafkaSettings;
use crate::api::{Checkpoint, Error, Journal, Reader, Record, Sizes, Stream};
use crate::lock::lock;

/// Clients by what they ask for.
type Asked = BTreeMap<(Stream, String), KafkaReader>;

/// A journal in Apache Kafka. Cheap to clone.
#[derive(Clone)]
pub struct Kafka {
    pub(super) cluster: Arc<Cluster>,
    pub(super) producer: Arc<Producer>,
    dead: Arc<Mutex<DeadLetters>>,
    /// Readers that read nothing, by their topic and name: a client for each group whose positions are asked for.
    asked: Arc<Mutex<Asked>>,
}

impl Kafka {
    /// Prepares to talk to a cluster; whether it is there shows on the first request.
    pub fn open(settings: KafkaSettings) -> Result<Kafka, Error> {
        let producer = Producer::new(client::producer(&settings))?;
        let cluster = Cluster::new(settings)?;
        Ok(Kafka {
            cluster: Arc::new(cluster),
            producer: Arc::new(producer),
            dead: Arc::default(),
            asked: Arc::default(),
        })
    }
}

impl Journal for Kafka {
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error> {
        let end = self
            .producer
            .append(&self.cluster.topic(stream), records)
            .map_err(|error| self.cluster.not_appended(stream, error))?;
        // Compaction works within a topic: a deleted post's dead letters, and what was said of it, are removed by empty messages of
        // their own. The tagged stream gets its own tombstone from the classifier.
        let deleted = records.iter().filter(|record| record.tombstone && stream == Stream::Posts);
        let emptied: Vec<Record> = deleted.map(|record| Record::new(record.key.clone(), Vec::new())).collect();
        if !emptied.is_empty() {
            self.producer.append(&self.cluster.topic(Stream::Dead), &emptied)?;
            match self.cluster.partitions(Stream::Corrections) {
                // An installation of an earlier build, where nobody has corrected anything yet.
                Err(Error::Missing(_)) => {}
                known => {
                    known?;
                    self.producer.append(&self.cluster.topic(Stream::Corrections), &emptied)?;
                }
            }
        }
        Ok(end)
    }

    fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        Ok(Box::new(KafkaReader::new(&self.cluster, stream, name, false)?))
    }

    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        Ok(Box::new(KafkaReader::new(&self.cluster, stream, name, true)?))
    }

    /// Asked of the group, not of its members: after a rebalance, or a member's death, there are partitions that none of them has.
    fn committed(&self, stream: Stream, name: &str) -> Result<Checkpoint, Error> {
        let mut asked = lock(&self.asked);
        let reader = match asked.entry((stream, name.to_owned())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(KafkaReader::new(&self.cluster, stream, name, false)?),
        };
        let committed = reader.committed()?;
        if (0..self.cluster.partitions(stream)?).all(|partition| committed.0.contains_key(&partition)) {
            return Ok(committed);
        }
        let mut done = self.cluster.oldest(stream)?;
        done.0.extend(committed.0);
        Ok(done)
    }

    fn end(&self, stream: Stream) -> Result<Checkpoint, Error> {
        self.cluster.end(stream)
    }

    fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error> {
        let mut found = self.end(stream)?;
        // A time before 1970 would be taken for one of Kafka's special offsets.
        found.0.extend(self.cluster.offsets(stream, time.as_millisecond().max(0))?.0);
        Ok(found)
    }

    /// The broker does it, by the topic's settings.
    fn expire(&self) -> Result<u64, Error> {
        Ok(0)
    }

    fn sizes(&self) -> Result<Sizes, Error> {
        let held = self.cluster.oldest(Stream::Posts)?.behind(&self.end(Stream::Posts)?);
        let dead_letters = lock(&self.dead).count(&self.cluster)?;
        Ok(Sizes { posts: held, dead_letters, bytes: None })
    }
}
