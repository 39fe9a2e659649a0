//! What a parser makes of one page, answer or feed. Parsers are pure: bytes in, [`Page`] out, no clock, no network.

use model::Post;

/// The posts of a page and what else the page tells the collector.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Posts in the order of the page. `seen_at` is left empty: the collector sets it. `author` is null: a parser has no key.
    pub posts: Vec<Parsed>,
    /// What looked like a post and could not be read, or an item left out for a named reason.
    pub problems: Vec<PageProblem>,
    /// Blocks on the page that look like posts, read or not: a renamed class must not look like silence.
    pub blocks: usize,
    /// The cursor of the next older page, as the page itself gives it.
    pub older: Option<String>,
    /// Pause between polls that the page asks for (`ttl` of a feed), in minutes.
    pub ttl_minutes: Option<u32>,
    /// The name people see for the channel, community or feed.
    pub title: Option<String>,
}

/// A post and what must not leave `ingest` with it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The post, author null.
    pub post: Post,
    /// The platform's own id of a private author. The collector turns it into a keyed hash and forgets it.
    pub private_author: Option<String>,
    /// It stands on the wall of a private person: the collector drops it and counts it.
    pub private_wall: bool,
    /// Pinned: it stands above newer posts, so its age says nothing about where the page ends.
    pub pinned: bool,
}

/// A block that did not become a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// Which block: its id on the page or its number.
    pub position: String,
    /// Named reason, then words: `no_date: …`.
    pub reason: String,
}

/// Why a whole page is not what it should be. Each is a named outcome of a poll.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Not the format at all: HTML for a feed, JSON for a page.
    #[error("not_this_format: {0}")]
    Format(String),
    /// The format, cut off or broken.
    #[error("broken: {0}")]
    Broken(String),
    /// Telegram: the name is a channel that shows no preview.
    #[error("no_preview: the channel has no public preview")]
    NoPreview,
    /// Telegram: the name is a group.
    #[error("is_group: the name is a group, not a channel")]
    Group,
    /// Telegram: the name is a bot.
    #[error("is_bot: the name is a bot, not a channel")]
    Bot,
    /// Telegram: one must ask to join.
    #[error("join_wall: the channel shows itself only to who joined")]
    JoinWall,
    /// No such name, community or feed.
    #[error("not_found: there is no such channel or page")]
    NotFound,
    /// VK answered with an error code.
    #[error("vk_error_{code}: {message}")]
    Vk {
        /// VK's error code.
        code: i64,
        /// VK's own words, request parameters left out.
        message: String,
    },
}
