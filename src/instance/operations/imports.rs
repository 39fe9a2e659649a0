//! What an import appends of the posts that a file brings: what a collector would have appended of them.

use anyhow::Result;
use ingest::ChannelNames;
use ingest::privacy::Masks;
use journal::Record;
use model::{Origin, Post, wire};

use crate::instance::Instance;

/// What is needed to take posts of files in.
pub struct Imports {
    /// The masks of the configuration.
    pub masks: Masks,
    channels: ChannelNames,
}

impl Imports {
    /// By the configuration and the channels of an instance.
    pub fn of(instance: &Instance) -> Result<Imports> {
        Ok(Imports { masks: Masks::new(&instance.config), channels: ChannelNames::read(instance.folder.path())? })
    }

    /// A post as it is appended: masked, named by the channel's present name, and of no interest to alerts. None where it stands on the
    /// wall of a private person.
    pub fn record(&self, post: Post) -> Option<Record> {
        let mut post = self.masks.imported(post)?;
        post.origin = Origin::Import;
        self.channels.apply(&mut post);
        post.seen_at.get_or_insert(post.edited_at.unwrap_or(post.published_at));
        let tombstone = post.is_deleted();
        Some(Record { tombstone, ..Record::new(post.id.as_str(), wire::write_post(&post)) })
    }
}
