//! What is asked of the index.

use model::{Level, Platform, Sector, Time};
use serde::{Deserialize, Serialize};

/// A search. Filters narrow what the query finds; an empty query with filters finds all that pass them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SearchRequest {
    /// In the query language of `text`.
    pub query: String,
    /// Published at or after.
    pub from: Option<Time>,
    /// Published before.
    pub to: Option<Time>,
    /// Any of the post's sectors.
    pub sector: Option<Sector>,
    /// One of its topics.
    pub topic: Option<String>,
    /// A kind of risk.
    pub risk: Option<String>,
    /// A risk of this level or above.
    pub level: Option<Level>,
    /// One of its places.
    pub place: Option<String>,
    /// The object of one of its events.
    pub object: Option<String>,
    /// The state of one of its events; with `object`, of an event of that object.
    pub state: Option<String>,
    /// Its source.
    pub source: Option<String>,
    /// Its platform.
    pub platform: Option<Platform>,
    /// Order of the hits.
    pub sort: Sort,
    /// Most hits to return; 0: the default of 20.
    pub limit: usize,
    /// Hits to skip first.
    pub offset: usize,
}

/// Order of hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Newest first.
    #[default]
    Time,
    /// Best match first.
    Relevance,
    /// Most viewed first.
    Views,
}
