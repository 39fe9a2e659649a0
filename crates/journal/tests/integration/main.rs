//! The journal from outside. What runs against Kafka starts Apache Kafka itself; a missing node is a failure.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod consumer;
mod contract;
mod kafka;
mod kafka_secure;
mod slow;
