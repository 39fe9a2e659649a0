//! What is wrong with a query, and where.

use std::fmt;
use std::ops::Range;

/// Characters shown on each side of the place in a long query.
const SHOWN: usize = 60;

/// Why a query was refused. Shown as the message, the query and a line of carets under the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct QueryError {
    /// The place, in bytes of the query.
    pub at: Range<usize>,
    /// What is wrong and what to write instead, in Russian.
    pub message: String,
    /// The query as written.
    pub query: String,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before: Vec<char> = self.query.get(..self.at.start).unwrap_or_default().chars().collect();
        let marked = self.query.get(self.at.clone()).unwrap_or_default().chars().count().clamp(1, SHOWN);
        let shown = before.len().min(SHOWN);
        let line: String = before[before.len() - shown..]
            .iter()
            .copied()
            .chain(self.query.get(self.at.start..).unwrap_or_default().chars().take(marked + SHOWN))
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        write!(f, "{}\n{line}\n{}{}", self.message, " ".repeat(shown), "^".repeat(marked))
    }
}
