//! Reads a channel through its web preview, pages backwards, and checks posts that left the page.

use std::collections::HashSet;

use model::PostId;

use super::client::TelegramClient;
use super::parse::{EmbeddedPost, parse_page, parse_post_embed};
use crate::outcome::PollOutcome;
use crate::parsing::Page;
use crate::poll::{Failure, Goal, PollResult, number};
use crate::state::Known;

/// Posts checked in one poll, each a request of its own; the others' turn comes with the next polls.
const MAX_CHECKS: usize = 20;

/// Pages read again in one poll, each a request of its own.
const MAX_REREAD_PAGES: usize = 10;

/// Reads the channel down to the goal, from the page after the last one read.
pub(super) async fn read_channel(
    telegram: TelegramClient<'_>,
    channel: &str,
    source: &str,
    goal: Goal,
    result: &mut PollResult,
) {
    let mut before = result.next.take();
    loop {
        let page = match page(telegram, channel, before.as_deref(), source).await {
            Ok(page) => page,
            Err(failure) => return result.fail(failure),
        };
        let (older, guessed) = (page.older.clone(), page.older_is_guessed);
        let is_first = older.is_none() && (page.blocks > 0 || is_all(&page, before.is_some(), result.next_is_guessed));
        result.add(page);
        (result.beginning, result.next_is_guessed) = (is_first, guessed);
        // A page that is its own predecessor would be read for ever.
        let stuck = older == before;
        if goal.reached(result) || older.is_none() || stuck {
            result.next = older.filter(|_| !stuck);
            return;
        }
        before = older;
    }
}

/// Whether a page without posts says that there are none. «No posts found» is also what one gets who asks too often, and what a page past the end
/// says: it is believed where the page after it did not name it, so that both say that there is nothing before.
fn is_all(page: &Page, is_older: bool, is_guessed: bool) -> bool {
    if is_older { is_guessed } else { !page.says_nothing_found }
}

async fn page(
    telegram: TelegramClient<'_>,
    channel: &str,
    before: Option<&str>,
    source: &str,
) -> Result<Page, Failure> {
    let path = match before {
        None => format!("s/{channel}"),
        Some(cursor) => {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("before", cursor).finish();
            format!("s/{channel}?{query}")
        }
    };
    let body = telegram.get(&path).await?.body;
    let source = source.to_owned();
    telegram.net.parsers.run(body.len(), move |budget| parse_page(&body, &source, budget)).await
}

/// Reads older pages again that hold posts whose time has come. Returns the due posts that were not where they should be.
pub(super) async fn reread(
    telegram: TelegramClient<'_>,
    channel: &str,
    source: &str,
    due: Vec<(PostId, Known)>,
    result: &mut PollResult,
) -> Vec<(PostId, Known)> {
    let mut due: Vec<(u64, (PostId, Known))> =
        due.into_iter().filter_map(|post| Some((number(&post.0)?, post))).collect();
    due.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    let mut missing = Vec::new();
    let mut left = due.into_iter().peekable();
    for _ in 0..MAX_REREAD_PAGES {
        let Some((newest, _)) = left.peek() else { break };
        let Ok(mut page) = page(telegram, channel, Some(&(newest + 1).to_string()), source).await else { break };
        let lowest = page.posts.iter().filter_map(|parsed| number(&parsed.post.id)).min();
        // Beyond the first post everything that is remembered should be here.
        let lowest = if page.older.is_none() { Some(0) } else { lowest };
        let whole = page.unread() == 0;
        result.add_problems(&mut page);
        let there: HashSet<PostId> =
            page.posts.iter().chain(&page.hidden).map(|parsed| parsed.post.id.clone()).collect();
        result.add_extra(page.posts);
        let Some(lowest) = lowest.filter(|_| whole) else { break };
        while let Some((_, post)) = left.next_if(|(number, _)| *number >= lowest) {
            if !there.contains(&post.0) {
                missing.push(post);
            }
        }
    }
    missing
}

/// Checks remembered posts that are not on the pages where they should be. Only the structural «not found» is a deletion.
pub(super) async fn check_posts(
    telegram: TelegramClient<'_>,
    channel: &str,
    source: &str,
    missing: Vec<(PostId, Known)>,
    result: &mut PollResult,
) {
    for (id, known) in missing.into_iter().take(MAX_CHECKS) {
        let Some(number) = number(&id) else { continue };
        let embed = match telegram.get(&format!("{channel}/{number}?embed=1")).await {
            Ok(response) => {
                let (source, body) = (source.to_owned(), response.body);
                telegram.net.parsers.run(body.len(), move |budget| Ok(parse_post_embed(&body, &source, budget))).await
            }
            Err(failure) => Err(failure),
        };
        match embed {
            Ok(EmbeddedPost::NotFound) => result.gone.push((id, known)),
            Ok(EmbeddedPost::Post(parsed)) => {
                result.add_extra([*parsed]);
                result.unclear.push((id, known));
            }
            Ok(EmbeddedPost::Other) => result.unclear.push((id, known)),
            Err(Failure { outcome: PollOutcome::RateLimited { .. }, .. }) => return,
            Err(_) => result.unclear.push((id, known)),
        }
    }
}
