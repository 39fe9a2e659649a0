//! The posts of a person who asks to be forgotten. Authors are not indexed, so that nobody can search by one: every post is read.

use std::collections::HashSet;

use model::{TaggedPost, wire};

use super::error::SearchError;
use super::open::SearchIndex;

impl SearchIndex {
    /// The posts whose author is one of these hashes. Reads the whole index, at most `limit` posts are returned.
    pub fn by_authors(&self, authors: &HashSet<String>, limit: usize) -> Result<Vec<TaggedPost>, SearchError> {
        self.ensure_intact()?;
        let mut found = Vec::new();
        if authors.is_empty() {
            return Ok(found);
        }
        self.every_post(|bodies| {
            for body in bodies {
                let tagged = wire::read_tagged(&body).map_err(|error| SearchError::Damaged(error.to_string()))?;
                if found.len() < limit && tagged.post.author.as_ref().is_some_and(|author| authors.contains(author)) {
                    found.push(tagged);
                }
            }
            Ok::<(), SearchError>(())
        })?;
        Ok(found)
    }
}
