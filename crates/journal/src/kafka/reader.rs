//! Reading: every partition alone, or a share of them in a consumer group.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};

use super::assignment::{self, Assignment, Positions, list, numbers};
use super::client;
use super::cluster::{ASK_TIMEOUT, Cluster};
use crate::api::{Checkpoint, Entry, Error, MAX_BATCH_BYTES, Reader, Stream};
use crate::lock::lock;

/// A reader with a librdkafka consumer of its own.
pub(super) struct KafkaReader {
    cluster: Arc<Cluster>,
    stream: Stream,
    topic: String,
    shared: bool,
    consumer: BaseConsumer<Assignment>,
    positions: Arc<Mutex<Positions>>,
    placed: bool,
}

impl KafkaReader {
    /// A reader of a stream by a name; `shared` with the other readers of that name, or alone. It asks the broker nothing yet.
    pub(super) fn new(cluster: &Arc<Cluster>, stream: Stream, name: &str, shared: bool) -> Result<KafkaReader, Error> {
        let positions = Arc::default();
        let topic = cluster.topic(stream);
        let context = Assignment { cluster: Arc::clone(cluster), stream, positions: Arc::clone(&positions) };
        let settings = &cluster.settings;
        let mut config = client::consumer(settings, &format!("{}{name}", settings.prefix));
        if shared {
            // The broker assigns partitions one by one, without stopping the other members (KIP-848).
            config.set("group.protocol", "consumer");
        }
        let consumer: BaseConsumer<Assignment> = config.create_with_context(context)?;
        if shared {
            consumer.subscribe(&[&topic])?;
        }
        Ok(KafkaReader { cluster: Arc::clone(cluster), stream, topic, shared, consumer, positions, placed: false })
    }

    /// What is committed under the reader's name.
    pub(super) fn committed(&self) -> Result<Checkpoint, Error> {
        assignment::committed(&self.cluster, self.stream, &self.consumer, &self.all_partitions()?)
    }

    fn all_partitions(&self) -> Result<Vec<u32>, Error> {
        Ok((0..self.cluster.partitions(self.stream)?).collect())
    }

    fn start(&self, partitions: &[u32], wanted: &Checkpoint) -> Result<(Checkpoint, Checkpoint), Error> {
        assignment::start(&self.cluster, self.stream, &self.consumer, partitions, wanted)
    }

    /// Goes back to what is committed: the only position that the members of a group agree on.
    fn seek_shared(&self) -> Result<Positions, Error> {
        // The group's news arrives within a poll, and a stage that keeps failing only gets here. A message that this poll takes
        // comes again, since every partition goes back.
        drop(self.consumer.poll(Duration::ZERO));
        let assigned = numbers(&self.consumer.assignment()?);
        let (next, committed) = self.start(&assigned, &Checkpoint::default())?;
        if !assigned.is_empty() {
            let sought = self.consumer.seek_partitions(list(&self.topic, &next)?, ASK_TIMEOUT)?;
            sought.elements().iter().try_for_each(|element| element.error())?;
        }
        Ok(Positions { next, committed, error: None })
    }

    fn seek_alone(&self, checkpoint: &Checkpoint) -> Result<Positions, Error> {
        let (next, committed) = self.start(&self.all_partitions()?, checkpoint)?;
        self.consumer.assign(&list(&self.topic, &next)?)?;
        Ok(Positions { next, committed, error: None })
    }

    fn ensure_placed(&mut self) -> Result<(), Error> {
        if self.placed { Ok(()) } else { self.seek(&Checkpoint::default()).map(drop) }
    }

    fn take(&self, message: &BorrowedMessage<'_>) -> Entry {
        let (partition, offset) = (message.partition() as u32, message.offset() as u64);
        let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
        let payload = message.payload().unwrap_or_default().to_vec();
        lock(&self.positions).next.0.insert(partition, offset + 1);
        Entry { partition, offset, key, payload }
    }

    /// What an error of a poll means; `None` if librdkafka recovers from it by itself, or if it may be old news.
    fn failure(&self, error: KafkaError) -> Option<Error> {
        match error {
            KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset) => Some(self.expired(error)),
            KafkaError::MessageConsumption(
                RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::OperationTimedOut
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::NotLeaderForPartition
                | RDKafkaErrorCode::LeaderNotAvailable,
            ) => None,
            error => Some(error.into()),
        }
    }

    /// The broker no longer has the position that was asked for: says which.
    fn expired(&self, error: KafkaError) -> Error {
        let Ok(oldest) = self.cluster.oldest(self.stream) else {
            return error.into();
        };
        let lost = self.position().0.into_iter().find(|&(partition, at)| at < oldest.next(partition));
        match lost {
            Some((partition, wanted)) => {
                Error::Expired { stream: self.stream.as_str(), wanted, oldest: oldest.next(partition) }
            }
            None => error.into(),
        }
    }
}

impl Reader for KafkaReader {
    fn seek(&mut self, checkpoint: &Checkpoint) -> Result<Checkpoint, Error> {
        self.placed = false;
        let positions = if self.shared { self.seek_shared()? } else { self.seek_alone(checkpoint)? };
        *lock(&self.positions) = positions;
        self.placed = true;
        Ok(self.position())
    }

    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, Error> {
        self.ensure_placed()?;
        let deadline = Instant::now() + wait;
        let (mut entries, mut bytes, mut troubled) = (Vec::new(), 0, false);
        while entries.len() < max && bytes < MAX_BATCH_BYTES {
            let left = deadline.saturating_duration_since(Instant::now());
            let polled = self.consumer.poll(if entries.is_empty() { left } else { Duration::ZERO });
            if let Some(error) = lock(&self.positions).error.take() {
                return Err(error);
            }
            match polled {
                Some(Ok(message)) => {
                    let entry = self.take(&message);
                    bytes += entry.payload.len();
                    entries.push(entry);
                }
                Some(Err(error)) => {
                    troubled = true;
                    if let Some(failure) = self.failure(error) {
                        return Err(failure);
                    }
                }
                None if !entries.is_empty() || left.is_zero() => break,
                None => {}
            }
        }
        if troubled && entries.is_empty() {
            // Tells "nothing came" from "the brokers are away".
            self.cluster.end(self.stream)?;
        }
        // A partition that was revoked meanwhile is read by another member.
        let positions = lock(&self.positions);
        entries.retain(|entry| positions.next.0.contains_key(&entry.partition));
        Ok(entries)
    }

    fn position(&self) -> Checkpoint {
        lock(&self.positions).next.clone()
    }

    fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        self.ensure_placed()?;
        let mut positions = lock(&self.positions);
        let mut forward = checkpoint.clone();
        forward.0.retain(|partition, offset| {
            let here = positions.next.0.contains_key(partition);
            here && positions.committed.0.get(partition).is_none_or(|committed| committed < offset)
        });
        if !forward.0.is_empty() {
            self.consumer.commit(&list(&self.topic, &forward)?, CommitMode::Sync)?;
            positions.committed.merge(&forward);
        }
        Ok(())
    }
}
