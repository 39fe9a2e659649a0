//! A post of the sample with all that becomes of it, and what is to be seen of it at a moment.

use model::{Poll, Sector, Time};

use crate::content::{Kind, Ring};
use crate::rng::hash;

/// A post of the world with all that becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Index of its source in [`World::sources`](crate::World::sources).
    pub source: usize,
    /// Its number on the platform; grows with time within a source and has gaps.
    pub number: u64,
    /// When it appears.
    pub published_at: Time,
    /// Headline, in feeds.
    pub title: Option<String>,
    /// The text as published.
    pub text: String,
    /// Later texts, in the order of time.
    pub edits: Vec<(Time, String)>,
    /// When it disappears.
    pub deleted_at: Option<Time>,
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub sector: Sector,
    /// The scripted story that it tells, by its id.
    pub story: Option<String>,
    /// The alert that must ring for it, where it tells no scripted story.
    pub ring: Option<Ring>,
    /// Invented number of a private author.
    pub author: Option<i64>,
    /// Marked as an advertisement.
    pub ad: bool,
    /// Attached poll.
    pub poll: Option<Poll>,
    /// Index in [`World::posts`](crate::World::posts) of the post of the same source that it answers.
    pub reply_to: Option<usize>,
    /// Index in [`World::posts`](crate::World::posts) of the post that it reposts or forwards.
    pub repost_of: Option<usize>,
    /// Stands above newer posts.
    pub pinned: bool,
    /// Has a photo.
    pub photo: bool,
    /// What its views grow towards.
    pub(crate) reach: u32,
}

/// A post as it is to be seen at a moment.
#[derive(Debug, Clone, Copy)]
pub struct View<'w> {
    /// The post.
    pub post: &'w Post,
    /// Its text by now.
    pub text: &'w str,
    /// When it was last edited by now.
    pub edited_at: Option<Time>,
    /// Views by now.
    pub views: u64,
    /// Likes or reactions by now.
    pub likes: u64,
    /// Reposts by now.
    pub reposts: u64,
    /// Comments by now.
    pub comments: u64,
}

impl Post {
    /// What is to be seen of it at a moment; nothing before its publication and after its deletion.
    pub fn seen_at(&self, now: Time) -> Option<View<'_>> {
        if self.published_at > now || self.deleted_at.is_some_and(|deleted| deleted <= now) {
            return None;
        }
        let edit = self.edits.iter().rev().find(|(at, _)| *at <= now);
        let views = self.views(now);
        // Shares of the viewers who act, different from post to post and the same at every reading.
        let share = |of: &str, per_mille: u64| {
            let luck = hash(format!("{of}{}{}", self.number, self.source).as_bytes()) % (2 * per_mille + 1);
            views * luck / 1000
        };
        Some(View {
            post: self,
            text: edit.map_or(&self.text, |(_, text)| text),
            edited_at: edit.map(|(at, _)| *at),
            views,
            likes: share("likes", 14),
            reposts: share("reposts", 3),
            comments: share("comments", 6),
        })
    }

    /// Half of the reach after four hours, ever slower then; never falls.
    fn views(&self, now: Time) -> u64 {
        let age_min = (now.duration_since(self.published_at).as_secs() / 60).max(0) as u64;
        1 + u64::from(self.reach) * age_min / (age_min + 240)
    }
}
