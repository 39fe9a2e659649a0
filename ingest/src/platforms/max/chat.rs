//! The chat of a source: its history, and messages that are looked at again.

use std::collections::HashSet;

use config::Address;
use model::PostId;

use super::client::MaxClient;
use super::parse::{Chat, parse_messages};
use crate::outcome::PollOutcome;
use crate::parsing::Page;
use crate::poll::{Failure, Goal, PollResult};
use crate::state::Known;

/// Messages of a page, the most that the API gives (<https://dev.max.ru/docs-api/methods/GET/messages>).
const PAGE: &str = "100";

/// Messages asked for by their ids at a time: an address with more of them becomes too long for some servers.
const BATCH: usize = 50;

/// Batches asked for in one poll; the others' turn comes with the next polls.
const MAX_BATCHES: usize = 10;

/// Messages checked in one poll, each a request of its own.
const MAX_CHECKS: usize = 20;

/// The chat of a source of MAX.
pub(super) fn chat_of(address: &Address, source: &str) -> Option<(i64, Chat)> {
    let Address::Max { chat, name } = address else { return None };
    Some((*chat, Chat { id: Some(*chat), source: source.to_owned(), name: name.clone() }))
}

/// Reads the history down to the goal, from after the last page read.
pub(super) async fn read_chat(max: MaxClient<'_>, id: i64, chat: &Chat, goal: Goal, result: &mut PollResult) {
    let mut from = result.next.take();
    loop {
        let page = match page(max, id, chat, from.as_deref()).await {
            Ok(page) => page,
            Err(failure) => return result.fail(failure),
        };
        // Were `from` understood otherwise than it is here, the newest messages would come again and look like the end of the history.
        if is_newer(&page, from.as_deref()) {
            result.detail = Some("the history does not go back from the time that was asked for".to_owned());
            return;
        }
        let older = page.older.clone();
        result.add(page);
        result.beginning = older.is_none() || older == from;
        // Without numbers nothing tells where the poll before ended.
        if goal.reached(result) || result.beginning || result.lowest().is_none() {
            result.next = older;
            return;
        }
        from = older;
    }
}

async fn page(max: MaxClient<'_>, id: i64, chat: &Chat, from: Option<&str>) -> Result<Page, Failure> {
    let id = id.to_string();
    let mut query = vec![("chat_id", id.as_str()), ("count", PAGE)];
    query.extend(from.map(|from| ("from", from)));
    let chat = chat.clone();
    max.get("messages", &query, move |body| parse_messages(body, &chat)).await
}

fn is_newer(page: &Page, from: Option<&str>) -> bool {
    let Some(from) = from.and_then(|from| from.parse().ok()) else { return false };
    page.posts.iter().any(|parsed| parsed.post.published_at.as_millisecond() > from)
}

/// Reads messages again whose time has come. Returns those that did not come with the others of their batch.
pub(super) async fn reread(
    max: MaxClient<'_>,
    chat: &Chat,
    due: Vec<(PostId, Known)>,
    result: &mut PollResult,
) -> Vec<(PostId, Known)> {
    let mut missing = Vec::new();
    for batch in due.chunks(BATCH).take(MAX_BATCHES) {
        let mids: Vec<&str> = batch.iter().filter_map(|(id, _)| mid(id)).collect();
        let (mids, own) = (mids.join(","), chat.clone());
        let query = [("message_ids", mids.as_str())];
        let Ok(mut page) = max.get("messages", &query, move |body| parse_messages(body, &own)).await else { break };
        result.add_problems(&mut page);
        let there: HashSet<PostId> = page.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        result.add_extra(page.posts);
        missing.extend(batch.iter().filter(|(id, _)| !there.contains(id)).cloned());
    }
    missing
}

/// Checks remembered messages that are not where they should be. Only a «not found» of the one message is a deletion.
pub(super) async fn check(max: MaxClient<'_>, chat: &Chat, missing: Vec<(PostId, Known)>, result: &mut PollResult) {
    for (id, known) in missing.into_iter().take(MAX_CHECKS) {
        let Some(mid) = mid(&id) else { continue };
        let own = chat.clone();
        match max.get(&format!("messages/{mid}"), &[], move |body| parse_messages(body, &own)).await {
            Ok(page) => {
                result.add_extra(page.posts);
                result.unclear.push((id, known));
            }
            Err(Failure { outcome: PollOutcome::NotFound, .. }) => result.gone.push((id, known)),
            Err(Failure { outcome: PollOutcome::RateLimited { .. }, .. }) => return,
            Err(_) => result.unclear.push((id, known)),
        }
    }
}

/// What the API calls a message; its letters are such as stand in an address.
fn mid(id: &PostId) -> Option<&str> {
    id.as_str().rsplit('/').next()
}
