//! Fifteen days of posts from the content: the daily flow, what it brings about, later changes, and the stories.

mod changes;
mod compose;
mod daily;
mod echoes;
mod order;
mod slots;
mod stories;
mod style;
mod timing;

use std::collections::BTreeMap;

use model::Time;

use crate::content::{Content, Source};
use crate::post::Post;
use crate::time::{after, hours};
use daily::Generator;

pub use daily::DAYS;

/// The posts of a world, in the order of publication.
pub(crate) fn posts(content: &Content, start: Time, end: Time, seed: u64) -> Vec<Post> {
    let mut generator = Generator { content, start, end, seed, posts: Vec::new(), slots: BTreeMap::new() };
    generator.daily_flow();
    generator.answers();
    generator.replies();
    generator.copies();
    generator.reposts();
    generator.edits();
    generator.deletions();
    generator.posts.extend(stories::posts(content, start, end, seed, generator.posts.len()));
    order::number(order::in_order(generator.posts, start, end), content, seed)
}

/// When a source answers 503.
pub(crate) fn outage(content: &Content, source: &Source, end: Time) -> Option<(Time, Time)> {
    let [from, to] = source.down?;
    let begin = content.stories.first().map(|story| stories::begin(story, end))?;
    Some((after(begin, hours(from)), after(begin, hours(to))))
}
