//! Reads a feed or a page of news: one conditional request. It shows its newest items only and says nothing of deletions.

use std::collections::HashSet;
use std::time::Duration;

use config::{Identity, ListSelectors};

use super::foreign::not_the_sites;
use super::parse::{ListReading, Reading, parse_feed_by, parse_list};
use crate::fetch::Validators;
use crate::outcome::PollOutcome;
use crate::parsing::{Budget, PageError};
use crate::poll::{Failure, Net, PollResult, require_success};

/// Of the newest items known one must be on the page, or items in between were missed. More than one, since the newest may
/// have been withdrawn; not any known item, since some feeds show an old one for ever.
pub(super) const ANCHORS: usize = 5;

/// An answer may stay fresh for longer and is asked for all the same: «has it changed?» costs the server nothing.
const MAX_FRESH: Duration = Duration::from_secs(15 * 60);

/// A portal and how it is read.
#[derive(Clone)]
pub(super) struct Portal {
    /// Of the feed or the page of news.
    pub url: String,
    /// Id of the source.
    pub source: String,
    /// What tells items apart.
    pub identity: Identity,
    /// Of a page of news.
    pub list: Option<ListSelectors>,
    /// Where the poll before ended, of a feed too long for one.
    pub go_on: usize,
}

/// Reads the feed or the page of news. `anchors` are the newest items known.
pub(super) async fn read_feed(
    net: Net<'_>,
    portal: Portal,
    validators: &Validators,
    anchors: HashSet<String>,
    result: &mut PollResult,
) {
    if let Err(failure) = page(net, portal, validators, anchors, result).await {
        result.fail(failure);
        // An unchanged feed shows what it showed.
        result.overlapped = result.outcome == PollOutcome::NotModified;
    }
}

async fn page(
    net: Net<'_>,
    portal: Portal,
    validators: &Validators,
    anchors: HashSet<String>,
    result: &mut PollResult,
) -> Result<(), Failure> {
    let response = require_success(net.fetcher.get_allowed(&portal.url, validators).await?)?;
    let (body, kind, address) = (response.body, response.content_type, response.final_url);
    let (zone, now) = (net.settings.timezone.clone(), (net.clock)());
    let bytes = body.len();
    let asked = portal.url.clone();
    let parser = move |budget: &Budget| {
        let (address, source, go_on) = (&address, portal.source.as_str(), portal.go_on);
        let page = match &portal.list {
            Some(selectors) => {
                let how = ListReading { address, selectors, zone: &zone, now, source, go_on };
                parse_list(how, &body, kind.as_deref(), budget)
            }
            None => {
                let (identity, address) = (portal.identity, Some(address));
                let how = Reading { identity, address, zone: &zone, now: Some(now), source, go_on };
                parse_feed_by(how, &body, kind.as_deref(), budget)
            }
        };
        page.map_err(|error| match error {
            PageError::Format(_) => not_the_sites(&asked, address, &body, kind.as_deref()).unwrap_or(error),
            _ => error,
        })
    };
    let page = net.parsers.run(bytes, parser).await?;
    result.add(page);
    let fresh = response.max_age.map(|age| (age.min(MAX_FRESH).as_secs() / 60) as u32);
    result.ttl_minutes = result.ttl_minutes.max(fresh);
    result.validators = Some(response.validators);
    result.overlapped = result.posts.iter().any(|parsed| anchors.contains(parsed.post.id.as_str()));
    Ok(())
}
