//! The journal between the stages: append messages, read them from a position, commit a position.
//!
//! Delivery is at-least-once: a reader that dies between its work and its commit reads the same messages again, so every sink is
//! idempotent. [`Embedded`] keeps the journal in SQLite, [`Kafka`] in Apache Kafka; both pass the same suite of promises
//! (`tests/integration/contract.rs`). [`run_consumer`] is how a stage reads it.

mod api;
#[doc(hidden)]
pub mod broker;
mod consumer;
mod embedded;
mod kafka;
mod lock;

pub use api::{Checkpoint, DEAD_LETTERS_READER, Entry, Error, Journal, Reader, Record, Sizes, Stream};
pub use consumer::{Applied, Batching, FlushPolicy, Progress, Rejected, Sink, SinkError, run_consumer};
pub use embedded::{Embedded, Limits};
pub use kafka::{Kafka, KafkaSettings, Sasl, Security, Tls, TopicState};
