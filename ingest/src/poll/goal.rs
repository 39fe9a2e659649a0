//! How far back a poll of numbered pages reads.

use std::time::Duration;

use model::Time;

use super::result::PollResult;
use crate::state::Cursor;
use crate::time::earlier;

/// A source seen for the first time is read back this far: what the digest compares with, and no more of a stranger's server.
pub(crate) const BACKFILL: Duration = Duration::from_secs(15 * 24 * 3600);

/// Pages of one poll. A channel that publishes more between two polls, or a server that invents pages, ends here; what lies
/// further back is a gap in the ledger.
const MAX_PAGES: u32 = 200;

/// Where a poll of numbered pages may stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    last_number: Option<u64>,
    back_to: Option<Time>,
    max_pages: u32,
}

impl Goal {
    /// Down to the last seen post; at first sight as far as the backfill goes.
    pub(crate) fn new(cursor: &Cursor, now: Time) -> Goal {
        let back_to = cursor.last_number.is_none().then(|| earlier(now, BACKFILL));
        Goal { last_number: cursor.last_number, back_to, max_pages: MAX_PAGES }
    }

    /// The newest page alone.
    pub(crate) fn newest_page() -> Goal {
        Goal { last_number: None, back_to: None, max_pages: 1 }
    }

    /// Notes in the result what it has reached, and tells whether to stop.
    pub(crate) fn reached(&self, result: &mut PollResult) -> bool {
        let (Some(lowest), Some(oldest)) = (result.lowest(), result.oldest()) else {
            return result.pages >= self.max_pages;
        };
        result.overlapped = self.last_number.is_some_and(|last| lowest <= last);
        let done = match self.last_number {
            Some(_) => result.overlapped,
            None => self.back_to.is_none_or(|back_to| oldest <= back_to),
        };
        done || result.pages >= self.max_pages
    }
}
