//! How the platforms name a post: its link and, in feeds, its guid.

use crate::content::{Address, Format, Source};
use crate::post::Post;

/// The guid of a feed's item: a link, a number or a URN, as sites do.
pub(crate) fn guid(source: &Source, post: &Post) -> String {
    match &source.address {
        Address::Feed { format: Format::Rss1251, .. } => format!("{}-{}", source.id, post.number),
        Address::Feed { format: Format::Atom, site, .. } => format!("urn:{site}:news:{}", post.number),
        _ => link(source, post),
    }
}

/// Where a person would open a post.
pub(crate) fn link(source: &Source, post: &Post) -> String {
    match &source.address {
        Address::Vk { owner, .. } => format!("https://vk.com/wall{owner}_{}", post.number),
        Address::Telegram { channel, .. } => format!("https://t.me/{channel}/{}", post.number),
        Address::Feed { site, .. } => format!("https://{site}/news/{}", post.number),
    }
}
