//! The last count of posts.

use std::time::{Duration, Instant};

/// A count of posts, kept while the table is the same.
#[derive(Debug, Clone, Copy)]
pub(in crate::facts) struct Counted {
    /// A hash of the parts of the table that were counted.
    pub parts: u64,
    pub posts: u64,
    /// When it was counted, and how long that took.
    pub at: Instant,
    pub took: Duration,
}
