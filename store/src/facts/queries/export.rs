//! Reading everything back, page by page: for a rebuild of the index and for a backup.

use clickhouse::Row;
use model::{Counters, wire};
use serde::Deserialize;

use crate::facts::client::{Facts, FactsError};
use crate::facts::tables::CountersRow;

/// Rows asked for at once: bounds what is held in memory, texts included.
const PAGE: usize = 20_000;

/// Before the first moment that a time column can hold.
const EARLIEST_MS: i64 = -2_208_988_800_000;

#[derive(Row, Deserialize)]
struct IdBody {
    id: String,
    body: String,
}

#[derive(Row, Deserialize)]
struct CoverageBody {
    source: String,
    at: i64,
    body: String,
}

impl Facts {
    /// Hands over every stored version of every post as JSON: tombstones first, so that a store filled from them
    /// never writes a text that was deleted.
    pub async fn every_post<E: From<FactsError>>(
        &self,
        mut each: impl FnMut(Vec<Vec<u8>>) -> Result<(), E>,
    ) -> Result<(), E> {
        for deleted in [true, false] {
            let mut last = String::new();
            loop {
                // With ties, so that the versions of a post stay together.
                let sql = "SELECT id, body FROM posts WHERE id > ? AND deleted = ? ORDER BY id LIMIT ? WITH TIES";
                let query = self.client.query(sql).bind(&last).bind(u8::from(deleted)).bind(PAGE);
                let page: Vec<IdBody> = self.all(query).await?;
                let Some(end) = page.last() else { break };
                last.clone_from(&end.id);
                each(page.into_iter().map(|row| row.body.into_bytes()).collect())?;
            }
        }
        Ok(())
    }

    /// Hands over the whole series of counters as messages of its stream.
    pub async fn every_counters<E: From<FactsError>>(
        &self,
        mut each: impl FnMut(Vec<Vec<u8>>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut last = (String::new(), EARLIEST_MS);
        loop {
            let sql = "SELECT ?fields FROM counters FINAL \
                       WHERE (id, seen_at) > (?, fromUnixTimestamp64Milli(?, 'UTC')) ORDER BY id, seen_at LIMIT ?";
            let query = self.client.query(sql).bind(&last.0).bind(last.1).bind(PAGE);
            let page: Vec<CountersRow> = self.all(query).await?;
            let mut messages = Vec::with_capacity(page.len());
            for row in page {
                let counters: Counters = row.counters().map_err(FactsError::Stored)?;
                last = (counters.id.to_string(), counters.seen_at.as_millisecond());
                messages.push(wire::write(&counters));
            }
            if messages.is_empty() {
                return Ok(());
            }
            each(messages)?;
        }
    }

    /// Hands over every entry of coverage as messages of its stream.
    pub async fn every_coverage<E: From<FactsError>>(
        &self,
        mut each: impl FnMut(Vec<Vec<u8>>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut last = (String::new(), EARLIEST_MS);
        loop {
            let sql = "SELECT toString(coverage.source) AS source, toUnixTimestamp64Milli(coverage.at) AS at, body \
                       FROM coverage FINAL \
                       WHERE (coverage.source, coverage.at) > (?, fromUnixTimestamp64Milli(?, 'UTC')) \
                       ORDER BY coverage.source, coverage.at LIMIT ?";
            let query = self.client.query(sql).bind(&last.0).bind(last.1).bind(PAGE);
            let page: Vec<CoverageBody> = self.all(query).await?;
            let Some(end) = page.last() else { return Ok(()) };
            last = (end.source.clone(), end.at);
            each(page.into_iter().map(|row| row.body.into_bytes()).collect())?;
        }
    }
}
