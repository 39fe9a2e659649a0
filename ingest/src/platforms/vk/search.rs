//! Reads what `newsfeed.search` finds for a query: public posts of everybody, the newest first.

use std::collections::HashSet;
use std::time::Duration;

use config::Address;
use model::{PostId, Time};

use super::client::VkClient;
use crate::outcome::PollOutcome;
use crate::poll::{BACKFILL, Failure, Poll, PollResult};
use crate::schedule::quota::Call;
use crate::state::Cursor;
use crate::time::earlier;

/// Posts of a page, the most that the method gives.
const PAGE: u32 = 200;

/// A page that VK cannot put together (errors 12, 13 and 36) is asked for in halves, down to this.
const LEAST_PAGE: u32 = 25;

/// VK shows a thousand results of a query; more pages hold nothing.
const MAX_PAGES: u32 = 5;

/// A post can be found only once it is indexed: what was published this long before the last poll is asked for again.
const INDEXED_WITHIN: Duration = Duration::from_secs(3 * 3600);

/// Reads everything found since the last poll.
pub(super) async fn read_search(vk: VkClient<'_>, query: &str, source: &str, cursor: &Cursor, result: &mut PollResult) {
    let since = cursor.covered_until.unwrap_or(earlier(result.started, BACKFILL));
    let since = earlier(since, INDEXED_WITHIN).max(earlier(result.started, BACKFILL)).max(Time::UNIX_EPOCH);
    let start = since.as_second().to_string();
    let mut from: Option<String> = None;
    let mut size = PAGE;
    loop {
        let count = size.to_string();
        let mut form = vec![("q", query), ("count", &count), ("start_time", &start)];
        form.extend(from.as_deref().map(|from| ("start_from", from)));
        let call = Call { spare: result.pages > 0, ..Call::of("newsfeed.search") };
        let page = match vk.call_wall(call, &form, source).await {
            Ok(page) => page,
            Err(Failure { outcome: PollOutcome::VkQuota { .. }, .. }) if call.spare => return,
            Err(Failure { outcome: PollOutcome::VkBatch, .. }) if size / 2 >= LEAST_PAGE => {
                size /= 2;
                continue;
            }
            Err(failure) => return result.fail(failure),
        };
        let older = page.older.clone();
        result.add(page);
        if older.is_none() || older == from {
            // All results since then: joined to the last poll, or to the begin of the backfill.
            result.overlapped = cursor.covered_until.is_some();
            result.beginning = !result.overlapped;
            return;
        }
        if result.pages >= MAX_PAGES {
            return;
        }
        from = older;
    }
}

/// Drops what another source reads: a post belongs to the source that saw it first, and to its wall.
pub(super) async fn leave_to_others(poll: Poll<'_>, result: &mut PollResult) {
    let wall_of = |address: &Address| match address {
        Address::Vk(owner) => Some(format!("vk:{owner}_")),
        _ => None,
    };
    let enabled = poll.sources.iter().filter(|source| source.enabled);
    let followed: HashSet<String> = enabled.filter_map(|source| wall_of(&source.address)).collect();
    let wall = |id: &PostId| id.as_str().split_inclusive('_').next().map(str::to_owned);
    result.posts.retain(|parsed| wall(&parsed.post.id).is_none_or(|wall| !followed.contains(&wall)));
    let ids: Vec<PostId> = result.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
    let source = poll.source.id.clone();
    let elsewhere = poll.remembered(move |state| {
        let is_elsewhere = |id: &PostId| state.is_elsewhere(&source, id).unwrap_or(false);
        Ok(ids.into_iter().filter(is_elsewhere).collect::<HashSet<_>>())
    });
    let elsewhere = elsewhere.await;
    result.posts.retain(|parsed| !elsewhere.contains(&parsed.post.id));
}
