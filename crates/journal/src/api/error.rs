//! What can go wrong.

/// What can go wrong, told apart by what the caller does about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The size limit is reached or the disk is full: stop taking in, keep positions, try again later.
    #[error("journal takes nothing in: {0}; free disk space or raise [journal] max_mb")]
    Full(String),
    /// Retention has removed the position: rebuild the sink.
    #[error("position {wanted} of {stream} has expired, the oldest kept is {oldest}; rebuild this sink")]
    Expired {
        /// The stream that was read.
        stream: &'static str,
        /// The position that was asked for.
        wanted: u64,
        /// The oldest position that is kept.
        oldest: u64,
    },
    /// The stream was never made: somebody has to make it first.
    #[error("{0}")]
    Missing(String),
    /// The backend failed: retry.
    #[error("journal: {0}")]
    Backend(String),
}
