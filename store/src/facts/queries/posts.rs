//! Posts, and what the tables hold in all.

use clickhouse::Row;
use model::{TaggedPost, Time, wire};
use serde::Deserialize;

use super::conditions::{Conditions, PUBLISHED, span};
use super::types::PostsFilter;
use crate::facts::client::{Facts, FactsError};

impl Facts {
    /// The posts behind a figure, newest first, at most `limit`.
    pub async fn posts(&self, filter: &PostsFilter, limit: usize) -> Result<Vec<TaggedPost>, FactsError> {
        let conditions = Conditions::of(filter);
        // Bodies are read for the posts found, not for the whole table.
        let sql = format!(
            "SELECT body FROM posts FINAL WHERE id IN ( \
                 SELECT id FROM posts FINAL WHERE {} ORDER BY published_at DESC, id LIMIT ? \
             ) ORDER BY published_at DESC, id LIMIT ?",
            conditions.sql()
        );
        let query = conditions.bind(self.client.query(&sql)).bind(limit as u64).bind(limit as u64);
        let rows: Vec<Body> = self.all(query).await?;
        let read =
            |row: Body| wire::read_tagged(row.body.as_bytes()).map_err(|error| FactsError::Stored(error.to_string()));
        rows.into_iter().map(read).collect()
    }

    /// Ids of the posts published in `[from, to)`.
    pub async fn ids_published(&self, from: Time, to: Time) -> Result<Vec<String>, FactsError> {
        let sql = format!("SELECT id FROM posts FINAL WHERE {PUBLISHED} ORDER BY id");
        self.all(span(self.client.query(&sql), from, to)).await
    }

    /// Posts stored and not deleted.
    pub async fn count(&self) -> Result<u64, FactsError> {
        self.one(self.client.query("SELECT count() FROM posts FINAL")).await
    }

    /// Id and version of every post stored and not deleted, by id.
    pub async fn versions(&self) -> Result<Vec<(String, u64)>, FactsError> {
        self.all(self.client.query("SELECT id, version FROM posts FINAL ORDER BY id")).await
    }

    /// Bytes on disk, including old parts that wait for removal.
    pub async fn disk_bytes(&self) -> Result<u64, FactsError> {
        let sql = "SELECT sum(bytes_on_disk) FROM system.parts WHERE database = currentDatabase()";
        self.one(self.client.query(sql)).await
    }
}

#[derive(Row, Deserialize)]
struct Body {
    body: String,
}
