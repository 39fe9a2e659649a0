//! How the installation is doing, for people, scripts and metrics.

use model::{Platform, Time};
use serde::{Deserialize, Serialize};

/// `status --json`, `/api/status`. Parts that this process does not run are null.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// The process that answers, where there are several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub node: String,
    /// The instance's time; the sample's, where it runs on one.
    pub now: Time,
    /// The zone in which it is shown, by its IANA name; none in the answer of an earlier build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Number of the rule set in force.
    pub rules: u32,
    /// The journal.
    pub journal: JournalStatus,
    /// The search index.
    pub index: Option<IndexStatus>,
    /// The figures.
    pub facts: Option<FactsStatus>,
    /// Alerts and what waits to be sent.
    pub alerts: Option<AlertsStatus>,
    /// The cache of analysed words.
    #[serde(default)]
    pub words: WordsStatus,
    /// Since when posts are kept, where they are not kept for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<ArchiveStatus>,
    /// Messages kept as dead letters.
    pub dead_letters: u64,
    /// Each source.
    pub sources: Vec<SourceStatus>,
    /// The hosts of each platform that has the same ones for all its sources.
    #[serde(default)]
    pub hosts: Vec<PlatformHosts>,
    /// Each stage that runs here.
    pub roles: Vec<RoleStatus>,
}

/// What was done to what is older than what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveStatus {
    /// What was published before this time was removed.
    pub before: Time,
    /// When that was last done.
    pub at: Time,
}

/// The caches of analysed words of all threads of the process.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct WordsStatus {
    /// Words that were in a cache.
    pub hits: u64,
    /// Words that were looked up in the dictionary.
    pub misses: u64,
}

/// The journal.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct JournalStatus {
    /// Distinct posts held, tombstones aside; on Kafka messages about posts.
    pub posts: u64,
    /// Bytes in use; null on Kafka.
    pub bytes: Option<u64>,
    /// Why the journal does not answer.
    #[serde(default)]
    pub error: Option<String>,
}

/// The search index.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct IndexStatus {
    /// Posts that can be found.
    pub docs: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// How far it is made anew of the index of an earlier version; absent where it is whole. Until then searches find a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuilding: Option<RebuildingStatus>,
}

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildingStatus {
    /// Posts done.
    pub done: u64,
    /// Posts there are.
    pub total: u64,
}

/// The figures. `posts` is null while ClickHouse does not answer.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct FactsStatus {
    /// Posts that are counted.
    pub posts: Option<u64>,
    /// Why there is no number.
    pub error: Option<String>,
}

/// Alerts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AlertsStatus {
    /// Open ones.
    pub open: u64,
    /// Messages waiting or being tried again.
    pub pending: u64,
    /// Messages accepted.
    pub sent: u64,
    /// Messages sent once of which nobody knows whether they arrived.
    #[serde(default)]
    pub unconfirmed: u64,
    /// Messages that no address of their person took.
    #[serde(default)]
    pub undelivered: u64,
    /// Of critical alerts: not accepted for more than ten minutes, unconfirmed or undelivered.
    #[serde(default)]
    pub critical_late: u64,
}

/// A source.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SourceStatus {
    /// Id in `sources.toml`.
    pub id: String,
    /// The name people see.
    pub name: String,
    /// Platform.
    pub platform: Platform,
    /// Polled at all.
    pub enabled: bool,
    /// Last poll.
    pub last_at: Option<Time>,
    /// Last poll that saw the source.
    pub last_ok_at: Option<Time>,
    /// Named outcome of the last poll.
    pub outcome: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// Next poll.
    pub next_at: Option<Time>,
    /// Since when polls have failed.
    #[serde(default)]
    pub failing_since: Option<Time>,
    /// A post published now is seen within this many seconds, while its server answers; none: nobody can read it.
    #[serde(default)]
    pub latency_s: Option<u64>,
    /// Blocks that looked like posts when the source was last read.
    #[serde(default)]
    pub blocks: u32,
    /// Of these, not understood.
    #[serde(default)]
    pub blocks_unread: u32,
}

/// The hosts of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformHosts {
    /// Platform.
    pub platform: Platform,
    /// The host that is asked first.
    pub asked: String,
    /// Since when none of them can be reached, while that is so: it is the network's doing and no source's.
    pub down_since: Option<Time>,
    /// When they are tried again.
    pub next_at: Option<Time>,
    /// All of them, in the order of the settings.
    pub hosts: Vec<Host>,
}

/// A host of a platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its name, with the proxy that it is asked through.
    pub host: String,
    /// When it failed last, unless it has answered since.
    pub failed_at: Option<Time>,
    /// Why.
    pub reason: Option<String>,
}

/// A stage.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct RoleStatus {
    /// `ingest`, `classify`, `search`, `facts`, `alerts`, …
    pub role: String,
    /// The process it runs in, where there are several: its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// How far it has read, `partition:next offset`.
    pub position: String,
    /// Messages still before it; of a stage that processes share, before all of them together: what none of them reads now waits too.
    pub lag: u64,
    /// Messages done since start.
    pub done: u64,
    /// Messages refused since start.
    pub refused: u64,
    /// What fails now and is tried again.
    pub error: Option<String>,
}
