//! Deadlines as people and scripts see them.

use model::Time;
use serde::{Deserialize, Serialize};

/// The two deadlines of an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadlinesView {
    /// Of the first answer.
    pub first: DeadlineView,
    /// Of the final one.
    pub last: DeadlineView,
}

/// One deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadlineView {
    /// When it runs out.
    pub due: Time,
    /// The act and clause that set it; shipped: «условный срок».
    pub act: String,
    /// When an answer met it.
    pub stopped_at: Option<Time>,
    /// Which answer: `given` for the first; `substantive`, `runaround` or `misconduct` for the final one.
    pub answer: Option<String>,
}
