//! The connection to ClickHouse, embedded or a server, and the tables in it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use clickhouse::query::Query;
use clickhouse::{Client, Row, RowOwned, RowRead};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::cluster;
use super::error::FactsError;

/// A figure that takes longer is not worth waiting for; the server goes on and ends by its own limits.
const QUERY_TIMEOUT: Duration = Duration::from_secs(120);

/// Numbered changes of the tables, in order; a file once released never changes. Each may be run again.
pub(super) const MIGRATIONS: [(u32, &str); 2] =
    [(1, include_str!("migrations/0001_posts.sql")), (2, include_str!("migrations/0002_counters_and_coverage.sql"))];

/// The figures. Cheap to clone.
#[derive(Clone)]
pub struct Facts {
    pub(super) client: Client,
    pub(super) timezone: TimeZone,
    url: Arc<str>,
    database: Arc<str>,
    pub(super) cluster: Option<Arc<str>>,
}

impl Facts {
    /// Names a ClickHouse server's HTTP interface; nothing is asked of it yet. Days and hours are those of `timezone`.
    pub fn connect(url: &str, database: &str, user: &str, password: &str, timezone: &TimeZone) -> Facts {
        let client = Client::default().with_url(url).with_user(user).with_password(password).with_database(database);
        Facts { client, timezone: timezone.clone(), url: url.into(), database: database.into(), cluster: None }
    }

    /// Keeps the tables on a cluster of the server's, replicated and in shards. An insert is acknowledged when the shards
    /// have it, not when the server that was asked has queued it.
    pub fn on_cluster(mut self, cluster: &str) -> Facts {
        let client = self.client.with_setting("distributed_foreground_insert", "1");
        // What a query selects from on every shard is the whole table, not the shard's part of it.
        self.client = client.with_setting("distributed_product_mode", "global");
        self.cluster = Some(cluster.into());
        self
    }

    /// Makes the database and brings its tables up to this build.
    pub async fn migrate(&self) -> Result<(), FactsError> {
        let client = self.client.clone();
        // A server's operator may have made the database and given no right to make others.
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

    /// Removes the text of posts that were deleted at their source, which queries hide from the moment of the deletion.
    ///
    /// To be called once a day: it rewrites the parts of the table that hold an older version of a deleted post, and
    /// returns when that is done. The tombstones stay, so that a late copy of such a post is not counted again.
    pub async fn purge(&self) -> Result<(), FactsError> {
        // On a cluster each shard asks its own part: a post's versions are all on one.
        let (table, everywhere) = cluster::local("posts", self.cluster.as_deref());
        let delete = format!(
            "ALTER TABLE {table}{everywhere} DELETE WHERE deleted = 0 AND (id, version) IN ( \
                 SELECT id, version FROM {table} INNER JOIN ( \
                     SELECT id, max(version) AS last FROM {table} WHERE deleted = 1 GROUP BY id \
                 ) AS tombstones USING (id) \
                 WHERE deleted = 0 AND version <= last)"
        );
        // Waits by the server's own clock, not by ours: a mutation goes on whoever waits.
        let query = self.client.query_raw(&delete).with_setting("mutations_sync", "1");
        query.execute().await.map_err(|error| FactsError::new(&self.url, error))
    }

    /// The name by which ClickHouse knows the time zone.
    pub(super) fn zone(&self) -> Result<String, FactsError> {
        match self.timezone.iana_name() {
            Some(name) => Ok(name.to_owned()),
            None => Err(FactsError::TimeZone),
        }
    }

    pub(super) async fn all<T>(&self, query: Query) -> Result<Vec<T>, FactsError>
    where
        T: RowOwned + RowRead,
    {
        self.within(query.fetch_all::<T>()).await
    }

    pub(super) async fn one<T>(&self, query: Query) -> Result<T, FactsError>
    where
        T: RowOwned + RowRead,
    {
        self.within(query.fetch_one::<T>()).await
    }

    /// Waits for an answer, but not for ever.
    pub(super) async fn within<T>(
        &self,
        asked: impl Future<Output = Result<T, clickhouse::error::Error>>,
    ) -> Result<T, FactsError> {
        match tokio::time::timeout(QUERY_TIMEOUT, asked).await {
            Ok(answer) => answer.map_err(|error| FactsError::new(&self.url, error)),
            Err(_) => Err(FactsError::Timeout { url: self.url.to_string(), seconds: QUERY_TIMEOUT.as_secs() }),
        }
    }
}

/// A text that is one column of a row.
#[derive(Row, Deserialize)]
pub(super) struct Body {
    pub body: String,
}
