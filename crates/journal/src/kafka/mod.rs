//! The journal in Apache Kafka, for several processes and machines.
//!
//! A topic per stream. The key is the record's, so that the versions of a post stay in order; an append returns once every
//! in-sync replica has it; positions belong to the consumer groups and are never reset: a position that the log has lost is an
//! error. Times are the broker's, of the append.

mod assignment;
mod client;
mod cluster;
mod dead_letters;
mod error;
mod journal;
mod producer;
mod reader;
mod rules;
mod settings;
mod topics;

pub use journal::Kafka;
pub use settings::{KafkaSettings, Sasl, Security, Tls};
pub use topics::TopicState;
