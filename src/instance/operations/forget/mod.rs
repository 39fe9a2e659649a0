//! Forgetting what a person asks to have removed: finding the posts, and removing them so that nothing brings them back.

mod carry_out;
mod find;

pub use find::find_in;

use std::collections::HashSet;

use model::{PostId, Time};
use serde::{Deserialize, Serialize};

/// Posts forgotten at once. No person wrote more here; a query that finds more is not about one person, and its removal would be a loss.
pub const MOST: usize = 10_000;

/// Which posts are to be forgotten: all of these together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// These, stored or not.
    pub ids: Vec<PostId>,
    /// Those of a person, as they are called on their platform.
    pub author: Option<String>,
    /// Those that a query finds.
    pub query: Option<String>,
}

/// The same for who has the posts and not the keys of authors.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// These.
    pub ids: Vec<PostId>,
    /// Those of authors, by their hashes.
    pub authors: HashSet<String>,
    /// Those that a query finds.
    pub query: Option<String>,
}

/// The posts that were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Those that are stored, the newest first.
    pub posts: Vec<FoundPost>,
    /// Ids that were named and of which nothing is stored; they are remembered all the same.
    pub unknown: Vec<PostId>,
}

/// Enough of a post to tell whether it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPost {
    /// Its id.
    pub id: PostId,
    /// When it was published.
    pub published_at: Time,
    /// Its source.
    pub source: String,
    /// How its text begins.
    pub words: String,
}

impl Found {
    /// All that are to be forgotten.
    pub fn ids(&self) -> Vec<PostId> {
        self.posts.iter().map(|post| &post.id).chain(&self.unknown).cloned().collect()
    }
}
