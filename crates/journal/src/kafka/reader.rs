//! Reading: all partitions alone, or a share of them in a consumer group.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::topic_partition_list::Offset;
use rdkafka::types::RDKafkaRespErr;

use super::cluster::{ASK_TIMEOUT, Cluster};
use super::{client, lock};
use crate::{Checkpoint, Entry, Error, MAX_BATCH_BYTES, Reader, Stream};

/// See [`Reader`].
pub struct KafkaReader {
    cluster: Arc<Cluster>,
    stream: Stream,
    topic: String,
    shared: bool,
    consumer: BaseConsumer<Place>,
    place: Arc<Mutex<Positions>>,
    placed: bool,
}

/// For each partition that is read here: where the next poll goes on, and what is committed.
#[derive(Default)]
struct Positions {
    next: Checkpoint,
    committed: Checkpoint,
    /// Why partitions that were given could not be begun.
    error: Option<Error>,
}

/// Places partitions as the group gives them. It is called within a poll, between two batches, when everything that was
/// read has been applied and committed: a partition that is taken away leaves nothing behind.
struct Place {
    cluster: Arc<Cluster>,
    stream: Stream,
    positions: Arc<Mutex<Positions>>,
}

impl ClientContext for Place {}

impl ConsumerContext for Place {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let numbers: Vec<u32> = partitions.elements().iter().map(|element| element.partition() as u32).collect();
        if event != RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            let mut positions = lock(&self.positions);
            for partition in numbers {
                positions.next.0.remove(&partition);
                positions.committed.0.remove(&partition);
            }
            drop(positions);
            self.note(consumer.incremental_unassign(partitions).map_err(Error::from));
            return;
        }
        let placed = begin(&self.cluster, self.stream, consumer, &numbers, &Checkpoint::default());
        let assigned = placed.and_then(|(next, committed)| {
            let list = list(&self.cluster.topic(self.stream), &next)?;
            let mut positions = lock(&self.positions);
            positions.next.0.extend(next.0);
            positions.committed.0.extend(committed.0);
            Ok(consumer.incremental_assign(&list)?)
        });
        if assigned.is_err() {
            // The group gave them and waits for an answer; they are begun when the reader is placed again.
            self.note(consumer.incremental_assign(partitions).map_err(Error::from));
        }
        self.note(assigned);
    }
}

impl Place {
    fn note(&self, result: Result<(), Error>) {
        if let Err(error) = result {
            lock(&self.positions).error = Some(error);
        }
    }
}

/// Where partitions begin: at what the sink has, else at what is committed, else at the oldest message; and what is
/// committed. Fails where messages before the oldest one would be skipped.
fn begin(
    cluster: &Arc<Cluster>,
    stream: Stream,
    consumer: &BaseConsumer<Place>,
    partitions: &[u32],
    wanted: &Checkpoint,
) -> Result<(Checkpoint, Checkpoint), Error> {
    let (oldest, end) = (cluster.oldest(stream)?, cluster.end(stream)?);
    let committed = committed(cluster, stream, consumer, partitions)?;
    let mut next = Checkpoint::default();
    for &partition in partitions {
        let first = oldest.next(partition);
        let at = wanted.0.get(&partition).or(committed.0.get(&partition)).copied().unwrap_or(first);
        if at < first {
            return Err(Error::Expired { stream: stream.as_str(), wanted: at, oldest: first });
        }
        if at > end.next(partition) {
            return Err(Error::Backend(format!(
                "position {at} of {} {partition} is beyond its end {}: the topic was made anew; rebuild this sink",
                stream.as_str(),
                end.next(partition)
            )));
        }
        next.0.insert(partition, at);
    }
    Ok((next, committed))
}

fn committed(
    cluster: &Arc<Cluster>,
    stream: Stream,
    consumer: &BaseConsumer<Place>,
    partitions: &[u32],
) -> Result<Checkpoint, Error> {
    let topic = cluster.topic(stream);
    let mut asked = TopicPartitionList::new();
    for &partition in partitions {
        asked.add_partition(&topic, partition as i32);
    }
    let mut committed = Checkpoint::default();
    for element in consumer.committed_offsets(asked, ASK_TIMEOUT)?.elements() {
        element.error()?;
        if let Offset::Offset(offset) = element.offset() {
            committed.0.insert(element.partition() as u32, offset as u64);
        }
    }
    Ok(committed)
}

fn list(topic: &str, checkpoint: &Checkpoint) -> Result<TopicPartitionList, Error> {
    let mut list = TopicPartitionList::new();
    for (&partition, &offset) in &checkpoint.0 {
        list.add_partition_offset(topic, partition as i32, Offset::Offset(offset as i64))?;
    }
    Ok(list)
}

