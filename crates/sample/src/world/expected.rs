//! What tests find in the product once it has read the sample. Behind the feature `expected`, since nothing else needs it.

use model::{Poll, PostId, Time};

use super::World;
use crate::content::Address;
use crate::links::guid;
use crate::post::Post;

/// What an end-to-end test finds in the product when it has read everything up to a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Id as the collectors make it.
    pub id: PostId,
    /// Id of the source.
    pub source: String,
    /// When it was published.
    pub published_at: Time,
    /// Headline, in feeds.
    pub title: Option<String>,
    /// Latest text to be seen; empty if deleted. Paragraph breaks of feeds may come out as one line break or two.
    pub text: String,
    /// VK: the text of the post that this one reposts, which stands in `copy_history`. Elsewhere a forward's text is its own.
    pub reposted: Option<String>,
    /// Attached poll.
    pub poll: Option<Poll>,
    /// Gone at the source: the product has a tombstone, or never saw it.
    pub deleted: bool,
}

impl World {
    /// What the product must hold when it has read everything up to a moment, in the order of publication.
    pub fn expected(&self, now: Time) -> Vec<Expected> {
        let published = self.posts.iter().filter(|post| post.published_at <= now);
        published.filter_map(|post| self.expect(post, now)).collect()
    }

    fn expect(&self, post: &Post, now: Time) -> Option<Expected> {
        let source = self.sources.get(post.source)?;
        let view = post.seen_at(now);
        let is_vk = matches!(source.address, Address::Vk { .. });
        let reposted = post.repost_of.and_then(|at| self.posts.get(at)).filter(|_| is_vk && view.is_some());
        Some(Expected {
            id: PostId::new(self.post_id(post)).ok()?,
            source: source.id.clone(),
            published_at: post.published_at,
            title: view.and(post.title.clone()),
            text: view.map_or_else(String::new, |view| view.text.to_owned()),
            reposted: reposted.map(|original| original.text.clone()),
            poll: view.and(post.poll.clone()),
            deleted: view.is_none(),
        })
    }

    fn post_id(&self, post: &Post) -> String {
        let source = &self.sources[post.source];
        match &source.address {
            Address::Vk { owner, .. } => format!("vk:{owner}_{}", post.number),
            Address::Telegram { channel, .. } => format!("tg:{channel}/{}", post.number),
            Address::Feed { .. } => format!("portal:{}/{}", source.id, guid(source, post)),
        }
    }
}
