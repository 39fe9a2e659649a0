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
use crate::vk::parse_wall;

pub(crate) use comments::read as read_comments;
pub use pace::vk_warning;
pub(crate) use pace::{Pace, Paces, RATE_DAYS};
pub(crate) use search::read as read_search;

/// Posts of a page, the most that `wall.get` and `wall.getById` give.
pub(crate) const PAGE: usize = 100;

/// Posts that two pages share: a post deleted between two requests shifts the next page, and would hide one post.
const OVERLAP: usize = 5;

/// Batches of posts asked after in one poll; the others' turn comes with the next polls.
const MAX_CHECKS: usize = 10;

/// Reads the wall down to the goal, from where the reading stands.
pub(crate) async fn read(net: Net<'_>, owner: i64, source: &str, goal: Goal, reading: &mut Reading) {
    // After «flood control» the requests are varied: the same ones over and over are what it forbids.
    let size = PAGE - (net.vk.floods() % 10) as usize;
    let (owner, count) = (owner.to_string(), size.to_string());
    let mut offset = reading.next.take().unwrap_or_else(|| "0".to_owned());
    loop {
        let form = [("owner_id", owner.as_str()), ("count", &count), ("offset", &offset)];
        let call = Call { spare: reading.pages > 0, ..Call::of("wall.get") };
        let page = match call_wall(net, call, &form, source).await {
            Ok(page) => page,
            // What lies further back is a gap in the ledger rather than a poll that other walls lack.
            Err(Failure { outcome: Outcome::VkQuota { .. }, .. }) if call.spare => return,
            Err(failure) => return reading.fail(failure),
        };
        // Past the end of the wall only the overlap comes again.
        reading.beginning = reading.add(page) == 0;
        let next = (reading.pages as usize * (size - OVERLAP)).to_string();
        if goal.reached(reading) || reading.beginning {
            reading.next = Some(next);
            return;
        }
        offset = next;
    }
}

/// Asks after remembered posts: those that are not on the pages where they should be and those whose time has come. What
/// `wall.getById` leaves out is deleted.
pub(crate) async fn check(net: Net<'_>, source: &str, asked: Vec<(PostId, Known)>, reading: &mut Reading) {
    for batch in asked.chunks(PAGE).take(MAX_CHECKS) {
        let ids: Vec<&str> = batch.iter().filter_map(|(id, _)| id.as_str().strip_prefix("vk:")).collect();
        let form = [("posts", &*ids.join(","))];
        let Ok(mut page) = call_wall(net, Call::of("wall.getById"), &form, source).await else {
            return reading.unclear.extend_from_slice(batch);
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

/// Calls a method that answers with posts.
async fn call_wall(net: Net<'_>, call: Call, form: &[(&str, &str)], source: &str) -> Result<Page, Failure> {
    let source = source.to_owned();
    net.vk.call(net, call, form, move |body| parse_wall(body, &source)).await
}
