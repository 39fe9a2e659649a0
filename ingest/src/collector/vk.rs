//! Polls a wall through VK's API (`wall.get`, 5.199), pages by offset, and asks after posts that left the pages.

use std::collections::HashSet;

use model::PostId;

use super::reading::{Failure, Goal, Net, Reading, accept, parse};
use crate::Page;
use crate::outcome::Outcome;
use crate::schedule::later;
use crate::state::Known;
use crate::vk::parse_wall;

/// The version of the API that the parser was written for.
pub(crate) const VERSION: &str = "5.199";

/// Posts of a page, the most that `wall.get` and `wall.getById` give.
const PAGE: usize = 100;

/// Posts that two pages share: a post deleted between two requests shifts the next page, and would hide one post.
const OVERLAP: usize = 5;

/// Reads the wall down to the goal, from where the reading stands.
pub(crate) async fn read(net: Net<'_>, owner: i64, source: &str, goal: Goal, reading: &mut Reading) {
    let (owner, count) = (owner.to_string(), PAGE.to_string());
    let mut offset = reading.next.take().unwrap_or_else(|| "0".to_owned());
    loop {
        let form = [("owner_id", owner.as_str()), ("count", &count), ("offset", &offset)];
        let page = match call(net, "wall.get", &form, source).await {
            Ok(page) => page,
            Err(failure) => return reading.fail(failure),
        };
        // Past the end of the wall only the overlap comes again.
        reading.beginning = reading.add(page) == 0;
        let next = (reading.pages as usize * (PAGE - OVERLAP)).to_string();
        if goal.reached(reading) || reading.beginning {
            reading.next = Some(next);
            return;
        }
        offset = next;
    }
}

/// Asks after remembered posts that are not on the pages where they should be: what `wall.getById` leaves out is deleted.
pub(crate) async fn check(net: Net<'_>, source: &str, missing: Vec<(PostId, Known)>, reading: &mut Reading) {
    let asked: Vec<(PostId, Known)> = missing.into_iter().take(PAGE).collect();
    if asked.is_empty() {
        return;
    }
    let ids: Vec<&str> = asked.iter().filter_map(|(id, _)| id.as_str().strip_prefix("vk:")).collect();
    let Ok(page) = call(net, "wall.getById", &[("posts", &ids.join(","))], source).await else {
        return reading.unclear.extend(asked);
    };
    // An answer that could not be read in full says nothing about what is absent from it.
    let whole = page.unread() == 0;
    let there: HashSet<PostId> = page.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
    page.posts.into_iter().for_each(|parsed| reading.add_one(parsed));
    for (id, known) in asked {
        if whole && !there.contains(&id) {
            reading.gone.push((id, known));
        } else {
            reading.unclear.push((id, known));
        }
    }
}

/// Calls a method. The token goes in the body, never into an address, and its error pauses the API for all sources.
async fn call(net: Net<'_>, method: &str, form: &[(&str, &str)], source: &str) -> Result<Page, Failure> {
    let body = raw(net, method, form).await?;
    let source = source.to_owned();
    let page = parse(move || parse_wall(&body, &source)).await;
    if let Some(pause) = page.as_ref().err().and_then(|failure| failure.outcome.vk_pause()) {
        net.fetcher.pause(&net.settings.vk.api, later((net.clock)(), pause));
    }
    page
}

/// Calls a method and returns its answer as it is.
pub(crate) async fn raw(net: Net<'_>, method: &str, form: &[(&str, &str)]) -> Result<Vec<u8>, Failure> {
    let secret = net.settings.vk.token.as_ref().ok_or(Outcome::VkNoToken)?;
    let token = secret.read().map_err(|error| Failure { outcome: Outcome::VkNoToken, detail: Some(error) })?;
    let url = format!("{}/{method}", net.settings.vk.api.trim_end_matches('/'));
    let mut form = form.to_vec();
    form.extend([("v", VERSION), ("access_token", token.as_str())]);
    let response = accept(net.fetcher.post_form(&url, &form).await?)?;
    Ok(response.body)
}
