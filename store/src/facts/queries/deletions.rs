//! Posts that were deleted at their source.

use clickhouse::Row;
use model::Time;
use serde::{Deserialize, Serialize};

use crate::facts::client::{Facts, FactsError};

/// A post that was deleted at its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Its id.
    pub id: String,
    /// Its source.
    pub source: String,
    /// When the deletion was seen.
    pub at: Time,
    /// Older versions with text that are still in the files, hidden from every query.
    pub versions_on_disk: u64,
}

#[derive(Row, Deserialize)]
struct DeletionRow {
    id: String,
    source: String,
    at: i64,
    versions: u64,
}

impl Facts {
    /// Posts deleted at their source, the latest deletion first. Ids and times only: the texts are gone.
    pub async fn deletions(&self, limit: usize) -> Result<Vec<Deletion>, FactsError> {
        // Not `seen_at`, by which the tombstone of a post that was forgotten comes after every version.
        let sql = "SELECT id, toString(any(source)) AS source, \
                       maxIf(toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(JSONExtractString(body, 'deleted_at'), 3, 'UTC')), \
                           deleted = 1) AS at, \
                       countIf(deleted = 0 AND body != '') AS versions \
                   FROM posts WHERE id IN (SELECT id FROM posts WHERE deleted = 1) \
                   GROUP BY id HAVING argMax(deleted, version) = 1 ORDER BY at DESC, id LIMIT ?";
        let rows: Vec<DeletionRow> = self.all(self.client.query(sql).bind(limit as u64)).await?;
        let deletion = |row: DeletionRow| {
            let at = Time::from_millisecond(row.at)?;
            Ok(Deletion { id: row.id, source: row.source, at, versions_on_disk: row.versions })
        };
        rows.into_iter().map(deletion).collect()
    }
}
