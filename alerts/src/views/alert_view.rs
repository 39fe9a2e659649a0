//! An alert as people and scripts see it.

use model::{Level, PostId, Sector, Time};
use serde::{Deserialize, Serialize};

use crate::deadlines::view::DeadlinesView;

/// An alert with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertView {
    /// Id, made from its content.
    pub id: String,
    /// The rule that raised it.
    pub rule: String,
    /// Kind of risk, a topic, or what else it is about.
    pub kind: String,
    /// The name people see for it.
    pub kind_name: String,
    /// Worst level of its posts and rules.
    pub level: Level,
    /// Its sector.
    pub sector: Option<Sector>,
    /// Place, an id of `places/`.
    pub place: Option<String>,
    /// The name people see for the place.
    pub place_name: Option<String>,
    /// The recipient that must act, by its posts.
    pub recipient: Option<String>,
    /// What, where.
    pub headline: String,
    /// When it was raised.
    pub opened_at: Time,
    /// When a post last changed it.
    pub updated_at: Time,
    /// Publication of its first post.
    pub since: Option<Time>,
    /// `open`; `quiet`: acknowledged, and nothing new for long; `closed`.
    pub state: String,
    /// `raised`, `sent`, `acknowledged`, `in_work`, `resolved`, `false_alarm`, `gone` (its posts are), `merged`.
    pub life: String,
    /// Since when it is in this state.
    pub life_at: Time,
    /// The person who brought it there, or null where nobody acted.
    pub life_by: Option<String>,
    /// What the person said.
    pub note: Option<String>,
    /// To which recipient a person passed it on.
    pub passed_to: Option<String>,
    /// By when a first answer is due.
    pub deadline: Time,
    /// The deadlines of the answers.
    pub clocks: Option<DeadlinesView>,
    /// How many posts.
    pub posts: u64,
    /// How many different voices: authors, or sources where the author is unknown. A near-copy is no new voice.
    pub authors: u64,
    /// How many sources.
    pub sources: u64,
    /// Views of its posts together.
    pub views: u64,
    /// Why it was raised: one line for each rule.
    pub reasons: Vec<String>,
    /// Why its most telling post was recognised: rule, level, words.
    pub why: Vec<String>,
    /// The most telling posts, each of another text, at most [`AlertView::QUOTES`].
    pub quotes: Vec<Quote>,
    /// All its posts' ids, oldest first.
    pub post_ids: Vec<PostId>,
    /// How often people were notified of it.
    pub notifications: u64,
    /// Why it is held back.
    pub held: Option<String>,
    /// Until when, at the latest.
    pub held_until: Option<Time>,
    /// The closed alert whose event is back.
    pub previous: Option<String>,
    /// A text that is ready to be forwarded to the recipient; null where there are no posts.
    #[serde(default)]
    pub forward: Option<String>,
    /// Where it was sent and what became of that: `webhook: sent`, `telegram officer: pending, 3 attempts`.
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
