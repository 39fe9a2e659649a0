//! A post as a collector read it.

use serde::{Deserialize, Serialize};

use crate::format::FORMAT;
use crate::id::{Platform, PostId};
use crate::time::Time;

/// The year 2200: after whatever is read, and within what every store holds as a time and a [version](crate::Version).
const AFTER_EVERYTHING_S: i64 = 7_258_118_400;

/// A public post or comment. Required on input: `id`, `platform`, `source`, `published_at`, `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Version of the wire format, see [`crate::wire::FORMAT`].
    #[serde(default = "crate::format::current_format")]
    pub v: u32,
    /// Identity across repeats, edits and replays.
    pub id: PostId,
    /// Where it was published.
    pub platform: Platform,
    /// Id of the source in `sources.toml` (imports: the channel or file they came from).
    pub source: String,
    /// A post or a comment under one.
    #[serde(default)]
    pub kind: Kind,
    /// Where a person opens it.
    #[serde(default)]
    pub url: Option<String>,
    /// When the platform says it was published.
    pub published_at: Time,
    /// When the platform says it was last edited.
    #[serde(default)]
    pub edited_at: Option<Time>,
    /// When the collector read this version; an import: the message's own date or edit date. Absent on input: `published_at`.
    #[serde(default)]
    pub seen_at: Option<Time>,
    /// With it this is a tombstone: no text, title or author.
    #[serde(default)]
    pub deleted_at: Option<Time>,
    /// Headline, where the platform has one.
    #[serde(default)]
    pub title: Option<String>,
    /// The text, line breaks kept.
    pub text: String,
    /// A poll, whose question and options are searched like text.
    #[serde(default)]
    pub poll: Option<Poll>,
    /// Views at `seen_at`.
    #[serde(default)]
    pub views: Option<u64>,
    /// Reactions of all kinds at `seen_at`.
    #[serde(default)]
    pub reactions: Option<u64>,
    /// Reposts at `seen_at`.
    #[serde(default)]
    pub reposts: Option<u64>,
    /// Comments at `seen_at`.
    #[serde(default)]
    pub comments: Option<u64>,
    /// Keyed hash of a private author, rotating monthly; never a name or number. Null for communities and channels.
    #[serde(default)]
    pub author: Option<String>,
    /// The post this one answers; of a comment, the post it stands under, however deep in the thread.
    #[serde(default)]
    pub in_reply_to: Option<String>,
    /// Of a comment that answers another under the same post, that comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// Where a repost or forward came from: a link or a public name of a community or channel.
    #[serde(default)]
    pub forwarded_from: Option<String>,
    /// The platform marks it as advertising.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub advert: bool,
    /// How it came in; only live posts notify anybody.
    #[serde(default)]
    pub origin: Origin,
}

/// A post or a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// On a wall, in a channel, in a feed.
    #[default]
    Post,
    /// Under a post.
    Comment,
}

/// How a post came into the journal. Imported and replayed posts are counted, searched and grouped, and notify nobody; found ones raise no alerts either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Read from its source by a collector.
    #[default]
    Live,
    /// Filled in from an export.
    Import,
    /// Classified again after a rule change.
    Replay,
    /// A source had it, without a date, when it was first read or after a gap: it may be years old.
    Found,
}

/// A poll attached to a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// What is asked.
    pub question: String,
    /// The answers offered, in order.
    pub options: Vec<String>,
}

impl Post {
    /// A live post of which only what is required is known.
    pub fn new(id: PostId, platform: Platform, source: impl Into<String>, published_at: Time, text: String) -> Post {
        Post {
            v: FORMAT,
            id,
            platform,
            source: source.into(),
            kind: Kind::Post,
            url: None,
            published_at,
            edited_at: None,
            seen_at: None,
            deleted_at: None,
            title: None,
            text,
            poll: None,
            views: None,
            reactions: None,
            reposts: None,
            comments: None,
            author: None,
            in_reply_to: None,
            answers: None,
            forwarded_from: None,
            advert: false,
            origin: Origin::Live,
        }
    }

    /// When this version was read; see [`Post::seen_at`].
    pub fn seen(&self) -> Time {
        self.seen_at.unwrap_or(self.published_at)
    }

    /// Whether this is a tombstone.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Whether another reading of the same post says the same; counters and `seen_at` aside, which make no version.
    pub fn same_content(&self, other: &Post) -> bool {
        self.text == other.text
            && self.title == other.title
            && self.poll == other.poll
            && self.url == other.url
            && self.deleted_at.is_some() == other.deleted_at.is_some()
            && self.edited_at == other.edited_at
            && self.forwarded_from == other.forwarded_from
            && self.in_reply_to == other.in_reply_to
    }

    /// The tombstone of a post that was forgotten, at a time: no version that anybody reads outlives it, so that nothing brings the post
    /// back, whatever comes from where.
    pub fn forgotten(id: PostId, source: &str, published_at: Time, at: Time) -> Post {
        let platform = id.platform();
        let post = Post::new(id, platform, source, published_at, String::new());
        Post { seen_at: Some(Time::from_second(AFTER_EVERYTHING_S).unwrap_or(at)), ..post.tombstone(at) }
    }

    /// The tombstone of this post: its place in the order of versions without anything a person wrote.
    pub fn tombstone(&self, at: Time) -> Post {
        Post {
            seen_at: Some(at),
            deleted_at: Some(at),
            title: None,
            text: String::new(),
            poll: None,
            author: None,
            in_reply_to: None,
            answers: None,
            forwarded_from: None,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_RULE_SET, Version, wire};

    #[test]
    fn no_version_outlives_that_of_a_post_that_was_forgotten() {
        let at: Time = "2026-11-01T10:00:00Z".parse().unwrap();
        let id = PostId::new("tg:gorod/1").unwrap();
        let forgotten = Post::forgotten(id.clone(), "gorod", at, at);
        assert_eq!(
            (forgotten.platform, forgotten.is_deleted(), forgotten.deleted_at),
            (Platform::Telegram, true, Some(at))
        );
        wire::check_post(&forgotten, Some(at)).unwrap();
        let version = Version::new(forgotten.seen(), 0);
        let late: Time = "2199-12-31T23:59:59Z".parse().unwrap();
        assert!(version > Version::new(late, MAX_RULE_SET));
        // SQLite keeps it with a sign.
        assert!(i64::try_from(Version::new(forgotten.seen(), MAX_RULE_SET).0).is_ok());
    }
}
