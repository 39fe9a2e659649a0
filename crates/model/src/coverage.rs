//! What a collector saw of a source, what became of counters, and what could not be understood.

use serde::{Deserialize, Serialize};

use crate::{Platform, PostId, Time};

/// One poll of one source: what was seen and what was not. Silence is never mistaken for calm because of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Version of the wire format.
    #[serde(default = "crate::wire::current_format")]
    pub v: u32,
    /// Id of the source.
    pub source: String,
    /// Its platform.
    pub platform: Platform,
    /// When the poll ended.
    pub at: Time,
    /// Named outcome, e.g. `ok`, `not_modified`, `rate_limited`, `timeout`, `not_found`.
    pub outcome: String,
    /// Since when this poll, joined to the ones before it, vouches that every post was read. Null: it vouches for nothing.
    #[serde(default)]
    pub covers_from: Option<Time>,
    /// Pages fetched.
    #[serde(default)]
    pub pages: u32,
    /// Posts on them.
    #[serde(default)]
    pub posts: u32,
    /// Of these, never seen before.
    #[serde(default)]
    pub new: u32,
    /// Of these, changed since last seen.
    #[serde(default)]
    pub edited: u32,
    /// Found deleted at the source.
    #[serde(default)]
    pub deleted: u32,
    /// Dropped on purpose: private walls.
    #[serde(default)]
    pub dropped: u32,
    /// Blocks on the page that looked like posts and could not be read.
    #[serde(default)]
    pub unparsed: u32,
    /// Numbers between the posts of the pages that nothing on the pages bears. Deleted posts leave some; many are posts not seen.
    #[serde(default)]
    pub id_gaps: u32,
    /// Calls that the day's quota of the platform has left; null: there is no quota.
    #[serde(default)]
    pub quota_left: Option<u32>,
    /// When the source will be polled next.
    #[serde(default)]
    pub next_at: Option<Time>,
    /// More about the outcome, without personal data.
    #[serde(default)]
    pub detail: Option<String>,
}

impl Coverage {
    /// An entry of which only what is required is known.
    pub fn new(source: impl Into<String>, platform: Platform, at: Time, outcome: impl Into<String>) -> Coverage {
        Coverage {
            v: crate::wire::FORMAT,
            source: source.into(),
            platform,
            at,
            outcome: outcome.into(),
            covers_from: None,
            pages: 0,
            posts: 0,
            new: 0,
            edited: 0,
            deleted: 0,
            dropped: 0,
            unparsed: 0,
            id_gaps: 0,
            quota_left: None,
            next_at: None,
            detail: None,
        }
    }
}

/// A change of counters alone, which is not a new version of the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Whose counters.
    pub id: PostId,
    /// When they were read.
    pub seen_at: Time,
    /// Views.
    #[serde(default)]
    pub views: Option<u64>,
    /// Reactions of all kinds.
    #[serde(default)]
    pub reactions: Option<u64>,
    /// Reposts.
    #[serde(default)]
    pub reposts: Option<u64>,
    /// Comments.
    #[serde(default)]
    pub comments: Option<u64>,
}

/// Something a stage could not understand, kept so that it can be looked at and tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The stage that refused it: `ingest`, `classify`, `search`, `facts`, `alerts`.
    pub stage: String,
    /// The source or stream it came from.
    pub source: String,
    /// Where in it: a position, a line, a URL.
    pub position: String,
    /// Named reason, then words.
    pub reason: String,
    /// When it was refused.
    pub at: Time,
    /// The post it is of, where that could be told: a deletion there must reach it here.
    #[serde(default)]
    pub id: Option<PostId>,
    /// The payload, cut to [`crate::wire::MAX_DEAD_PAYLOAD`] bytes.
    #[serde(default)]
    pub payload: String,
}
