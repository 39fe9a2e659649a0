//! Appending: sends messages and waits until every one is confirmed.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, FromClientConfigAndContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};

use crate::api::{Checkpoint, Error, Record};
use crate::lock::lock;

/// How long to wait for room in the queue before trying again; a confirmation ends the wait sooner.
const ROOM: Duration = Duration::from_millis(50);

/// The producer of the process.
pub struct Producer {
    config: ClientConfig,
    current: Mutex<Arc<ThreadedProducer<Confirmations>>>,
}

struct Confirmations;

/// Messages of one append.
#[derive(Default)]
struct Batch {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    end: Checkpoint,
    error: Option<KafkaError>,
}

impl ClientContext for Confirmations {}

impl ProducerContext for Confirmations {
    type DeliveryOpaque = Arc<Batch>;

    fn delivery(&self, result: &DeliveryResult<'_>, batch: Arc<Batch>) {
        let mut state = lock(&batch.state);
        state.waiting -= 1;
        match result {
            Ok(message) => {
                let next = state.end.0.entry(message.partition() as u32).or_default();
                *next = (*next).max(message.offset() as u64 + 1);
            }
            Err((error, _)) => drop(state.error.get_or_insert(error.clone())),
        }
        batch.changed.notify_all();
    }
}

impl Producer {
    /// Prepares a producer; it connects when there is something to send.
    pub fn new(config: ClientConfig) -> Result<Producer, Error> {
        let current = Mutex::new(start(&config)?);
        Ok(Producer { config, current })
    }

    /// Sends records and waits until all are confirmed. After an error some may have been stored: the caller sends all of them again.
    pub fn append(&self, topic: &str, records: &[Record]) -> Result<Checkpoint, Error> {
        let producer = self.current()?;
        let batch = Arc::new(Batch::default());
        let sent = records.iter().try_for_each(|record| send(&producer, topic, record, &batch));
        let mut state = lock(&batch.state);
        while state.waiting > 0 {
            state = batch.changed.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        sent?;
        match state.error.take() {
            Some(error) => Err(error.into()),
            None => Ok(std::mem::take(&mut state.end)),
        }
    }

    /// The producer, or a new one if it has failed for good, as it does when it can no longer guarantee the order.
    fn current(&self) -> Result<Arc<ThreadedProducer<Confirmations>>, Error> {
        let mut current = lock(&self.current);
        if current.client().fatal_error().is_some() {
            *current = start(&self.config)?;
        }
        Ok(Arc::clone(&current))
    }
}

fn start(config: &ClientConfig) -> Result<Arc<ThreadedProducer<Confirmations>>, Error> {
    Ok(Arc::new(ThreadedProducer::from_config_and_context(config, Confirmations)?))
}

/// Puts one record into the queue; waits while the queue is full.
fn send(
    producer: &ThreadedProducer<Confirmations>,
    topic: &str,
    record: &Record,
    batch: &Arc<Batch>,
) -> Result<(), Error> {
    let mut message = BaseRecord::with_opaque_to(topic, Arc::clone(batch)).key(&record.key);
    if !record.payload.is_empty() {
        message = message.payload(&record.payload);
    }
    if let Some(partition) = record.partition {
        message = message.partition(partition as i32);
    }
    lock(&batch.state).waiting += 1;
    loop {
        match producer.send(message) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                message = back;
                drop(batch.changed.wait_timeout(lock(&batch.state), ROOM));
            }
            Err((error, _)) => {
                lock(&batch.state).waiting -= 1;
                return Err(error.into());
            }
        }
    }
}
