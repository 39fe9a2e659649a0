//! The figures follow the journal.
//!
//! What was gathered between two flushes is one INSERT. The position is the journal's own: a batch that was stored and not committed comes again and
//! changes nothing, since rows of one key and version replace each other.

use clickhouse::{RowOwned, RowWrite};
use journal::{Applied, Checkpoint, Entry, Refusal, Sink, SinkError};
use model::wire;
use tokio::runtime::Handle;

use super::client::Facts;
use super::error::FactsError;
use super::rows::{counters_row, coverage_row, post_row};

impl Facts {
    /// Takes in the stream `tagged`. It blocks: it must not run on a thread of the runtime.
    pub fn posts_sink(&self, handle: Handle) -> impl Sink + use<> {
        FactsSink { facts: self.clone(), handle, rows: Vec::new(), table: "posts", read: post_row }
    }

    /// Takes in the stream `counters`. It blocks, like [`Facts::posts_sink`].
    pub fn counters_sink(&self, handle: Handle) -> impl Sink + use<> {
        FactsSink { facts: self.clone(), handle, rows: Vec::new(), table: "counters", read: counters_row }
    }

    /// Takes in the stream `coverage`. It blocks, like [`Facts::posts_sink`].
    pub fn coverage_sink(&self, handle: Handle) -> impl Sink + use<> {
        FactsSink { facts: self.clone(), handle, rows: Vec::new(), table: "coverage", read: coverage_row }
    }

    async fn insert<R: RowOwned + RowWrite>(&self, table: &str, rows: &[R]) -> Result<(), FactsError> {
        self.within(async {
            let mut insert = self.client.insert::<R>(table).await?;
            for row in rows {
                insert.write(row).await?;
            }
            insert.end().await
        })
        .await
    }
}

struct FactsSink<R> {
    facts: Facts,
    handle: Handle,
    table: &'static str,
    /// Not yet inserted.
    rows: Vec<R>,
    read: fn(&[u8]) -> Result<R, wire::Refused>,
}

impl<R: RowOwned + RowWrite + Send + Sync> Sink for FactsSink<R> {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.rows.clear();
        Ok(None)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let mut refused = Vec::new();
        // A payload is empty where a deletion emptied it: its tombstone follows.
        for entry in entries.iter().filter(|entry| !entry.payload.is_empty()) {
            match (self.read)(&entry.payload) {
                Ok(row) => self.rows.push(row),
                Err(error) => refused.push(Refusal {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: error.to_string(),
                }),
            }
        }
        Ok(Applied { refused })
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if !self.rows.is_empty() {
            self.handle.block_on(self.facts.insert(self.table, &self.rows))?;
            self.rows.clear();
        }
        Ok(())
    }
}
