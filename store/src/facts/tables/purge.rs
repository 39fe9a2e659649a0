//! Removing from the tables.

use crate::facts::client::{Facts, FactsError};

use super::cluster;

impl Facts {
    /// Removes the text of posts that were deleted at their source; queries hide it from the moment of the deletion.
    ///
    /// Call it once a day: it rewrites the parts of the table that hold an older version of a deleted post, and returns when that
    /// is done. The tombstones stay, so that a late copy of such a post is not counted again.
    pub async fn purge(&self) -> Result<(), FactsError> {
        // On a cluster each shard looks at its own part: all versions of a post are on one shard.
        let (table, everywhere) = cluster::local("posts", self.cluster.as_deref());
        let delete = format!(
            "ALTER TABLE {table}{everywhere} DELETE WHERE deleted = 0 AND (id, version) IN ( \
                 SELECT id, version FROM {table} INNER JOIN ( \
                     SELECT id, max(version) AS last FROM {table} WHERE deleted = 1 GROUP BY id \
                 ) AS tombstones USING (id) \
                 WHERE deleted = 0 AND version <= last)"
        );
        // Without our time limit: the server carries a mutation through whether anybody waits or not.
        let query = self.client.query_raw(&delete).with_setting("mutations_sync", "1");
        query.execute().await.map_err(|error| FactsError::new(&self.url, error))
    }

    /// Removes every post, so that the table can be filled again; counters and coverage stay.
    pub async fn clear_posts(&self) -> Result<(), FactsError> {
        let (table, everywhere) = cluster::local("posts", self.cluster.as_deref());
        self.within(self.client.query_raw(&format!("TRUNCATE TABLE {table}{everywhere}")).execute()).await
    }
}
