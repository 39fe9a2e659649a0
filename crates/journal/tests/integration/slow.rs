//! What takes longer than twenty seconds: an append fails only after thirty.

use std::collections::BTreeSet;

use journal::broker::Broker;
use journal::{Checkpoint, Error, Journal, Kafka, KafkaSettings, Stream};

use crate::kafka::{read, records, retried, settings};

#[test]
fn a_node_that_is_away_is_an_error_and_what_was_confirmed_is_there_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut broker = Broker::start(folder.path(), false).unwrap();
    let kafka = Kafka::open(KafkaSettings { brokers: broker.address(), ..settings("away") }).unwrap();
    kafka.make_topics().unwrap();
    kafka.append(Stream::Posts, &records(0..10)).unwrap();
    broker.kill().unwrap();
    assert!(matches!(kafka.append(Stream::Posts, &records(10..11)), Err(Error::Backend(_))));
    broker.restart().unwrap();
    kafka.append(Stream::Posts, &records(20..30)).unwrap();
    let mut reader = kafka.reader(Stream::Posts, "r").unwrap();
    retried(|| reader.seek(&Checkpoint::default()));
    let keys: BTreeSet<String> = read(&mut *reader, 20).into_iter().map(|entry| entry.key).collect();
    let expect: BTreeSet<String> = records(0..10).into_iter().chain(records(20..30)).map(|record| record.key).collect();
    assert_eq!(keys, expect);
}
