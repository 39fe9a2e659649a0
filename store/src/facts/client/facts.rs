//! The connection.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use clickhouse::query::Query;
use clickhouse::{Client, RowOwned, RowRead};
use jiff::tz::TimeZone;
use tokio::sync::Mutex;

use super::counted::Counted;
use super::error::FactsError;
use crate::retention::Retention;

/// A figure that takes longer is not worth waiting for; the server is told to stop then, or it would count on for nobody.
const QUERY_TIMEOUT: Duration = Duration::from_secs(120);

/// The figures. Cheap to clone.
#[derive(Clone)]
pub struct Facts {
    pub(in crate::facts) client: Client,
    pub(in crate::facts) timezone: TimeZone,
    pub(in crate::facts) url: Arc<str>,
    pub(in crate::facts) database: Arc<str>,
    pub(in crate::facts) cluster: Option<Arc<str>>,
    pub(in crate::facts) retention: Retention,
    /// The last count of posts.
    pub(in crate::facts) counted: Arc<Mutex<Option<Counted>>>,
}

impl Facts {
    /// Refers to a ClickHouse server by its HTTP interface; nothing is asked of it yet. Days and hours are those of `timezone`.
    pub fn connect(url: &str, database: &str, user: &str, password: &str, timezone: &TimeZone) -> Facts {
        let client = Client::default().with_url(url).with_user(user).with_password(password).with_database(database);
        Facts {
            client,
            timezone: timezone.clone(),
            url: url.into(),
            database: database.into(),
            cluster: None,
            retention: Retention::forever(),
            counted: Arc::default(),
        }
    }

    /// Keeps the tables on a cluster of the server's, replicated and in shards. An insert is acknowledged once the shards
    /// have it, not once the server that was asked has queued it.
    pub fn on_cluster(mut self, cluster: &str) -> Facts {
        let client = self.client.with_setting("distributed_foreground_insert", "1");
        // A replicated table takes rows that it has seen before for a repeat of the insert and drops them, as the tags of the rules are
        // once a correction is withdrawn.
        let client = client.with_setting("insert_deduplicate", "0");
        // What a query selects from on every shard is the whole table, not the shard's part of it.
        self.client = client.with_setting("distributed_product_mode", "global");
        self.cluster = Some(cluster.into());
        self
    }

    /// Takes nothing in that is not to be kept, in every sink of these figures from now on.
    pub fn keeping(self, retention: Retention) -> Facts {
        Facts { retention, ..self }
    }

    /// The name by which ClickHouse knows the time zone.
    pub(in crate::facts) fn zone(&self) -> Result<String, FactsError> {
        match self.timezone.iana_name() {
            Some(name) => Ok(name.to_owned()),
            None => Err(FactsError::TimeZone),
        }
    }

    pub(in crate::facts) async fn all<T>(&self, query: Query) -> Result<Vec<T>, FactsError>
    where
        T: RowOwned + RowRead,
    {
        self.within(limited(query).fetch_all::<T>()).await
    }

    pub(in crate::facts) async fn one<T>(&self, query: Query) -> Result<T, FactsError>
    where
        T: RowOwned + RowRead,
    {
        self.within(limited(query).fetch_one::<T>()).await
    }

    /// Waits for an answer for a limited time.
    pub(in crate::facts) async fn within<T>(
        &self,
        asked: impl Future<Output = Result<T, clickhouse::error::Error>>,
    ) -> Result<T, FactsError> {
        match tokio::time::timeout(QUERY_TIMEOUT, asked).await {
            Ok(answer) => answer.map_err(|error| FactsError::new(&self.url, error)),
            Err(_) => Err(FactsError::Timeout { url: self.url.to_string(), seconds: QUERY_TIMEOUT.as_secs() }),
        }
    }
}

/// A query that the server stops when nobody waits for its answer any more.
fn limited(query: Query) -> Query {
    query.with_setting("max_execution_time", QUERY_TIMEOUT.as_secs().to_string())
}
