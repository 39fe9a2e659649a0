//! Rows that are older than what is kept.

use model::Time;

use super::cluster;
use crate::facts::client::{Facts, FactsError};

/// What is kept by time: the table, and what is older of it. Tombstones stay, and posts go by their own date.
const DATED: [(&str, &str); 3] =
    [("posts", "deleted = 0 AND published_at"), ("counters", "seen_at"), ("coverage", "at")];

impl Facts {
    /// Removes posts that were published before a time, and of the series what was read before it. Returns how many rows of posts
    /// went.
    ///
    /// Where there are any, it rewrites the parts that hold them and returns when that is done; questions and inserts go on meanwhile.
    pub async fn let_go(&self, before: Time) -> Result<u64, FactsError> {
        let mut posts = 0;
        for (table, older) in DATED {
            let older = format!("{older} < fromUnixTimestamp64Milli({}, 'UTC')", before.as_millisecond());
            let rows: u64 = self.one(self.client.query(&format!("SELECT count() FROM {table} WHERE {older}"))).await?;
            if rows == 0 {
                continue;
            }
            let (local, everywhere) = cluster::local(table, self.cluster.as_deref());
            let delete = self.client.query_raw(&format!("ALTER TABLE {local}{everywhere} DELETE WHERE {older}"));
            // Without our time limit: the server carries a mutation through whether anybody waits or not.
            let done = delete.with_setting("mutations_sync", "1").execute().await;
            done.map_err(|error| FactsError::new(&self.url, error))?;
            tracing::info!(table, rows, "figures let go of what is older than what is kept");
            if table == "posts" {
                posts = rows;
            }
        }
        Ok(posts)
    }
}
