//! Rule `growth`: a story gains views or reposts fast.

use model::Level;

use super::hit::{Event, Finding};
use crate::stories::story::Story;

/// What the rule finds.
pub fn find(
    views_per_hour: Option<u64>,
    reposts_per_hour: Option<u64>,
    level: Level,
    event: Event<'_>,
    story: &Story,
) -> Option<Finding> {
    let Event::Growth { views, reposts } = event else { return None };
    let fires =
        views_per_hour.is_some_and(|least| views >= least) || reposts_per_hour.is_some_and(|least| reposts >= least);
    fires.then(|| Finding {
        level: story.level.unwrap_or(level).max(level),
        words: format!("за час просмотров +{views}, репостов +{reposts}"),
    })
}
