//! Reads the comments under posts of followed communities (`wall.getComments`), threads included.

use std::collections::HashSet;

use model::PostId;

use super::client::VkClient;
use super::parse::{Comments, parse_comments, parse_execute};
use crate::outcome::PollOutcome;
use crate::parsing::{PageError, Parsed};
use crate::poll::{Failure, PollResult};
use crate::schedule::quota::Call;
use crate::state::Thread;

/// Comments of a page, the most that the method gives.
const PAGE: usize = 100;

/// Posts whose comments are read in one poll; the others' turn comes with the next polls.
pub(crate) const MAX_POSTS: usize = 50;

/// Pages and threads under one post. What a flood of comments holds beyond is not looked through for deletions.
const MAX_PAGES: usize = 20;

/// Calls that `execute` bundles (<https://dev.vk.com/ru/method/execute>).
const BUNDLE: usize = 25;

/// What is asked of every page. The answers in a thread come with it up to ten, the most there can be.
const USUAL: &str = "need_likes: 1, count: 100, sort: \"asc\", thread_items_count: 10";

/// Reads the comments under these posts, each with the number of comments it says it has.
pub(super) async fn read_comments(
    vk: VkClient<'_>,
    source: &str,
    mut posts: Vec<(PostId, Option<u64>)>,
    result: &mut PollResult,
) {
    posts.truncate(MAX_POSTS);
    let bundles = vk.tokens.quota().may_bundle("wall.getComments");
    let mut size = if bundles { BUNDLE } else { 1 };
    let mut left = posts.as_slice();
    while !left.is_empty() {
        let batch = &left[..size.min(left.len())];
        let firsts =
            if size > 1 { bundle(vk, source, batch).await } else { Ok(vec![first(vk, source, &batch[0].0).await]) };
        let firsts = match firsts {
            Ok(firsts) => firsts,
            // «split the batch», and where even two are too many, one by one.
            Err(Failure { outcome: PollOutcome::VkBatch, .. }) => {
                size = size.div_ceil(2);
                continue;
            }
            Err(Failure {
                outcome: PollOutcome::VkToken | PollOutcome::VkIdToken | PollOutcome::VkNoToken, ..
            }) if size > 1 => {
                size = 1;
                continue;
            }
            Err(_) => {
                result.unseen_threads += left.len();
                return;
            }
        };
        for ((post, told), first) in batch.iter().zip(firsts) {
            match first {
                Ok(first) => rest(vk, source, post, *told, first, result).await,
                // Comments are switched off, or the post is closed: nothing to be seen there, until it is due again.
                Err(Failure { outcome: PollOutcome::VkObject | PollOutcome::VkUnavailable, .. }) => {
                    result.threads.push(Thread { post: post.clone(), told: *told, whole: None });
                }
                Err(_) => result.unseen_threads += 1,
            }
        }
        left = &left[batch.len()..];
    }
}

/// The owner and number of a post's id.
fn address(post: &PostId) -> Option<(i64, i64)> {
    let (owner, number) = post.as_str().strip_prefix("vk:")?.split_once('_')?;
    Some((owner.parse().ok()?, number.parse().ok()?))
}

/// The first pages of several posts in one call.
async fn bundle(
    vk: VkClient<'_>,
    source: &str,
    posts: &[(PostId, Option<u64>)],
) -> Result<Vec<Result<Comments, Failure>>, Failure> {
    let addresses: Vec<(i64, i64)> = posts.iter().filter_map(|(post, _)| address(post)).collect();
    let calls: Vec<String> = addresses
        .iter()
        .map(|(owner, post)| format!("API.wall.getComments({{owner_id: {owner}, post_id: {post}, {USUAL}}})"))
        .collect();
    let code = format!("return [{}];", calls.join(", "));
    let call = Call { bundled: true, ..Call::of("wall.getComments") };
    let source = source.to_owned();
    let form = [("code", code.as_str())];
    let answers = vk.call(call, &form, move |body| {
        let answers = parse_execute(body)?;
        if answers.len() != addresses.len() {
            return Err(PageError::Broken("execute gave another number of answers than calls".into()));
        }
        let read = |(answer, post): (Result<Vec<u8>, PageError>, &(i64, i64))| {
            answer.and_then(|answer| parse_comments(&answer, &source, *post))
        };
        Ok(answers.into_iter().zip(&addresses).map(read).collect::<Vec<_>>())
    });
    Ok(answers.await?.into_iter().map(|answer| answer.map_err(Failure::from)).collect())
}

async fn first(vk: VkClient<'_>, source: &str, post: &PostId) -> Result<Comments, Failure> {
    page(vk, source, post, 0, None).await
}

/// One page of the comments, or of the answers to one of them.
async fn page(
    vk: VkClient<'_>,
    source: &str,
    post: &PostId,
    offset: usize,
    comment: Option<i64>,
) -> Result<Comments, Failure> {
    let (owner, number) = address(post).ok_or(PollOutcome::VkObject)?;
    let (owner_id, post_id, offset) = (owner.to_string(), number.to_string(), offset.to_string());
    let comment = comment.map(|comment| comment.to_string());
    let mut form = vec![("owner_id", owner_id.as_str()), ("post_id", &post_id), ("offset", &offset)];
    form.extend([("need_likes", "1"), ("count", "100"), ("sort", "asc")]);
    match &comment {
        Some(comment) => form.push(("comment_id", comment)),
        None => form.push(("thread_items_count", "10")),
    }
    let source = source.to_owned();
    let read = move |body: &[u8]| parse_comments(body, &source, (owner, number));
    vk.call(Call::of("wall.getComments"), &form, read).await
}

/// Reads on from the first page to the end, and every thread that came in part.
async fn rest(
    vk: VkClient<'_>,
    source: &str,
    post: &PostId,
    told: Option<u64>,
    first: Comments,
    result: &mut PollResult,
) {
    let mut pages = 1;
    let mut read: Vec<Parsed> = Vec::new();
    // Comments that are there and whose text is not shown.
    let mut hidden: Vec<PostId> = Vec::new();
    let mut whole = true;
    let mut threads: Vec<i64> = Vec::new();
    // The list of comments itself, then each open thread.
    let mut list: Option<i64> = None;
    let mut offset = 0;
    let mut next = Ok(first);
    loop {
        let mut found = match next {
            Ok(found) => found,
            Err(_) => {
                whole = false;
                break;
            }
        };
        whole &= found.page.unread() == 0;
        result.add_problems(&mut found.page);
        read.append(&mut found.page.posts);
        hidden.extend(found.page.hidden.drain(..).map(|parsed| parsed.post.id));
        threads.append(&mut found.open_threads);
        offset += found.level;
        let more = found.level > 0 && found.level_count.map_or(found.level >= PAGE, |count| (offset as u64) < count);
        if !more {
            match threads.pop() {
                Some(comment) => (list, offset) = (Some(comment), 0),
                None => break,
            }
        }
        if pages >= MAX_PAGES {
            whole = false;
            result.unseen_threads += 1;
            break;
        }
        pages += 1;
        next = page(vk, source, post, offset, list).await;
    }
    let ids: HashSet<PostId> = read.iter().map(|parsed| parsed.post.id.clone()).chain(hidden).collect();
    result.add_extra(read);
    result.threads.push(Thread { post: post.clone(), told, whole: whole.then_some(ids) });
}
