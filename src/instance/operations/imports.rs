//! What an import appends of the posts that a file brings: what a collector would have appended of them.

use anyhow::Result;
use ingest::privacy::Masks;
use ingest::{ChannelNames, Forgotten};
use journal::Record;
use model::{Origin, Post, PostLink, Time, canonical_link, wire};
use tokio::runtime::Handle;

use crate::instance::Instance;
use crate::roles::Role;

/// What is needed to take posts of files in.
pub struct Imports {
    /// The masks of the configuration.
    pub masks: Masks,
    channels: ChannelNames,
    /// What was published earlier is no longer kept.
    oldest: Option<Time>,
    forgotten: Forgotten,
}

/// Why a post is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It stands on the wall of a private person.
    PrivateWall,
    /// It is older than what is kept.
    Old,
    /// Somebody asked to have it removed.
    Forgotten,
}

impl Imports {
    /// By the configuration and the channels of an instance, and what was forgotten there or where the collectors are. Blocks.
    pub fn of(instance: &Instance) -> Result<Imports> {
        Ok(Imports {
            masks: Masks::new(&instance.config),
            channels: ChannelNames::read(instance.folder.path())?,
            oldest: instance.retention().oldest(),
            forgotten: forgotten(instance)?,
        })
    }

    /// A post as it is appended: masked, named by the channel's present name, and of no interest to alerts.
    pub fn record(&self, post: Post) -> Result<Record, LeftOut> {
        let mut post = self.masks.imported(post).ok_or(LeftOut::PrivateWall)?;
        if !post.is_deleted() && self.oldest.is_some_and(|oldest| post.published_at < oldest) {
            return Err(LeftOut::Old);
        }
        post.origin = Origin::Import;
        one_link_each(&mut post);
        self.channels.apply(&mut post);
        if self.forgotten.holds(&post.id) {
            return Err(LeftOut::Forgotten);
        }
        post.seen_at.get_or_insert(post.edited_at.unwrap_or(post.published_at));
        let tombstone = post.is_deleted();
        Ok(Record { tombstone, ..Record::new(post.id.as_str(), wire::write_post(&post)) })
    }
}

/// What was forgotten. Where `[roles]` does not say where the collectors are, the sinks alone refuse it.
fn forgotten(instance: &Instance) -> Result<Forgotten> {
    match &instance.peers {
        Some(peers) if instance.collector.is_none() && !peers.addresses(Role::Ingest).is_empty() => {
            Ok(Handle::current().block_on(instance.forgotten())?.into_iter().collect())
        }
        _ => Ok(Forgotten::read(instance.folder.path())?),
    }
}

/// Gives the links of a post the form that the collectors give them, whichever host an export was made at: another one would make a
/// version of the same post.
fn one_link_each(post: &mut Post) {
    for link in [&mut post.url, &mut post.forwarded_from] {
        if let Some(canonical) = link.as_deref().and_then(canonical_link) {
            *link = Some(canonical);
        }
    }
    for answered in [&mut post.in_reply_to, &mut post.answers] {
        if let Some(id) = answered.as_deref().and_then(PostLink::parse).and_then(|link| link.id()) {
            *answered = Some(id.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use model::{Platform, PostId, Time};

    use super::*;

    #[test]
    fn an_import_has_the_links_that_a_collector_gives() {
        let id = PostId::new("vk:-5_6").unwrap();
        let mut post = Post {
            url: Some("https://m.vk.ru/gorod?w=wall-5_6".into()),
            forwarded_from: Some("https://telegram.me/s/gorod/7".into()),
            in_reply_to: Some("https://vk.ru/wall-5_4?reply=5&thread=4".into()),
            ..Post::new(id, Platform::Vk, "s", Time::UNIX_EPOCH, String::new())
        };
        one_link_each(&mut post);
        assert_eq!(post.url.as_deref(), Some("https://vk.com/wall-5_6"));
        assert_eq!(post.forwarded_from.as_deref(), Some("https://t.me/gorod/7"));
        assert_eq!(post.in_reply_to.as_deref(), Some("vk:-5_5"));
        let named =
            Post { url: None, forwarded_from: Some("Новости города".into()), in_reply_to: None, ..post };
        let mut same = named.clone();
        one_link_each(&mut same);
        assert_eq!(same, named);
    }
}
