//! What a poll saw of a source.

use serde::{Deserialize, Serialize};

use crate::format::FORMAT;
use crate::id::Platform;
use crate::time::Time;

/// One poll of one source: what was seen and what was not. Silence is never mistaken for calm because of these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Version of the wire format.
    #[serde(default = "crate::format::current_format")]
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
    /// Dropped on purpose: private walls, what is older than what is kept, and what was forgotten.
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
            v: FORMAT,
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
