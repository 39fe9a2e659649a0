//! Counting dead letters.

use std::collections::HashMap;
use std::sync::Arc;

use super::client;
use super::cluster::Cluster;
use super::reader::KafkaReader;
use crate::api::{Checkpoint, DEAD_LETTERS_READER, Error, Reader, Stream};

/// Dead letters by key, counted as they come, so that a status need not read all of them each time.
#[derive(Default)]
pub(super) struct DeadLetters {
    reader: Option<KafkaReader>,
    /// Where the last retry ended; the count starts there.
    since: Checkpoint,
    letters: HashMap<String, u64>,
}

impl DeadLetters {
    /// How many were appended since the last retry and not deleted.
    pub(super) fn count(&mut self, cluster: &Arc<Cluster>) -> Result<u64, Error> {
        let end = cluster.end(Stream::Dead)?;
        let DeadLetters { reader, since, letters } = self;
        let reader = match reader {
            Some(reader) => reader,
            None => reader.insert(KafkaReader::new(cluster, Stream::Dead, DEAD_LETTERS_READER, false)?),
        };
        let retried = reader.committed()?;
        if *since != retried || reader.position() == Checkpoint::default() {
            letters.clear();
            let mut from = cluster.oldest(Stream::Dead)?;
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
