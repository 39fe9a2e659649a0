//! The series beside posts: polls and counters.

use clickhouse::Row;
use model::{Counters, Coverage, PostId, Time, wire};
use serde::Deserialize;

use super::conditions::span;
use crate::facts::client::{Facts, FactsError};
use crate::facts::tables::CountersRow;

impl Facts {
    /// Polls that ended in `[from, to)`, oldest first.
    pub async fn coverage(&self, from: Time, to: Time) -> Result<Vec<Coverage>, FactsError> {
        let sql = "SELECT body FROM coverage FINAL WHERE at >= fromUnixTimestamp64Milli(?, 'UTC') \
                   AND at < fromUnixTimestamp64Milli(?, 'UTC') ORDER BY at, source";
        let rows: Vec<Body> = self.all(span(self.client.query(sql), from, to)).await?;
        let read = |row: Body| wire::read(row.body.as_bytes()).map_err(|error| FactsError::Stored(error.to_string()));
        rows.into_iter().map(read).collect()
    }

    /// The readings of a post's counters, oldest first.
    pub async fn counters(&self, id: &PostId) -> Result<Vec<Counters>, FactsError> {
        let sql = "SELECT ?fields FROM counters FINAL WHERE id = ? ORDER BY seen_at";
        let rows: Vec<CountersRow> = self.all(self.client.query(sql).bind(id.as_str())).await?;
        rows.into_iter().map(|row| row.counters().map_err(FactsError::Stored)).collect()
    }
}

#[derive(Row, Deserialize)]
struct Body {
    body: String,
}
