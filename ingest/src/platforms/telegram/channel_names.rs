//! Exports know a channel by its number, its web preview by its name: both must give a post one id.

use std::collections::HashMap;
use std::path::Path;

use model::{Post, PostId};

use crate::state::State;

/// The names of the channels that the collectors have read, by number.
#[derive(Debug, Default)]
pub struct ChannelNames(HashMap<String, String>);

impl ChannelNames {
    /// Reads them from a data folder; none where nothing was collected yet.
    ///
    /// # Errors
    /// Where `ingest.db` is there and cannot be read.
    pub fn read(data_dir: &Path) -> Result<ChannelNames, sqlite::OpenError> {
        let path = data_dir.join("ingest.db");
        if !path.exists() {
            return Ok(ChannelNames::default());
        }
        let named = |cursor: crate::state::Cursor| {
            let name = cursor.address.strip_prefix("telegram:")?.to_owned();
            Some((format!("tg:c{}/", cursor.channel_number?), format!("tg:{name}/")))
        };
        Ok(ChannelNames(State::open(&path)?.cursors()?.into_iter().filter_map(named).collect()))
    }

    /// Gives a post that an export numbers the id that the preview gives it.
    pub fn apply(&self, post: &mut Post) {
        if let Some(id) = self.renamed(post.id.as_str()).and_then(|id| PostId::new(id).ok()) {
            post.id = id;
        }
        if let Some(answered) = post.in_reply_to.as_deref().and_then(|id| self.renamed(id)) {
            post.in_reply_to = Some(answered);
        }
    }

    fn renamed(&self, id: &str) -> Option<String> {
        let (channel, number) = id.split_at(id.find('/')? + 1);
        Some(format!("{}{number}", self.0.get(channel)?))
    }
}

#[cfg(test)]
mod tests {
    use model::{Platform, Time};

    use super::*;
    use crate::state::Cursor;

    #[test]
    fn an_exported_post_gets_the_id_that_the_preview_gives_it() {
        let dir = tempfile::tempdir().unwrap();
        assert!(ChannelNames::read(dir.path()).unwrap().0.is_empty(), "nothing was collected yet");
        let state = State::open(&dir.path().join("ingest.db")).unwrap();
        let cursor =
            |address: &str, channel_number| Cursor { address: address.into(), channel_number, ..Cursor::default() };
        state.put_cursor("s0", &cursor("telegram:gorod", Some(42))).unwrap();
        state.put_cursor("s1", &cursor("telegram:unread", None)).unwrap();
        state.put_cursor("s2", &cursor("vk:-42", None)).unwrap();
        let names = ChannelNames::read(dir.path()).unwrap();
        let renamed = |id: &str| {
            let id = PostId::new(id).unwrap();
            let mut post = Post::new(id, Platform::Telegram, "s", Time::UNIX_EPOCH, String::new());
            post.in_reply_to = Some("tg:c42/6".into());
            names.apply(&mut post);
            (post.id.to_string(), post.in_reply_to.unwrap())
        };
        assert_eq!(renamed("tg:c42/7"), ("tg:gorod/7".into(), "tg:gorod/6".into()));
        assert_eq!(renamed("tg:c421/7").0, "tg:c421/7");
        assert_eq!(renamed("tg:other/7").0, "tg:other/7");
        assert_eq!(renamed("vk:-42_7").0, "vk:-42_7");
    }
}
