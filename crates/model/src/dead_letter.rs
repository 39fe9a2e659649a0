//! What a stage could not understand.

use serde::{Deserialize, Serialize};

use crate::id::PostId;
use crate::time::Time;

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
    /// The post it concerns, where that is known: a deletion at the source must reach the payload here.
    #[serde(default)]
    pub id: Option<PostId>,
    /// The payload, cut to [`crate::wire::MAX_DEAD_PAYLOAD`] bytes.
    #[serde(default)]
    pub payload: String,
}
