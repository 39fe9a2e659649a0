//! Which partitions a reader reads, and where in each of them it stands.

use std::sync::{Arc, Mutex};

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::topic_partition_list::Offset;
use rdkafka::types::RDKafkaRespErr;

use super::cluster::{ASK_TIMEOUT, Cluster};
use crate::api::{Checkpoint, Error, Stream};
use crate::lock::lock;

/// For each partition that is read here: where the next poll continues, and what is committed.
#[derive(Default)]
pub(super) struct Positions {
    pub next: Checkpoint,
    pub committed: Checkpoint,
    /// Why partitions that the group assigned could not be started.
    pub error: Option<Error>,
}

/// Starts and stops partitions as the group assigns and revokes them. It is called from within a poll, between two batches, when
/// everything that was read has been applied and committed: a partition that is revoked leaves nothing unfinished.
pub(super) struct Assignment {
    pub cluster: Arc<Cluster>,
    pub stream: Stream,
    pub positions: Arc<Mutex<Positions>>,
}

impl ClientContext for Assignment {}

impl ConsumerContext for Assignment {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        if event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            self.assign(consumer, partitions);
        } else {
            self.revoke(consumer, partitions);
        }
    }
}

impl Assignment {
    fn assign(&self, consumer: &BaseConsumer<Self>, partitions: &TopicPartitionList) {
        let placed = start(&self.cluster, self.stream, consumer, &numbers(partitions), &Checkpoint::default());
        let assigned = placed.and_then(|(next, committed)| {
            let list = list(&self.cluster.topic(self.stream), &next)?;
            let mut positions = lock(&self.positions);
            positions.next.0.extend(next.0);
            positions.committed.0.extend(committed.0);
            Ok(consumer.incremental_assign(&list)?)
        });
        if assigned.is_err() {
            // The group waits for an answer to its assignment; the partitions are started when the reader is placed again.
            self.note(consumer.incremental_assign(partitions).map_err(Error::from));
        }
        self.note(assigned);
    }

    fn revoke(&self, consumer: &BaseConsumer<Self>, partitions: &TopicPartitionList) {
        let mut positions = lock(&self.positions);
        for partition in numbers(partitions) {
            positions.next.0.remove(&partition);
            positions.committed.0.remove(&partition);
        }
        drop(positions);
        self.note(consumer.incremental_unassign(partitions).map_err(Error::from));
    }

    fn note(&self, result: Result<(), Error>) {
        if let Err(error) = result {
            lock(&self.positions).error = Some(error);
        }
    }
}

/// Where partitions start, and what is committed of them: at `wanted`, else at what is committed, else at the oldest message.
/// Fails if messages that retention removed would be skipped.
pub(super) fn start(
    cluster: &Arc<Cluster>,
    stream: Stream,
    consumer: &BaseConsumer<Assignment>,
    partitions: &[u32],
    wanted: &Checkpoint,
) -> Result<(Checkpoint, Checkpoint), Error> {
    let (oldest, end) = (cluster.oldest(stream)?, cluster.end(stream)?);
    let committed = committed(cluster, stream, consumer, partitions)?;
    let mut next = Checkpoint::default();
    for &partition in partitions {
        let first = oldest.next(partition);
        let mut at = wanted.0.get(&partition).or(committed.0.get(&partition)).copied().unwrap_or(first);
        if stream.keeps_last_of_key() {
            at = at.max(first);
        }
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

/// What is committed under the consumer's group.
pub(super) fn committed(
    cluster: &Arc<Cluster>,
    stream: Stream,
    consumer: &BaseConsumer<Assignment>,
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

/// A checkpoint as librdkafka takes it.
pub(super) fn list(topic: &str, checkpoint: &Checkpoint) -> Result<TopicPartitionList, Error> {
    let mut list = TopicPartitionList::new();
    for (&partition, &offset) in &checkpoint.0 {
        list.add_partition_offset(topic, partition as i32, Offset::Offset(offset as i64))?;
    }
    Ok(list)
}

/// The numbers of the partitions in a list.
pub(super) fn numbers(partitions: &TopicPartitionList) -> Vec<u32> {
    partitions.elements().iter().map(|element| element.partition() as u32).collect()
}
