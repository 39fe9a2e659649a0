//! How each source is doing.

use model::{Platform, Time};

/// How a source is doing.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SourceStatus {
    /// Its id.
    pub id: String,
    /// The name that people see.
    pub name: String,
    /// Its platform.
    pub platform: Platform,
    /// Whether it is polled.
    pub enabled: bool,
    /// When the last poll ended.
    pub last_at: Option<Time>,
    /// When the last poll that read it ended.
    pub last_ok_at: Option<Time>,
    /// Name of the last outcome.
    pub outcome: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// Polls in a row that did not read it.
    pub failures: u32,
    /// When it is polled next; none: at once, or never where it is switched off.
    pub next_at: Option<Time>,
    /// Since when polls have failed.
    pub failing_since: Option<Time>,
    /// A post published now is seen within this many seconds, while its server answers; none: nobody can read it.
    pub latency_s: Option<u64>,
    /// Posts ever taken in.
    pub posts: u64,
    /// Blocks that looked like posts when the source was last read.
    pub blocks: u32,
    /// Of these, not understood: above zero the source's markup may have changed.
    pub blocks_unread: u32,
}
