//! What an import appends of the posts that a file brings: what a collector would have appended of them.

use anyhow::Result;
use ingest::ChannelNames;
use ingest::privacy::Masks;
use journal::Record;
use model::{Origin, Post, PostLink, canonical_link, wire};

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
        one_link_each(&mut post);
        self.channels.apply(&mut post);
        post.seen_at.get_or_insert(post.edited_at.unwrap_or(post.published_at));
        let tombstone = post.is_deleted();
        Some(Record { tombstone, ..Record::new(post.id.as_str(), wire::write_post(&post)) })
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
    let answered = post.in_reply_to.as_deref().and_then(PostLink::parse).and_then(|link| link.id());
    if let Some(answered) = answered {
        post.in_reply_to = Some(answered.into());
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
