//! What an import appends of the posts that a file brings: what a collector would have appended of them.

use anyhow::Result;
use ingest::privacy::Masks;
use ingest::{ChannelNames, Forgotten};
use journal::Record;
use model::{Origin, Post, Time, wire};
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
