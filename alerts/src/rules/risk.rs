//! Rule `risk`: a story has reached a level of risk.

use config::Config;
use model::Level;

use super::hit::{Event, Finding};
use crate::store::post::kind_name;
use crate::stories::story::Story;

/// What the rule finds.
pub fn find(least: Level, event: Event<'_>, story: &Story, config: &Config) -> Option<Finding> {
    if matches!(event, Event::Growth { .. }) || story.posts == 0 {
        return None;
    }
    let level = story.level.filter(|level| *level >= least)?;
    Some(Finding { level, words: format!("{}, уровень: {}", kind_name(config, &story.kind), level.name_ru()) })
}
