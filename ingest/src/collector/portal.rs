//! Polls a feed or a page of news: one conditional request. It shows its newest items only and says nothing of deletions.

use std::collections::HashSet;
use std::time::Duration;

use config::{Identity, ListSelectors};

use super::reading::{Failure, Net, Reading, accept, parse};
use crate::fetch::Validators;
use crate::outcome::Outcome;
use crate::portal::{parse_feed_by, parse_list};

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
        None => parse_feed_by(portal.identity, &body, kind.as_deref(), &portal.source),
    })
    .await?;
    reading.add(page);
    let fresh = response.max_age.map(|age| (age.min(MAX_FRESH).as_secs() / 60) as u32);
    reading.ttl_minutes = reading.ttl_minutes.max(fresh);
    reading.validators = Some(response.validators);
    reading.overlapped = reading.posts.iter().any(|parsed| anchors.contains(parsed.post.id.as_str()));
    Ok(())
}
