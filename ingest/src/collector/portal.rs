//! Polls a feed or a page of news: one conditional request. It shows its newest items only and says nothing of deletions.

use std::collections::HashSet;
use std::time::Duration;

use config::{Identity, ListSelectors};

use model::wire::MAX_TEXT_BYTES;

use super::reading::{Failure, Net, Reading, accept, parse};
use crate::Parsed;
use crate::fetch::Validators;
use crate::outcome::Outcome;
use crate::portal::{article_text, parse_feed_by, parse_list};

/// Of the newest items known one must be on the page, or items in between were missed. More than one, since the newest may
/// have been withdrawn; not any known item, since some feeds show an old one for ever.
pub(crate) const ANCHORS: usize = 5;

/// An answer may stay fresh for longer and is asked for all the same: «has it changed?» costs the server nothing.
const MAX_FRESH: Duration = Duration::from_secs(15 * 60);

/// A portal and how it is read.
#[derive(Clone)]
pub(crate) struct Portal {
    /// Of the feed or the page of news.
    pub url: String,
    /// Id of the source.
    pub source: String,
    /// What tells items apart.
    pub identity: Identity,
    /// Of a page of news.
    pub list: Option<ListSelectors>,
}

/// Reads the feed or the page of news. `anchors` are the newest items known.
pub(crate) async fn read(
    net: Net<'_>,
    portal: Portal,
    validators: &Validators,
    anchors: HashSet<String>,
    reading: &mut Reading,
) {
    if let Err(failure) = page(net, portal, validators, anchors, reading).await {
        reading.fail(failure);
        // An unchanged feed shows what it showed.
        reading.overlapped = reading.outcome == Outcome::NotModified;
    }
}

async fn page(
    net: Net<'_>,
    portal: Portal,
    validators: &Validators,
    anchors: HashSet<String>,
    reading: &mut Reading,
) -> Result<(), Failure> {
    let response = accept(net.fetcher.get_allowed(&portal.url, validators).await?)?;
    let (body, kind, address) = (response.body, response.content_type, response.final_url);
    let zone = net.settings.timezone.clone();
    let page = parse(move || match &portal.list {
        Some(selectors) => parse_list(&body, kind.as_deref(), &address, selectors, &zone, &portal.source),
        None => parse_feed_by(portal.identity, &body, kind.as_deref(), Some(&address), &portal.source),
    })
    .await?;
    reading.add(page);
    let fresh = response.max_age.map(|age| (age.min(MAX_FRESH).as_secs() / 60) as u32);
    reading.ttl_minutes = reading.ttl_minutes.max(fresh);
    reading.validators = Some(response.validators);
    reading.overlapped = reading.posts.iter().any(|parsed| anchors.contains(parsed.post.id.as_str()));
    Ok(())
}

/// A shorter text of an item is a teaser.
const TEASER_CHARS: usize = 500;

/// Articles fetched in one poll: the others of a feed that is read for the first time stay teasers, rather than that hundreds of
/// requests keep everything else on the host waiting.
const MAX_ARTICLES: usize = 10;

/// Numbers of the posts of a reading that are teasers of an article, the newest first.
pub(crate) fn teasers(reading: &Reading) -> Vec<usize> {
    let is_teaser = |parsed: &Parsed| parsed.post.url.is_some() && parsed.post.text.chars().nth(TEASER_CHARS).is_none();
    let mut teasers: Vec<usize> =
        (0..reading.posts.len()).filter(|&number| is_teaser(&reading.posts[number])).collect();
    teasers.sort_by_key(|&number| std::cmp::Reverse(reading.posts[number].post.published_at));
    teasers
}

/// Fetches the pages of these posts. One that cannot be had leaves its teaser, which is what there is to know; a host that asks
/// for a pause is left alone.
pub(crate) async fn read_articles(net: Net<'_>, wanted: Vec<usize>, reading: &mut Reading) {
    for number in wanted.into_iter().take(MAX_ARTICLES) {
        let Some(url) = reading.posts[number].post.url.clone() else { continue };
        let fetched = match net.fetcher.get_allowed(&url, &Validators::default()).await {
            Ok(response) => accept(response),
            Err(error) => Err(error.into()),
        };
        let response = match fetched {
            Ok(response) => response,
            Err(Failure { outcome: Outcome::RateLimited { .. }, .. }) => return,
            Err(_) => continue,
        };
        let (body, kind) = (response.body, response.content_type);
        let article = parse(move || Ok(article_text(&body, kind.as_deref()))).await;
        let post = &mut reading.posts[number];
        post.article =
            article.ok().flatten().filter(|article| article.len() > post.post.text.len()).map(|mut article| {
                let room = MAX_TEXT_BYTES - post.post.title.as_deref().map_or(0, str::len);
                article.truncate(article.floor_char_boundary(room));
                article
            });
    }
}
