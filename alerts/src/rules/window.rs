//! The posts of the last hours under one key, in memory: a burst is found by their number.

use std::collections::{BTreeMap, HashMap};

use model::PostId;

/// Posts kept for one key. With more, the window reaches less far back, and is compared with what is usual in that shorter time.
const MAX_POSTS: usize = 20_000;

/// One key of one rule. It slides with its newest post; what is older than that by more than its length is not in it.
#[derive(Debug, Default)]
pub struct Window {
    /// By publication and id. `None`: a near-copy, which is no voice of its own.
    posts: BTreeMap<(i64, PostId), Option<Box<str>>>,
    voices: HashMap<Box<str>, usize>,
}

/// What a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowCount {
    /// Posts.
    pub posts: u64,
    /// Different voices.
    pub voices: u64,
    /// Publication of the newest, in milliseconds.
    pub newest: i64,
    /// Since when the window holds every post.
    pub from: i64,
}

impl Window {
    /// Puts a post in and drops what is older than the window.
    pub fn insert(&mut self, at: i64, id: PostId, voice: Option<&str>, length: i64) {
        self.remove(at, &id);
        if let Some(voice) = voice {
            *self.voices.entry(voice.into()).or_default() += 1;
        }
        self.posts.insert((at, id), voice.map(Into::into));
        let newest = self.newest();
        while let Some(((oldest, id), _)) = self.posts.first_key_value() {
            if *oldest > newest - length && self.posts.len() <= MAX_POSTS {
                break;
            }
            let (oldest, id) = (*oldest, id.clone());
            self.remove(oldest, &id);
        }
    }

    /// Takes a post out, if it is in.
    pub fn remove(&mut self, at: i64, id: &PostId) {
        let Some(voice) = self.posts.remove(&(at, id.clone())).flatten() else { return };
        if let Some(posts) = self.voices.get_mut(&voice) {
            *posts -= 1;
            if *posts == 0 {
                self.voices.remove(&voice);
            }
        }
    }

    /// What it holds, for a window of a length.
    pub fn count(&self, length: i64) -> WindowCount {
        let newest = self.newest();
        let from = match self.posts.first_key_value() {
            Some(((oldest, _), _)) if self.posts.len() >= MAX_POSTS => *oldest,
            _ => newest - length,
        };
        WindowCount { posts: self.posts.len() as u64, voices: self.voices.len() as u64, newest, from }
    }

    /// Its posts, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = &PostId> {
        self.posts.keys().map(|(_, id)| id)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    fn newest(&self) -> i64 {
        self.posts.last_key_value().map_or(0, |((at, _), _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> PostId {
        PostId::new(format!("vk:-1_{number}")).unwrap()
    }

    #[test]
    fn a_window_slides_with_its_newest_post_and_counts_each_voice_once() {
        let mut window = Window::default();
        for (at, number, voice) in [(0, 1, Some("a")), (10, 2, Some("a")), (50, 3, None), (90, 4, Some("b"))] {
            window.insert(at, id(number), voice, 100);
        }
        assert_eq!(window.count(100), WindowCount { posts: 4, voices: 2, newest: 90, from: -10 });
        window.insert(100, id(5), Some("c"), 100);
        assert_eq!(window.count(100).posts, 4, "what is a whole window older is out");
        window.insert(100, id(5), Some("c"), 100);
        assert_eq!(
            window.count(100),
            WindowCount { posts: 4, voices: 3, newest: 100, from: 0 },
            "a repeat adds nothing"
        );
        window.remove(10, &id(2));
        assert_eq!(window.count(100), WindowCount { posts: 3, voices: 2, newest: 100, from: 0 });
        window.insert(-50, id(6), Some("d"), 100);
        assert_eq!(window.count(100).posts, 3, "what comes too late is not in it");
    }
}
