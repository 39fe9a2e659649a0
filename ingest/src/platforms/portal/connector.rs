//! What the collectors ask of portals.

use std::collections::HashSet;
use std::time::Duration;

use config::{Address, Identity, Settings, Source};
use futures_util::future::BoxFuture;

use super::articles::{read_articles, unread_teasers};
use super::feed::{ANCHORS, Portal, read_feed};
use super::find_feeds::named_feeds;
use crate::fetch::Validators;
use crate::outcome::PollOutcome;
use crate::platforms::connector::Connector;
use crate::platforms::recognise::{Given, Target, TryError};
use crate::poll::{Net, PlatformProfile, Poll, PollResult};
use crate::schedule::slowed;
use crate::state::Cursor;

/// Sites read through a feed or a page of news.
pub(crate) struct PortalConnector;

impl Connector for PortalConnector {
    fn profile(&self) -> PlatformProfile {
        PlatformProfile {
            numbered: false,
            gapless: false,
            tells_comment_counts: false,
            slows_when_quiet: true,
            calls_are_planned: false,
        }
    }

    fn poll<'a>(&'a self, poll: Poll<'a>) -> BoxFuture<'a, PollResult> {
        Box::pin(read_source(poll))
    }

    fn url<'a>(&self, _: &'a Settings, address: &'a Address) -> Option<&'a str> {
        url_of(address)
    }

    fn latency(&self, source: &Source, cursor: &Cursor, wait: Duration) -> Option<Duration> {
        // The feed may ask for a longer pause than ours.
        let asked = cursor.next_at.zip(cursor.last_at).filter(|_| cursor.failures == 0);
        let asked = asked.and_then(|(next, last)| Duration::try_from(next.duration_since(last)).ok());
        Some(slowed(source.every, u32::MAX).max(asked.unwrap_or_default()) + wait)
    }

    fn recognise(&self, given: &Given<'_>) -> Option<Result<Target, TryError>> {
        given.url.clone().map(|url| Ok(Target::Address(Address::Portal(url.into()))))
    }

    /// A site that is no feed is asked for the feeds it names.
    fn try_address<'a>(&'a self, net: Net<'a>, address: Address, result: &'a mut PollResult) -> BoxFuture<'a, Address> {
        Box::pin(async move {
            let Some(url) = url_of(&address) else { return address };
            try_feed(net, url, result).await;
            if result.outcome == PollOutcome::NotThisFormat {
                for other in named_feeds(net, url).await {
                    let mut attempt = PollResult::new(result.started);
                    try_feed(net, &other, &mut attempt).await;
                    if attempt.outcome.is_ok() {
                        *result = attempt;
                        return Address::Portal(other);
                    }
                }
            }
            address
        })
    }
}

fn url_of(address: &Address) -> Option<&str> {
    match address {
        Address::Portal(url) => Some(url),
        _ => None,
    }
}

async fn read_source(poll: Poll<'_>) -> PollResult {
    let source = poll.source;
    let mut result = PollResult::new(poll.now);
    let Some(url) = url_of(&source.address) else {
        result.fail(PollOutcome::BadUrl.into());
        return result;
    };
    let portal = Portal {
        url: url.to_owned(),
        source: source.id.clone(),
        identity: source.identity,
        list: source.list.clone(),
        go_on: poll.cursor.go_on,
    };
    let id = source.id.clone();
    let Some(Ok(anchors)) = poll.blocking(move |intake| intake.state().newest(&id, ANCHORS)).await else {
        result.fail(PollOutcome::StateFailed.into());
        return result;
    };
    read_feed(poll.net, portal, &poll.cursor.validators, anchors, &mut result).await;
    if source.article {
        let wanted = unread_teasers(poll, &result).await;
        read_articles(poll.net, wanted, &mut result).await;
    }
    result
}

async fn try_feed(net: Net<'_>, url: &str, result: &mut PollResult) {
    let source = Address::Portal(url.to_owned()).suggested_id();
    let portal = Portal { url: url.to_owned(), source, identity: Identity::default(), list: None, go_on: 0 };
    read_feed(net, portal, &Validators::default(), HashSet::new(), result).await;
}
