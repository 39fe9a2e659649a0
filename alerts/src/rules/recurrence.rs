//! Rule `recurrence`: people write again of something whose alert was closed.

use model::Level;

use super::hit::{Event, Finding};
use crate::stories::story::Story;

/// What the rule finds.
pub fn find(posts: u64, event: Event<'_>, story: &Story) -> Option<Finding> {
    let again = matches!(event, Event::Post(_)) && story.previous.is_some() && story.posts >= posts;
    again.then(|| Finding {
        level: story.level.unwrap_or(Level::Medium),
        words: "о том же снова пишут после закрытия".into(),
    })
}
