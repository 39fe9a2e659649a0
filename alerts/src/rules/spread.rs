//! Rule `spread`: a story is told by many sources, or seen by many people.

use model::Level;

use super::hit::{Event, Finding};
use crate::stories::story::Story;

/// What the rule finds.
pub fn find(
    sources: Option<u64>,
    views: Option<u64>,
    level: Level,
    event: Event<'_>,
    story: &Story,
) -> Option<Finding> {
    let seen = views.is_some_and(|least| story.views >= least);
    let fires = match event {
        Event::Post(_) => seen || sources.is_some_and(|least| story.sources >= least),
        Event::Growth { .. } => seen,
        Event::Correction => false,
    };
    fires.then(|| Finding {
        level: story.level.unwrap_or(level).max(level),
        words: format!("источников {}, просмотров {}", story.sources, story.views),
    })
}
