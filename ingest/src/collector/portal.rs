//! Polls a feed: one conditional request. A feed shows its newest items only and says nothing of deletions.

use std::collections::HashSet;

use config::Identity;

use super::reading::{Failure, Net, Reading, accept, parse};
use crate::fetch::Validators;
use crate::outcome::Outcome;
use crate::portal::parse_feed_by;

/// Of the newest items known one must be on the page, or items in between were missed. More than one, since the newest may
/// have been withdrawn; not any known item, since some feeds show an old one for ever.
pub(crate) const ANCHORS: usize = 5;

/// Reads the feed. `anchors` are the newest items known.
pub(crate) async fn read(
    net: Net<'_>,
    url: &str,
    source: &str,
    identity: Identity,
    validators: &Validators,
    anchors: HashSet<String>,
    reading: &mut Reading,
) {
    if let Err(failure) = feed(net, url, source, identity, validators, anchors, reading).await {
        reading.fail(failure);
        // An unchanged feed shows what it showed.
        reading.overlapped = reading.outcome == Outcome::NotModified;
    }
}

async fn feed(
    net: Net<'_>,
    url: &str,
    source: &str,
    identity: Identity,
    validators: &Validators,
    anchors: HashSet<String>,
    reading: &mut Reading,
) -> Result<(), Failure> {
    let response = accept(net.fetcher.get_allowed(url, validators).await?)?;
    let (body, kind, source) = (response.body, response.content_type, source.to_owned());
    let page = parse(move || parse_feed_by(identity, &body, kind.as_deref(), &source)).await?;
    reading.add(page);
    let fresh = response.max_age.map(|age| (age.as_secs() / 60).min(u64::from(u32::MAX)) as u32);
    reading.ttl_minutes = reading.ttl_minutes.max(fresh);
    reading.validators = Some(response.validators);
    reading.overlapped = reading.posts.iter().any(|parsed| anchors.contains(parsed.post.id.as_str()));
    Ok(())
}
