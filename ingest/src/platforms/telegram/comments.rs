//! Reads the comments under the posts of a channel, through the discussion widget.

use std::collections::HashSet;
use std::time::Duration;

use model::{PostId, Time};

use super::client::TelegramClient;
use super::parse::{Discussion, parse_discussion};
use crate::parsing::Budget;
use crate::poll::{PollResult, number};
use crate::state::{Cursor, Thread};
use crate::time::earlier;

/// Posts whose comments are asked for in one poll, each a request of its own.
const MAX_THREADS: usize = 10;

/// Comments asked for under one post. Telegram shows about as many at most; older ones are not seen.
const COMMENTS: &str = "100";

/// A channel that never showed comments is asked for them again after this.
const RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Of the posts whose comments are due, those to ask for. A channel that never showed comments is tried with one post a day.
pub(super) fn threads_to_ask(
    mut due: Vec<(PostId, Option<u64>)>,
    cursor: &Cursor,
    now: Time,
) -> Vec<(PostId, Option<u64>)> {
    let has_comments = cursor.discussion_at.is_some();
    let asked_lately = cursor.discussion_asked_at.is_some_and(|at| at > earlier(now, RETRY_AFTER));
    due.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(number(id)));
    due.truncate(match (has_comments, asked_lately) {
        (true, _) => MAX_THREADS,
        (false, false) => 1,
        (false, true) => 0,
    });
    due
}

/// Reads the comments under these posts.
pub(super) async fn read_comments(
    telegram: TelegramClient<'_>,
    channel: &str,
    source: &str,
    posts: Vec<(PostId, Option<u64>)>,
    has_comments: bool,
    result: &mut PollResult,
) {
    for (post, told) in posts {
        let Some(number) = number(&post) else { continue };
        let path = format!("{channel}/{number}?embed=1&discussion=1&comments_limit={COMMENTS}");
        let Ok(response) = telegram.get(&path).await else {
            result.unseen_threads += usize::from(has_comments);
            return;
        };
        let (source, name, body) = (source.to_owned(), channel.to_owned(), response.body);
        let bytes = body.len();
        let parser = move |budget: &Budget| Ok(parse_discussion(&body, &source, &name, number, budget));
        let read = telegram.net.parsers.run(bytes, parser).await;
        let mut whole = None;
        match read {
            Ok(Discussion::Shown { mut page, total }) => {
                result.discussion = Some(true);
                let all = page.older.is_none()
                    && page.unread() == 0
                    && page.problems.iter().all(|problem| !problem.is_text_not_shown())
                    && total.is_none_or(|all| all <= page.posts.len() as u64);
                let read: HashSet<PostId> = page.posts.iter().map(|parsed| parsed.post.id.clone()).collect();
                whole = all.then_some(read);
                result.unseen_threads += usize::from(!all);
                result.add_problems(&mut page);
                result.add_extra(page.posts);
            }
            _ => {
                result.discussion = Some(result.discussion.unwrap_or(false));
                result.unseen_threads += usize::from(has_comments);
            }
        }
        result.threads.push(Thread { post, told, whole });
    }
}
