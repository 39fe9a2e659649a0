//! The sinks of the series: counters and coverage.

use clickhouse::{RowOwned, RowWrite};
use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use model::wire;
use tokio::runtime::Handle;

use super::rows::read_rows;
use crate::facts::client::{Facts, FactsError};
use crate::facts::tables::{Dated, counters_row, coverage_row};

impl Facts {
    /// Takes in the stream `counters`. The sink blocks, like [`Facts::posts_sink`].
    pub fn counters_sink(&self, handle: Handle) -> impl Sink + use<> {
        SeriesSink { facts: self.clone(), handle, rows: Vec::new(), table: "counters", read: counters_row }
    }

    /// Takes in the stream `coverage`. The sink blocks, like [`Facts::posts_sink`].
    pub fn coverage_sink(&self, handle: Handle) -> impl Sink + use<> {
        SeriesSink { facts: self.clone(), handle, rows: Vec::new(), table: "coverage", read: coverage_row }
    }

    /// One INSERT.
    pub(super) async fn insert<R: RowOwned + RowWrite>(&self, table: &str, rows: &[R]) -> Result<(), FactsError> {
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

struct SeriesSink<R> {
    facts: Facts,
    handle: Handle,
    table: &'static str,
    /// Not yet inserted.
    rows: Vec<R>,
    read: fn(&[u8]) -> Result<R, wire::WireError>,
}

impl<R: RowOwned + RowWrite + Dated + Send + Sync> Sink for SeriesSink<R> {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.rows.clear();
        Ok(None)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        Ok(read_rows(entries, self.read, self.facts.retention.oldest_ms(), &mut self.rows))
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        if !self.rows.is_empty() {
            self.handle.block_on(self.facts.insert(self.table, &self.rows))?;
            self.rows.clear();
        }
        Ok(())
    }
}
