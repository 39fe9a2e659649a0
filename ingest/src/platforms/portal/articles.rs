//! Fetches the articles of items of which the feed gives a teaser only.

use model::Post;
use model::wire::MAX_TEXT_BYTES;

use super::parse::article_text;
use crate::fetch::Validators;
use crate::outcome::PollOutcome;
use crate::parsing::{Parsed, is_notice_of_blocking};
use crate::poll::{Failure, Net, Poll, PollResult, require_success};
use crate::state::content_hash;

/// A shorter text of an item is a teaser.
const TEASER_CHARS: usize = 500;

/// Articles fetched in one poll: the others of a feed that is read for the first time stay teasers, rather than that hundreds of
/// requests keep everything else on the host waiting.
const MAX_ARTICLES: usize = 10;

/// Numbers of the posts of a result that are teasers of an article, the newest first.
fn teasers(result: &PollResult) -> Vec<usize> {
    let is_teaser = |parsed: &Parsed| parsed.post.url.is_some() && parsed.post.text.chars().nth(TEASER_CHARS).is_none();
    let mut teasers: Vec<usize> = (0..result.posts.len()).filter(|&number| is_teaser(&result.posts[number])).collect();
    teasers.sort_by_key(|&number| std::cmp::Reverse(result.posts[number].post.published_at));
    teasers
}

/// Fetches the pages of these posts. One that cannot be had leaves its teaser, which is what there is to know; a host that asks
/// for a pause is left alone.
pub(super) async fn read_articles(net: Net<'_>, wanted: Vec<usize>, result: &mut PollResult) {
    for number in wanted.into_iter().take(MAX_ARTICLES) {
        let Some(url) = result.posts[number].post.url.clone() else { continue };
        let fetched = match net.fetcher.get_allowed(&url, &Validators::default()).await {
            Ok(response) => require_success(response),
            Err(error) => Err(error.into()),
        };
        let response = match fetched {
            Ok(response) => response,
            Err(Failure { outcome: PollOutcome::RateLimited { .. }, .. }) => return,
            Err(_) => continue,
        };
        let (body, kind) = (response.body, response.content_type);
        if is_notice_of_blocking(&body, kind.as_deref()) {
            continue;
        }
        let article = net.parsers.run(body.len(), move |budget| Ok(article_text(&body, kind.as_deref(), budget))).await;
        let post = &mut result.posts[number];
        post.article =
            article.ok().flatten().filter(|article| article.len() > post.post.text.len()).map(|mut article| {
                let room = MAX_TEXT_BYTES - post.post.title.as_deref().map_or(0, str::len);
                article.truncate(article.floor_char_boundary(room));
                article
            });
    }
}

/// Teasers of a result that are new or changed: the article of one that is known was read with it.
pub(super) async fn unread_teasers(poll: Poll<'_>, result: &PollResult) -> Vec<usize> {
    let masked = |number: usize| {
        let mut post = result.posts[number].post.clone();
        poll.intake.masks().collected(&mut post, false);
        (number, post)
    };
    let teasers: Vec<(usize, Post)> = teasers(result).into_iter().map(masked).collect();
    let source = poll.source.id.clone();
    let unread = poll.remembered(move |state| {
        let known = state.known(&source, teasers.iter().map(|(_, post)| &post.id))?;
        let is_read = |post: &Post| known.get(&post.id).is_some_and(|known| known.content == content_hash(post));
        Ok(teasers.iter().filter(|(_, post)| !is_read(post)).map(|(number, _)| *number).collect::<Vec<usize>>())
    });
    unread.await
}
