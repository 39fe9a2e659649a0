//! A position in a stream, as a value that a sink keeps with its data.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Entry;

/// For each partition, the offset of the next message to read. A partition that is absent starts at its oldest message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checkpoint(pub BTreeMap<u32, u64>);

impl Checkpoint {
    /// The checkpoint of a stream with the single partition 0.
    pub fn at(next: u64) -> Checkpoint {
        Checkpoint(BTreeMap::from([(0, next)]))
    }

    /// The next offset of a partition; 0 if it has none yet.
    pub fn next(&self, partition: u32) -> u64 {
        self.0.get(&partition).copied().unwrap_or(0)
    }

    /// Counts an entry as read.
    pub fn advance(&mut self, entry: &Entry) {
        let next = self.0.entry(entry.partition).or_default();
        *next = (*next).max(entry.offset + 1);
    }

    /// Takes the greater of both, partition by partition.
    pub fn merge(&mut self, other: &Checkpoint) {
        for (&partition, &offset) in &other.0 {
            let next = self.0.entry(partition).or_default();
            *next = (*next).max(offset);
        }
    }

    /// Whether everything before `other` has been read.
    pub fn reaches(&self, other: &Checkpoint) -> bool {
        other.0.iter().all(|(&partition, &offset)| self.next(partition) >= offset)
    }

    /// Messages between this checkpoint and a later one, over all its partitions.
    pub fn behind(&self, end: &Checkpoint) -> u64 {
        end.0.iter().map(|(&partition, &offset)| offset.saturating_sub(self.next(partition))).sum()
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (partition, offset)) in self.0.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{partition}:{offset}")?;
        }
        Ok(())
    }
}
