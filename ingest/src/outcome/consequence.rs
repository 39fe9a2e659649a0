//! What an outcome means for the schedule.

use std::time::Duration;

use model::Time;

/// What an outcome means for the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// Go on at the source's own pace.
    Usual,
    /// Try again after `first`, twice as long after each further failure in a row, at most `longest`.
    Backoff {
        /// After the first failure.
        first: Duration,
        /// However many failures.
        longest: Duration,
    },
    /// Not before this time.
    Until(Time),
    /// Nothing helps until a person changes something; looked at rarely, so that the change is noticed.
    HumanNeeded,
}
