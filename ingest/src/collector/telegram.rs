//! Polls a public channel through its web preview, pages backwards, and asks after posts that left the page.

use std::collections::HashSet;
use std::time::Duration;

use model::{PostId, Time};

use super::reading::{Failure, Goal, Net, Reading, number, parse};
use crate::Page;
use crate::outcome::Outcome;
use crate::schedule::earlier;
use crate::state::{Cursor, Known, Thread};
use crate::telegram::{Discussion, EmbedOutcome, parse_discussion, parse_page, parse_post_embed};

/// Posts asked after in one poll, each a request of its own; the others' turn comes with the next polls.
pub(crate) const MAX_CHECKS: usize = 20;

/// Pages read again in one poll, each a request of its own.
const MAX_REREAD_PAGES: usize = 10;

/// Posts whose comments are asked for in one poll, each a request of its own.
const MAX_THREADS: usize = 10;

/// Comments asked for under one post. Telegram shows about as many at most; older ones are not seen.
const COMMENTS: &str = "100";

/// A channel that never showed comments is asked for them again after this.
const ASK_AGAIN: Duration = Duration::from_secs(24 * 3600);

/// Reads the channel down to the goal, from where the reading stands.
pub(crate) async fn read(net: Net<'_>, channel: &str, source: &str, goal: Goal, reading: &mut Reading) {
    let base = format!("{}/s/{channel}", net.settings.telegram.preview.trim_end_matches('/'));
    let mut before = reading.next.take();
    loop {
        let page = match page(net, &base, before.as_deref(), source).await {
            Ok(page) => page,
            Err(failure) => return reading.fail(failure),
        };
        let older = page.older.clone();
        reading.add(page);
        reading.beginning = older.is_none();
        // A page that is its own predecessor would be read for ever.
        let stuck = older == before;
        if goal.reached(reading) || reading.beginning || stuck {
            reading.next = older.filter(|_| !stuck);
            return;
        }
        before = older;
    }
}

async fn page(net: Net<'_>, base: &str, before: Option<&str>, source: &str) -> Result<Page, Failure> {
    let url = match before {
        None => base.to_owned(),
        Some(cursor) => {
            let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("before", cursor).finish();
            format!("{base}?{query}")
        }
    };
    let response = net.get(&url).await?;
    let source = source.to_owned();
    parse(move || parse_page(&response.body, &source)).await
}

/// Reads older pages again that hold posts whose time has come. Returns the due posts that were not where they should be.
pub(crate) async fn reread(
    net: Net<'_>,
    channel: &str,
    source: &str,
    due: Vec<(PostId, Known)>,
    reading: &mut Reading,
) -> Vec<(PostId, Known)> {
    let base = format!("{}/s/{channel}", net.settings.telegram.preview.trim_end_matches('/'));
    let mut due: Vec<(u64, (PostId, Known))> =
        due.into_iter().filter_map(|post| Some((number(&post.0)?, post))).collect();
    due.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    let mut missing = Vec::new();
    let mut left = due.into_iter().peekable();
    for _ in 0..MAX_REREAD_PAGES {
        let Some((newest, _)) = left.peek() else { break };
        let Ok(mut page) = page(net, &base, Some(&(newest + 1).to_string()), source).await else { break };
        let lowest = page.posts.iter().filter_map(|parsed| number(&parsed.post.id)).min();
        // Beyond the first post everything that is remembered should be here.
        let lowest = if page.older.is_none() { Some(0) } else { lowest };
        let whole = page.unread() == 0;
        reading.add_problems(&mut page);
        let there: HashSet<PostId> = page.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
        reading.add_extra(page.posts);
        let Some(lowest) = lowest.filter(|_| whole) else { break };
        while let Some((_, post)) = left.next_if(|(number, _)| *number >= lowest) {
            if !there.contains(&post.0) {
                missing.push(post);
            }
        }
    }
    missing
}

/// Of the posts whose comments are due, those to ask for. A channel that never showed comments is tried with one post a day.
pub(crate) fn threads_to_ask(
    mut due: Vec<(PostId, Option<u64>)>,
    cursor: &Cursor,
    now: Time,
) -> Vec<(PostId, Option<u64>)> {
    let has_comments = cursor.discussion_at.is_some();
    let asked_lately = cursor.discussion_asked_at.is_some_and(|at| at > earlier(now, ASK_AGAIN));
    due.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(number(id)));
    due.truncate(match (has_comments, asked_lately) {
        (true, _) => MAX_THREADS,
        (false, false) => 1,
        (false, true) => 0,
    });
    due
}

/// Reads the comments under these posts.
pub(crate) async fn read_comments(
    net: Net<'_>,
    channel: &str,
    source: &str,
    posts: Vec<(PostId, Option<u64>)>,
    has_comments: bool,
    reading: &mut Reading,
) {
    let preview = net.settings.telegram.preview.trim_end_matches('/');
    for (post, told) in posts {
        let Some(number) = number(&post) else { continue };
        let url = format!("{preview}/{channel}/{number}?embed=1&discussion=1&comments_limit={COMMENTS}");
        let Ok(response) = net.get(&url).await else {
            reading.unseen_threads += usize::from(has_comments);
            return;
        };
        let (source, name) = (source.to_owned(), channel.to_owned());
        let read = parse(move || Ok(parse_discussion(&response.body, &source, &name, number))).await;
        let mut whole = None;
        match read {
            Ok(Discussion::Shown { mut page, total }) => {
                reading.discussion = Some(true);
                let all = page.older.is_none()
                    && page.unread() == 0
                    && total.is_none_or(|all| all <= page.posts.len() as u64);
                let read: HashSet<PostId> = page.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
                whole = all.then_some(read);
                reading.unseen_threads += usize::from(!all);
                reading.add_problems(&mut page);
                reading.add_extra(page.posts);
            }
            _ => {
                reading.discussion = Some(reading.discussion.unwrap_or(false));
                reading.unseen_threads += usize::from(has_comments);
            }
        }
        reading.threads.push(Thread { post, told, whole });
    }
}

/// Asks after remembered posts that are not on the pages where they should be. Only the structural «not found» is a deletion.
pub(crate) async fn check(
    net: Net<'_>,
    channel: &str,
    source: &str,
    missing: Vec<(PostId, Known)>,
    reading: &mut Reading,
) {
    let preview = net.settings.telegram.preview.trim_end_matches('/');
    for (id, known) in missing.into_iter().take(MAX_CHECKS) {
        let Some(number) = number(&id) else { continue };
        let embed = match net.get(&format!("{preview}/{channel}/{number}?embed=1")).await {
            Ok(response) => {
                let source = source.to_owned();
                parse(move || Ok(parse_post_embed(&response.body, &source))).await
            }
            Err(failure) => Err(failure),
        };
        match embed {
            Ok(EmbedOutcome::NotFound) => reading.gone.push((id, known)),
            Ok(EmbedOutcome::Post(parsed)) => {
                reading.add_extra([*parsed]);
                reading.unclear.push((id, known));
            }
            Ok(EmbedOutcome::Other) => reading.unclear.push((id, known)),
            Err(Failure { outcome: Outcome::RateLimited { .. }, .. }) => return,
            Err(_) => reading.unclear.push((id, known)),
        }
    }
}
