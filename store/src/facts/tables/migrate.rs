//! Numbered changes of the tables.

use crate::facts::client::{Facts, FactsError};

use super::cluster;

/// The changes, in order. A file that was released never changes. Each may be run again.
pub(in crate::facts) const MIGRATIONS: [(u32, &str); 3] = [
    (1, include_str!("migrations/0001_posts.sql")),
    (2, include_str!("migrations/0002_counters_and_coverage.sql")),
    (3, include_str!("migrations/0003_events.sql")),
];

impl Facts {
    /// Creates the database if it is not there and brings its tables up to date with this build.
    pub async fn migrate(&self) -> Result<(), FactsError> {
        let client = self.client.clone();
        // A server's operator may have created the database without granting the right to create others.
        let exists = "SELECT count() FROM system.databases WHERE name = ?";
        let outside = client.clone().with_database("system");
        if self.within(outside.query(exists).bind(&*self.database).fetch_one::<u64>()).await? == 0 {
            let everywhere = self.cluster.as_deref().map(|name| format!(" ON CLUSTER {}", cluster::quoted(name)));
            let create = format!("CREATE DATABASE IF NOT EXISTS ?{}", everywhere.unwrap_or_default());
            let create = outside.query(&create).bind(clickhouse::sql::Identifier(&self.database));
            self.within(create.execute()).await?;
        }
        let applied = "CREATE TABLE IF NOT EXISTS migrations (number UInt32, applied_at DateTime DEFAULT now()) \
                       ENGINE = MergeTree ORDER BY number";
        let applied = self.cluster.as_deref().map_or_else(|| applied.to_owned(), cluster::migrations_table);
        self.within(client.query_raw(&applied).execute()).await?;
        let found = self.within(client.query("SELECT max(number) FROM migrations").fetch_one::<u32>()).await?;
        let known = MIGRATIONS[MIGRATIONS.len() - 1].0;
        if found > known {
            return Err(FactsError::Newer { found, known });
        }
        for (number, sql) in MIGRATIONS.iter().filter(|(number, _)| *number > found) {
            for statement in cluster::statements(sql) {
                let statements = match self.cluster.as_deref() {
                    Some(name) => cluster::on_cluster(statement, name).ok_or(FactsError::NotForClusters(*number))?,
                    None => vec![statement.to_owned()],
                };
                for statement in statements {
                    self.within(client.query_raw(&statement).execute()).await?;
                }
            }
            let done = client.query("INSERT INTO migrations (number) VALUES (?)").bind(number);
            self.within(done.execute()).await?;
            tracing::info!(number, "figures' tables changed");
        }
        self.client.clear_cached_metadata().await;
        Ok(())
    }
}
