//! An alert as people and scripts see it.

use model::{Level, PostId, Time};
use serde::{Deserialize, Serialize};

/// An alert with its posts and its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertView {
    /// Made from content (kind, place, smallest PostId), so that a replay gives the same.
    pub id: String,
    /// Kind of risk.
    pub kind: String,
    /// The name people see for it.
    pub kind_name: String,
    /// The worst level among its posts.
    pub level: Level,
    /// Place id, where one is named.
    pub place: Option<String>,
    /// The name people see for it.
    pub place_name: Option<String>,
    /// One line: what, where.
    pub headline: String,
    /// When its first post was read.
    pub opened_at: Time,
    /// When its newest post was read.
    pub updated_at: Time,
    /// `open`; `quiet`: no new post for `quiet_after`; `closed`: its posts are gone.
    pub state: String,
    /// By when somebody must have decided («условный срок»).
    pub deadline: Time,
    /// How many posts.
    pub posts: u64,
    /// How many sources.
    pub sources: u64,
    /// Views of its posts together.
    pub views: u64,
    /// Why it was raised: rule, level, words.
    pub why: Vec<String>,
    /// The most telling posts, at most [`AlertView::QUOTES`].
    pub quotes: Vec<Quote>,
    /// All its posts' ids, oldest first.
    pub post_ids: Vec<PostId>,
    /// Where it was sent and what became of that: `webhook: sent`, `webhook: pending, 3 attempts`.
    pub deliveries: Vec<String>,
}

impl AlertView {
    /// Quotes shown with an alert.
    pub const QUOTES: usize = 3;
}

/// A post quoted in an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// The post.
    pub id: PostId,
    /// Where it can be opened.
    pub url: Option<String>,
    /// Its source.
    pub source: String,
    /// When it was published.
    pub published_at: Time,
    /// Its text, cut at 300 characters.
    pub text: String,
}
