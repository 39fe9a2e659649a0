//! `searches.toml`: queries that every post is matched against.

use crate::rules::Pattern;

/// A `[[search]]`.
#[derive(Debug, Clone)]
pub struct SavedSearch {
    /// `id`: what a post carries in `matched`.
    pub id: String,
    /// `name` people see.
    pub name: String,
    /// `query`.
    pub query: Pattern,
}
