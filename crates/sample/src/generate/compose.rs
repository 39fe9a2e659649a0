//! One post of a source: its author, hand and readers.

use model::{Sector, Time};

use super::style::by_hand;
use crate::content::{Address, Content, Kind};
use crate::post::Post;
use crate::rng::Rng;

/// Invented numbers of private people lie beyond any that the platform has given out.
const FIRST_AUTHOR: i64 = 9_000_000_000;

/// A post of a source with an author, a hand and readers as that source has them.
pub(super) fn post_of(
    content: &Content,
    source: usize,
    at: Time,
    text: String,
    kind: Kind,
    sector: Sector,
    rng: &mut Rng,
) -> Post {
    let of = &content.sources[source];
    let by_resident = of.private && !matches!(kind, Kind::Ad | Kind::Copy | Kind::Poll | Kind::Story);
    let text = if by_resident { by_hand(&text, kind, rng) } else { text };
    let is_feed = matches!(of.address, Address::Feed { .. });
    let (title, text) = match text.split_once('\n') {
        Some((title, body)) if is_feed => (Some(title.trim().to_owned()), body.trim().to_owned()),
        _ => (None, text),
    };
    // Few write much and many write little.
    let author = of.private.then(|| FIRST_AUTHOR + (900.0 * rng.unit() * rng.unit()) as i64);
    Post {
        source,
        number: 0,
        published_at: at,
        title,
        text,
        edits: Vec::new(),
        deleted_at: None,
        kind,
        sector,
        story: None,
        ring: None,
        author,
        ad: false,
        poll: None,
        reply_to: None,
        repost_of: None,
        pinned: false,
        photo: !is_feed && rng.chance(0.2),
        reach: (f64::from(of.reach) * (0.3 + 1.4 * rng.unit() * rng.unit())) as u32,
    }
}

/// A forward shows the original's text as its own; a VK repost has a comment of its own, often none.
pub(super) fn repost(content: &Content, to: usize, at: Time, of: usize, original: &Post, rng: &mut Rng) -> Post {
    let text = match content.sources[to].address {
        Address::Vk { .. } => rng.pick(&content.changes.comments).clone(),
        _ => original.text.clone(),
    };
    let mut post = post_of(content, to, at, String::new(), Kind::Repost, original.sector, rng);
    post.text = text;
    post.repost_of = Some(of);
    post.photo = false;
    post
}
