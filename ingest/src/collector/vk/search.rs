//! Reads what `newsfeed.search` finds for a query: public posts of everybody, the newest first.

use std::time::Duration;

use model::Time;

use super::super::reading::{BACKFILL, Failure, Net, Reading};
use super::call_wall;
use crate::outcome::Outcome;
use crate::quota::Call;
use crate::schedule::earlier;
use crate::state::Cursor;

/// Posts of a page, the most that the method gives.
const PAGE: u32 = 200;

/// A page that VK cannot put together (errors 12, 13 and 36) is asked for in halves, down to this.
const LEAST_PAGE: u32 = 25;

/// VK shows a thousand results of a query; more pages hold nothing.
const MAX_PAGES: u32 = 5;

/// A post can be found only once it is indexed: what was published this long before the last poll is asked for again.
const INDEXED_WITHIN: Duration = Duration::from_secs(3 * 3600);

/// Reads everything found since the last poll.
pub(crate) async fn read(net: Net<'_>, query: &str, source: &str, cursor: &Cursor, reading: &mut Reading) {
    let since = cursor.covered_until.unwrap_or(earlier(reading.started, BACKFILL));
    let since = earlier(since, INDEXED_WITHIN).max(earlier(reading.started, BACKFILL)).max(Time::UNIX_EPOCH);
    let start = since.as_second().to_string();
    let mut from: Option<String> = None;
    let mut size = PAGE;
    loop {
        let count = size.to_string();
        let mut form = vec![("q", query), ("count", &count), ("start_time", &start)];
        form.extend(from.as_deref().map(|from| ("start_from", from)));
        let call = Call { spare: reading.pages > 0, ..Call::of("newsfeed.search") };
        let page = match call_wall(net, call, &form, source).await {
            Ok(page) => page,
            Err(Failure { outcome: Outcome::VkQuota { .. }, .. }) if call.spare => return,
            Err(Failure { outcome: Outcome::VkBatch, .. }) if size / 2 >= LEAST_PAGE => {
                size /= 2;
                continue;
            }
            Err(failure) => return reading.fail(failure),
        };
        let older = page.older.clone();
        reading.add(page);
        if older.is_none() || older == from {
            // All results since then: joined to the last poll, or to the begin of the backfill.
            reading.overlapped = cursor.covered_until.is_some();
            reading.beginning = !reading.overlapped;
            return;
        }
        if reading.pages >= MAX_PAGES {
            return;
        }
        from = older;
    }
}
