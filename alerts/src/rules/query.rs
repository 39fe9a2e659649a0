//! Rule `query`: a post matches a saved search.

use config::Config;
use model::Level;

use super::hit::{Event, Finding};

/// What the rule finds.
pub fn find(search: &String, level: Level, event: Event<'_>, config: &Config) -> Option<Finding> {
    let Event::Post(tagged) = event else { return None };
    let matched = tagged.tags.matched.contains(search);
    matched.then(|| Finding {
        level, words: format!("сохранённый поиск «{}»", config.search_name(search))
    })
}
