//! Polls walls through VK's API (5.199): pages of `wall.get` by offset, `newsfeed.search`, and posts that are asked after by
//! `wall.getById`.

pub(crate) mod api;
mod comments;
pub(crate) mod events;
mod pace;
mod search;

use std::collections::HashSet;

use model::PostId;

use super::reading::{Failure, Goal, Net, Reading};
use crate::Page;
use crate::outcome::Outcome;
use crate::quota::Call;
use crate::state::Known;
use crate::vk::{Group, parse_groups, parse_wall};

pub(crate) use comments::read as read_comments;
pub use pace::vk_warning;
pub(crate) use pace::{Paces, RATE_DAYS};
pub(crate) use search::read as read_search;

/// Posts of a page, the most that `wall.get` and `wall.getById` give.
pub(crate) const PAGE: usize = 100;

/// Posts that two pages share: a post deleted between two requests shifts the next page, and would hide one post.
const OVERLAP: usize = 5;

/// A page that VK cannot put together (errors 12, 13 and 36) is asked for in halves, down to this.
const LEAST_PAGE: usize = 25;

/// Batches of posts asked after in one poll; the others' turn comes with the next polls.
const MAX_CHECKS: usize = 10;

/// Calls that asking after posts may take, where VK has the batches split.
const MAX_CHECK_CALLS: usize = 3 * MAX_CHECKS;

/// Reads the wall down to the goal, from where the reading stands.
pub(crate) async fn read(net: Net<'_>, owner: i64, source: &str, goal: Goal, reading: &mut Reading) {
    // After «flood control» the requests are varied: the same ones over and over are what it forbids.
    let mut size = PAGE - (net.vk.floods() % 10) as usize;
    let owner = owner.to_string();
    let mut offset: usize = reading.next.take().and_then(|next| next.parse().ok()).unwrap_or(0);
    loop {
        let (count, from) = (size.to_string(), offset.to_string());
        let form = [("owner_id", owner.as_str()), ("count", &count), ("offset", &from)];
        let call = Call { spare: reading.pages > 0, ..Call::of("wall.get") };
        let page = match call_wall(net, call, &form, source).await {
            Ok(page) => page,
            // What lies further back is a gap in the ledger rather than a poll that other walls lack.
            Err(Failure { outcome: Outcome::VkQuota { .. }, .. }) if call.spare => return,
            Err(Failure { outcome: Outcome::VkBatch, .. }) if size / 2 >= LEAST_PAGE => {
                size /= 2;
                continue;
            }
            Err(failure) => return reading.fail(failure),
        };
        // Past the end of the wall only the overlap comes again.
        reading.beginning = reading.add(page) == 0;
        offset += size - OVERLAP;
        if goal.reached(reading) || reading.beginning {
            reading.next = Some(offset.to_string());
            return;
        }
    }
}

/// Asks after remembered posts: those that are not on the pages where they should be and those whose time has come. What
/// `wall.getById` leaves out is deleted. A batch that is refused for its size, or for one post in it, is asked in halves.
pub(crate) async fn check(net: Net<'_>, source: &str, asked: Vec<(PostId, Known)>, reading: &mut Reading) {
    let mut batches: Vec<&[(PostId, Known)]> = asked.chunks(PAGE).take(MAX_CHECKS).rev().collect();
    for _ in 0..MAX_CHECK_CALLS {
        let Some(batch) = batches.pop() else { return };
        let ids: Vec<&str> = batch.iter().filter_map(|(id, _)| id.as_str().strip_prefix("vk:")).collect();
        let form = [("posts", &*ids.join(","))];
        let mut page = match call_wall(net, Call::of("wall.getById"), &form, source).await {
            Ok(page) => page,
            Err(Failure { outcome: Outcome::VkBatch | Outcome::VkObject | Outcome::VkUnavailable, .. }) => {
                match batch.split_at(batch.len() / 2) {
                    ([], whole) => reading.unclear.extend_from_slice(whole),
                    (half, other) => batches.extend([other, half]),
                }
                continue;
            }
            Err(_) => return reading.unclear.extend_from_slice(batch),
        };
        // An answer that could not be read in full says nothing about what is absent from it.
        let whole = page.unread() == 0;
        let there: HashSet<PostId> = page.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        reading.add_problems(&mut page);
        reading.add_extra(page.posts);
        for (id, known) in batch {
            match (there.contains(id), whole) {
                (true, _) => {}
                (false, true) => reading.gone.push((id.clone(), known.clone())),
                (false, false) => reading.unclear.push((id.clone(), known.clone())),
            }
        }
    }
}

/// What VK says of the community that a wall belongs to; none where it says nothing.
pub(crate) async fn group(net: Net<'_>, owner: i64) -> Option<Group> {
    let number = owner.unsigned_abs().to_string();
    let form = [("group_id", number.as_str())];
    let groups = net.vk.call(net, Call::of("groups.getById"), &form, parse_groups).await.ok()?;
    groups.into_iter().find(|group| owner.checked_neg() == Some(group.id))
}

/// Calls a method that answers with posts.
async fn call_wall(net: Net<'_>, call: Call, form: &[(&str, &str)], source: &str) -> Result<Page, Failure> {
    let source = source.to_owned();
    net.vk.call(net, call, form, move |body| parse_wall(body, &source)).await
}
