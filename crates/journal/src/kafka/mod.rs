//! The journal in Apache Kafka, for several processes and machines.
//!
//! A topic per stream. The key is the record's, so that the versions of a post stay in order; an append returns when every
//! in-sync replica has it; positions are the consumer groups' and are never reset: a position that the log has lost is an
//! error. Times are the broker's, of the append.

mod client;
mod cluster;
mod producer;
mod reader;
mod rules;
mod topics;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Time;
use rdkafka::error::KafkaError;

use crate::{Checkpoint, DEAD_LETTERS_READER, Error, Journal, Reader, Record, Sizes, Stream};
use cluster::Cluster;
use producer::Producer;
use reader::KafkaReader;
pub use topics::TopicState;

/// Where Kafka is and how its topics are laid out.
#[derive(Debug, Clone)]
pub struct KafkaSettings {
    /// `host:port`, several with commas between.
    pub brokers: String,
    /// What the names of topics and consumer groups begin with, so that one cluster serves several installations.
    pub prefix: String,
    /// Partitions of the streams of posts: so many classifiers can share the work.
    pub partitions: u32,
    /// Copies of each message. With three, one broker may be lost.
    pub replication: u32,
    /// Messages older than this go, read or not.
    pub keep: Duration,
    /// How the brokers are trusted, and how they know us.
    pub security: Security,
}

/// Encryption and login.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// Encrypt; absent: in the clear.
    pub tls: Option<Tls>,
    /// Log in with a name and a password.
    pub sasl: Option<Sasl>,
}

/// Files of PEM. Without an authority's certificate the system's are trusted.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Certificate of the authority that signed the brokers'.
    pub ca_file: Option<String>,
    /// Our certificate and its key, where the brokers ask for one.
    pub client: Option<(String, String)>,
}

/// A login.
#[derive(Clone)]
pub struct Sasl {
    /// `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.
    pub mechanism: String,
    /// Name.
    pub user: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for Sasl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} as {}", self.mechanism, self.user)
    }
}

/// See the module's documentation. Cheap to clone.
#[derive(Clone)]
pub struct Kafka {
    cluster: Arc<Cluster>,
    producer: Arc<Producer>,
    dead: Arc<Mutex<DeadLetters>>,
}

/// Dead letters by key, counted as they come, so that a status need not read them all each time.
#[derive(Default)]
struct DeadLetters {
    reader: Option<KafkaReader>,
    /// Where the last retry ended; it counts from there.
    since: Checkpoint,
    letters: HashMap<String, u64>,
}

impl Kafka {
    /// Prepares to talk to a cluster; whether it is there shows when it is first asked.
    pub fn open(settings: KafkaSettings) -> Result<Kafka, Error> {
        let producer = Producer::new(client::producer(&settings))?;
        let cluster = Cluster::new(settings)?;
        Ok(Kafka { cluster: Arc::new(cluster), producer: Arc::new(producer), dead: Arc::default() })
    }

    fn count_dead_letters(&self) -> Result<u64, Error> {
        let end = self.end(Stream::Dead)?;
        let mut dead = lock(&self.dead);
        let DeadLetters { reader, since, letters } = &mut *dead;
        let reader = match reader {
            Some(reader) => reader,
            None => reader.insert(KafkaReader::new(&self.cluster, Stream::Dead, DEAD_LETTERS_READER, false)?),
        };
        let retried = reader.committed()?;
        if *since != retried || reader.position() == Checkpoint::default() {
            letters.clear();
            let mut from = self.cluster.oldest(Stream::Dead)?;
            from.merge(&retried);
            reader.seek(&from)?;
            *since = retried;
        }
        while !reader.position().reaches(&end) {
            let entries = reader.poll(1_000, client::TAIL)?;
            if entries.is_empty() {
                break;
            }
            for entry in entries {
                if entry.payload.is_empty() {
                    letters.remove(&entry.key);
                } else {
                    *letters.entry(entry.key).or_default() += 1;
                }
            }
        }
        Ok(letters.values().sum())
    }
}

impl Journal for Kafka {
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error> {
        let end = self.producer.append(&self.cluster.topic(stream), records)?;
        // Compaction works within a topic: a deleted post's dead letters go by an empty message of theirs. The tagged stream
        // has a tombstone of its own, which the classifier writes.
        let deleted = records.iter().filter(|record| record.tombstone && stream == Stream::Posts);
        let emptied: Vec<Record> = deleted.map(|record| Record::new(record.key.clone(), Vec::new())).collect();
        if !emptied.is_empty() {
            self.producer.append(&self.cluster.topic(Stream::Dead), &emptied)?;
        }
        Ok(end)
    }

    fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        Ok(Box::new(KafkaReader::new(&self.cluster, stream, name, false)?))
    }

    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error> {
        Ok(Box::new(KafkaReader::new(&self.cluster, stream, name, true)?))
    }

    fn end(&self, stream: Stream) -> Result<Checkpoint, Error> {
        self.cluster.end(stream)
    }

    fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error> {
        let mut found = self.end(stream)?;
        // A time before 1970 would read as one of Kafka's own marks.
        found.0.extend(self.cluster.offsets(stream, time.as_millisecond().max(0))?.0);
        Ok(found)
    }

    /// The broker does it, by the topic's settings.
    fn expire(&self) -> Result<u64, Error> {
        Ok(0)
    }

    fn sizes(&self) -> Result<Sizes, Error> {
        let held = self.cluster.oldest(Stream::Posts)?.behind(&self.end(Stream::Posts)?);
        Ok(Sizes { posts: held, dead_letters: self.count_dead_letters()?, bytes: None })
    }
}

impl From<KafkaError> for Error {
    fn from(error: KafkaError) -> Error {
        Error::Backend(format!("Kafka: {error}"))
    }
}

/// A panic while a lock was held left the value whole: each change is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
