//! Walls: pages of `wall.get` by offset, and remembered posts that are checked by `wall.getById`.

use std::collections::HashSet;

use model::PostId;

use super::client::VkClient;
use super::parse::{Group, parse_groups};
use crate::outcome::PollOutcome;
use crate::poll::{Failure, Goal, PollResult};
use crate::schedule::quota::Call;
use crate::state::Known;

/// Posts of a page, the most that `wall.get` and `wall.getById` give.
pub(crate) const PAGE: usize = 100;

/// Posts that two pages share: a post deleted between two requests shifts the next page, and would hide one post.
const OVERLAP: usize = 5;

/// A page that VK cannot put together (errors 12, 13 and 36) is asked for in halves, down to this.
const LEAST_PAGE: usize = 25;

/// Batches of posts checked in one poll; the others' turn comes with the next polls.
const MAX_CHECKS: usize = 10;

/// Calls that checking posts may take, where VK has the batches split.
const MAX_CHECK_CALLS: usize = 3 * MAX_CHECKS;

/// Reads the wall down to the goal, from the page after the last one read.
pub(super) async fn read_wall(vk: VkClient<'_>, owner: i64, source: &str, goal: Goal, result: &mut PollResult) {
    // After «flood control» the requests are varied: the same ones over and over are what it forbids.
    let mut size = PAGE - (vk.tokens.floods() % 10) as usize;
    let owner = owner.to_string();
    let mut offset: usize = result.next.take().and_then(|next| next.parse().ok()).unwrap_or(0);
    loop {
        let (count, from) = (size.to_string(), offset.to_string());
        let form = [("owner_id", owner.as_str()), ("count", &count), ("offset", &from)];
        let call = Call { spare: result.pages > 0, ..Call::of("wall.get") };
        let page = match vk.call_wall(call, &form, source).await {
            Ok(page) => page,
            // What lies further back is a gap in the ledger rather than a poll that other walls lack.
            Err(Failure { outcome: PollOutcome::VkQuota { .. }, .. }) if call.spare => return,
            Err(Failure { outcome: PollOutcome::VkBatch, .. }) if size / 2 >= LEAST_PAGE => {
                size /= 2;
                continue;
            }
            Err(failure) => return result.fail(failure),
        };
        // Past the end of the wall only the overlap comes again.
        result.beginning = result.add(page) == 0;
        offset += size - OVERLAP;
        if goal.reached(result) || result.beginning {
            result.next = Some(offset.to_string());
            return;
        }
    }
}

/// Checks remembered posts: those that are not on the pages where they should be and those whose time has come. What
/// `wall.getById` leaves out is deleted. A batch that is refused for its size, or for one post in it, is asked for in halves.
pub(super) async fn check_posts(
    vk: VkClient<'_>,
    source: &str,
    checked: Vec<(PostId, Known)>,
    result: &mut PollResult,
) {
    let mut batches: Vec<&[(PostId, Known)]> = checked.chunks(PAGE).take(MAX_CHECKS).rev().collect();
    for _ in 0..MAX_CHECK_CALLS {
        let Some(batch) = batches.pop() else { return };
        let ids: Vec<&str> = batch.iter().filter_map(|(id, _)| id.as_str().strip_prefix("vk:")).collect();
        let form = [("posts", &*ids.join(","))];
        let mut page = match vk.call_wall(Call::of("wall.getById"), &form, source).await {
            Ok(page) => page,
            Err(Failure {
                outcome: PollOutcome::VkBatch | PollOutcome::VkObject | PollOutcome::VkUnavailable, ..
            }) => {
                match batch.split_at(batch.len() / 2) {
                    ([], whole) => result.unclear.extend_from_slice(whole),
                    (half, other) => batches.extend([other, half]),
                }
                continue;
            }
            Err(_) => return result.unclear.extend_from_slice(batch),
        };
        // An answer that could not be read in full says nothing about what is absent from it.
        let whole = page.unread() == 0;
        // What became a post for those who pay is there as well.
        let there: HashSet<PostId> =
            page.posts.iter().chain(&page.hidden).map(|parsed| parsed.post.id.clone()).collect();
        result.add_problems(&mut page);
        result.add_extra(page.posts);
        for (id, known) in batch {
            match (there.contains(id), whole) {
                (true, _) => {}
                (false, true) => result.gone.push((id.clone(), known.clone())),
                (false, false) => result.unclear.push((id.clone(), known.clone())),
            }
        }
    }
}

/// What VK says of the community that a wall belongs to; none where it says nothing.
pub(super) async fn group(vk: VkClient<'_>, owner: i64) -> Option<Group> {
    let number = owner.unsigned_abs().to_string();
    let form = [("group_id", number.as_str())];
    let groups = vk.call(Call::of("groups.getById"), &form, parse_groups).await.ok()?;
    groups.into_iter().find(|group| owner.checked_neg() == Some(group.id))
}
