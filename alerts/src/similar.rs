//! Recent posts by their wording: which story a text is nearest to.

use std::collections::VecDeque;

use model::Signature;

use crate::story::JoinReason;

/// Posts compared with.
const MAX_POSTS: usize = 20_000;

/// Of one story.
const MAX_PER_STORY: usize = 50;

/// See the module.
#[derive(Debug, Default)]
pub struct Recent {
    posts: VecDeque<(i64, String, Signature)>,
}

impl Recent {
    /// Remembers a post of a story.
    pub fn insert(&mut self, story: &str, at: i64, signature: Option<Signature>) {
        let Some(signature) = signature else { return };
        if self.posts.iter().filter(|(_, of, _)| of == story).count() >= MAX_PER_STORY {
            return;
        }
        self.posts.push_back((at, story.to_owned(), signature));
        if self.posts.len() > MAX_POSTS {
            self.posts.pop_front();
        }
    }

    /// The story nearest to a text.
    pub fn nearest(&self, signature: Option<Signature>, distance: u32) -> Option<(String, JoinReason)> {
        let signature = signature?;
        let near = |other: &Signature| (other.0 ^ signature.0).count_ones();
        let (_, story, other) = self.posts.iter().min_by_key(|(_, _, other)| near(other))?;
        (near(other) <= distance).then(|| (story.clone(), JoinReason::NearCopy))
    }

    /// Forgets what is older.
    pub fn forget_before(&mut self, at: i64) {
        self.posts.retain(|(of, _, _)| *of >= at);
    }
}
