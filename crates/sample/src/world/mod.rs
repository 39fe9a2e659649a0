//! The world of the sample: every post that will have been published by its end, and what is to be seen of it at a moment.

#[cfg(any(test, feature = "expected"))]
mod expected;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::Time;

use crate::content::{Content, Ring, Source};
use crate::generate;
use crate::post::{Post, View};
use crate::time::{before, floor_to_minute};

#[cfg(any(test, feature = "expected"))]
pub use expected::Expected;

/// Fifteen days of a district. The same end and seed make the same world.
#[derive(Debug)]
pub struct World {
    start: Time,
    end: Time,
    sources: Vec<Source>,
    /// In the order of publication.
    posts: Vec<Post>,
    /// By source: when it answers 503.
    outages: Vec<Option<(Time, Time)>>,
    /// By scripted story: the alerts that it must ring for.
    rings: BTreeMap<String, Vec<Ring>>,
}

impl World {
    /// The world that ends at a time, floored to the minute.
    pub fn new(end: Time, seed: u64) -> World {
        let end = floor_to_minute(end);
        let start = before(end, SignedDuration::from_hours(24 * generate::DAYS));
        let content = Content::read();
        let posts = generate::posts(&content, start, end, seed);
        let outages = content.sources.iter().map(|source| generate::outage(&content, source, end)).collect();
        World {
            start,
            end,
            sources: content.sources,
            posts,
            outages,
            rings: content.stories.into_iter().map(|story| (story.id, story.rings)).collect(),
        }
    }

    /// When its first day begins.
    pub fn start(&self) -> Time {
        self.start
    }

    /// When its last day ends.
    pub fn end(&self) -> Time {
        self.end
    }

    /// All sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// All posts, in the order of publication.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// The scripted stories by their ids, each with the alerts that it must ring for.
    pub fn rings(&self) -> &BTreeMap<String, Vec<Ring>> {
        &self.rings
    }

    /// What is to be seen at a moment, oldest first.
    pub fn visible(&self, now: Time) -> impl DoubleEndedIterator<Item = View<'_>> {
        self.posts.iter().filter_map(move |post| post.seen_at(now))
    }

    /// What a source shows at a moment, oldest first.
    pub fn visible_of(&self, source: usize, now: Time) -> impl DoubleEndedIterator<Item = View<'_>> {
        self.visible(now).filter(move |view| view.post.source == source)
    }

    /// Whether a source answers 503 at a moment.
    pub fn is_down(&self, source: usize, now: Time) -> bool {
        self.outages.get(source).is_some_and(|outage| outage.is_some_and(|(from, to)| from <= now && now < to))
    }
}

#[cfg(test)]
mod tests;
