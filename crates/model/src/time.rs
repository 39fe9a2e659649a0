//! Moments, and where "now" comes from.

use std::sync::Arc;

/// A moment, in UTC. Written as RFC 3339.
pub type Time = jiff::Timestamp;

/// Where "now" comes from. Passed in, so that a test or the sample runs on a time of its own.
pub type Clock = Arc<dyn Fn() -> Time + Send + Sync>;
