//! A change of counters alone.

use serde::{Deserialize, Serialize};

use crate::id::PostId;
use crate::time::Time;

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
