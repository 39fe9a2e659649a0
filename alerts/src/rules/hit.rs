//! What rules look at and what they find.

use model::{Level, PostId, TaggedPost};

use crate::stories::story::Story;

/// Something that happened to a story.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A version of a post was counted into it.
    Post(&'a TaggedPost),
    /// It gained so many views and reposts within an hour.
    Growth {
        /// Views.
        views: u64,
        /// Reposts.
        reposts: u64,
    },
    /// A person moved a post into it or out of it.
    Correction,
}

/// What a rule finds: how bad it is, and why, in Russian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub level: Level,
    pub words: String,
}

/// A rule that fired: its alert is to be raised, or added to.
#[derive(Debug)]
pub struct RuleHit<'a> {
    pub rule: &'a str,
    pub subject: Subject<'a>,
    pub level: Level,
    /// Why, in Russian.
    pub words: String,
    /// A live and fresh post made it fire: only then is anybody notified.
    pub fresh: bool,
}

/// What an alert is about.
#[derive(Debug)]
pub enum Subject<'a> {
    /// A story.
    Story(&'a Story),
    /// A counted key and the posts in its window, oldest first.
    Key { key: &'a str, kind: &'a str, headline: String, posts: Vec<PostId> },
    /// A source, a platform, a part of the installation.
    Component { name: &'a str, headline: String },
}