impl KafkaReader {
    /// A reader of a stream by a name; `shared` with the other readers of the name, or alone. It asks the broker nothing yet.
    pub fn new(cluster: &Arc<Cluster>, stream: Stream, name: &str, shared: bool) -> Result<KafkaReader, Error> {
        let place = Arc::default();
        let topic = cluster.topic(stream);
        let consumer = start(cluster, stream, name, shared, &place)?;
        if shared {
            consumer.subscribe(&[&topic])?;
        }
        Ok(KafkaReader { cluster: Arc::clone(cluster), stream, topic, shared, consumer, place, placed: false })
    }

    /// What is committed under the reader's name.
    pub fn committed(&self) -> Result<Checkpoint, Error> {
        let all: Vec<u32> = (0..self.cluster.partitions(self.stream)?).collect();
        committed(&self.cluster, self.stream, &self.consumer, &all)
    }

    /// What an error of a poll means; `None` where librdkafka mends it by itself. That all brokers are down may be old news.
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

    /// The broker has not got the position asked: says which.
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

fn start(
    cluster: &Arc<Cluster>,
    stream: Stream,
    name: &str,
    shared: bool,
    positions: &Arc<Mutex<Positions>>,
) -> Result<BaseConsumer<Place>, Error> {
    let settings = &cluster.settings;
    let mut config = client::consumer(settings, &format!("{}{name}", settings.prefix));
    if shared {
        // The broker gives each member its partitions one by one, without stopping the others (KIP-848).
        config.set("group.protocol", "consumer");
    }
    let context = Place { cluster: Arc::clone(cluster), stream, positions: Arc::clone(positions) };
    Ok(config.create_with_context(context)?)
}

impl Reader for KafkaReader {
    fn seek(&mut self, checkpoint: &Checkpoint) -> Result<Checkpoint, Error> {
        self.placed = false;
        if self.shared {
            // The group's news is told within a poll, and a stage that fails again and again comes only here. A message that
            // this takes comes again: every partition goes back to what is committed.
            drop(self.consumer.poll(Duration::ZERO));
            // What the group gave; what is committed is the only position that members agree on.
            let given: Vec<u32> =
                self.consumer.assignment()?.elements().iter().map(|element| element.partition() as u32).collect();
            let (next, committed) = begin(&self.cluster, self.stream, &self.consumer, &given, &Checkpoint::default())?;
            if !given.is_empty() {
                let sought = self.consumer.seek_partitions(list(&self.topic, &next)?, ASK_TIMEOUT)?;
                sought.elements().iter().try_for_each(|element| element.error())?;
            }
            *lock(&self.place) = Positions { next, committed, error: None };
        } else {
            let all: Vec<u32> = (0..self.cluster.partitions(self.stream)?).collect();
            let (next, committed) = begin(&self.cluster, self.stream, &self.consumer, &all, checkpoint)?;
            self.consumer.assign(&list(&self.topic, &next)?)?;
            *lock(&self.place) = Positions { next, committed, error: None };
        }
        self.placed = true;
        Ok(self.position())
    }

    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, Error> {
        if !self.placed {
            self.seek(&Checkpoint::default())?;
        }
        let deadline = Instant::now() + wait;
        let (mut entries, mut bytes, mut troubled) = (Vec::new(), 0, false);
        while entries.len() < max && bytes < MAX_BATCH_BYTES {
            let left = deadline.saturating_duration_since(Instant::now());
            let polled = self.consumer.poll(if entries.is_empty() { left } else { Duration::ZERO });
            if let Some(error) = lock(&self.place).error.take() {
                return Err(error);
            }
            match polled {
                Some(Ok(message)) => {
                    let (partition, offset) = (message.partition() as u32, message.offset() as u64);
                    let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
                    let payload = message.payload().unwrap_or_default().to_vec();
                    bytes += payload.len();
                    lock(&self.place).next.0.insert(partition, offset + 1);
                    entries.push(Entry { partition, offset, key, payload });
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
            // Whether nothing came or the brokers are away is asked of them.
            self.cluster.end(self.stream)?;
        }
        // A partition that was taken away meanwhile is read by another.
        let place = lock(&self.place);
        entries.retain(|entry| place.next.0.contains_key(&entry.partition));
        Ok(entries)
    }

    fn position(&self) -> Checkpoint {
        lock(&self.place).next.clone()
    }

    fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Error> {
        if !self.placed {
            self.seek(&Checkpoint::default())?;
        }
        let mut place = lock(&self.place);
        let mut forward = checkpoint.clone();
        forward.0.retain(|partition, offset| {
            let here = place.next.0.contains_key(partition);
            here && place.committed.0.get(partition).is_none_or(|committed| committed < offset)
        });
        if !forward.0.is_empty() {
            self.consumer.commit(&list(&self.topic, &forward)?, CommitMode::Sync)?;
            place.committed.merge(&forward);
        }
        Ok(())
    }
}
