//! The kinds of rules: each has a file of its own, and one line in each list here.

use config::{AlertRule, Config, RuleKind};
use model::{Level, Time};
use rusqlite::Transaction;

use super::component::Component;
use super::health::Health;
use super::hit::{Event, Finding};
use super::{burst, growth, query, recurrence, risk, silence, spread, system};
use crate::store::error::AlertError;
use crate::store::handle::Alerts;
use crate::stories::story::Story;

/// What a rule finds in a story after an event.
pub fn find(rule: &RuleKind, event: Event<'_>, story: &Story, config: &Config) -> Option<Finding> {
    match rule {
        RuleKind::Risk { level } => risk::find(*level, event, story, config),
        RuleKind::Spread { sources, views, level } => spread::find(*sources, *views, *level, event, story),
        RuleKind::Growth { views_per_hour, reposts_per_hour, level } => {
            growth::find(*views_per_hour, *reposts_per_hour, *level, event, story)
        }
        RuleKind::Query { search, level } => query::find(search, *level, event, config),
        RuleKind::Recurrence { posts, .. } => recurrence::find(*posts, event, story),
        // Bursts are found by the detector, the others by what time brings: see `components`.
        RuleKind::Burst(_) | RuleKind::Silence { .. } | RuleKind::System { .. } => None,
    }
}

/// The components that a rule watches, each with its problem if it has one, and the level of their alerts. `None`: it watches none,
/// or nothing is known of them.
pub fn components(
    rule: &AlertRule,
    alerts: &Alerts,
    transaction: &Transaction<'_>,
    health: Option<&Health>,
    now: Time,
) -> Result<Option<(Level, Vec<Component>)>, AlertError> {
    match (&rule.kind, health) {
        (RuleKind::Silence { of, after, level }, _) => {
            let components = silence::components(*of, *after, alerts, transaction, now)?;
            Ok(Some((*level, components)))
        }
        (RuleKind::System { lag, dead_letters, disk_free_percent, level }, Some(health)) => {
            let limits =
                system::Limits { lag: *lag, dead_letters: *dead_letters, disk_free_percent: *disk_free_percent };
            let components = system::components(limits, alerts, transaction, health, now)?;
            Ok(Some((*level, components)))
        }
        _ => Ok(None),
    }
}

/// The name people see for the kind of an alert, where its rule gives one.
pub fn name_ru(kind: &str) -> Option<&'static str> {
    match kind {
        "burst" => Some(burst::NAME_RU),
        "silence" => Some(silence::NAME_RU),
        "system" => Some(system::NAME_RU),
        _ => None,
    }
}

impl Alerts {
    /// The kind of a rule, by the rule's id.
    pub(crate) fn rule_code(&self, rule: &str) -> &'static str {
        let rules = &self.config().alerts.rules;
        rules.iter().find(|known| known.id == rule).map_or("rule", |known| known.kind.code())
    }
}

#[cfg(test)]
mod tests {
    use config::Files;
    use model::{Platform, Post, PostId, Tags};

    use super::*;

    fn story(level: Option<Level>, posts: u64, sources: u64, views: u64) -> Story {
        Story {
            id: "s".into(),
            kind: "fire".into(),
            events: Vec::new(),
            place: None,
            sector: None,
            recipient: None,
            headline: String::new(),
            posts,
            voices: posts,
            sources,
            views,
            level,
            previous: Some("before".into()),
            first: Time::UNIX_EPOCH,
        }
    }

    #[test]
    fn each_kind_looks_at_its_own_events_and_gives_its_level() {
        let config = Config::parse(&Files::shipped()).unwrap();
        let id = PostId::new("vk:-1_1").unwrap();
        let post = Post::new(id, Platform::Vk, "s".to_owned(), Time::UNIX_EPOCH, String::new());
        let tagged = model::TaggedPost { post, tags: Tags { matched: vec!["found".into()], ..Tags::default() } };
        let (post, correction) = (Event::Post(&tagged), Event::Correction);
        let grown = |views, reposts| Event::Growth { views, reposts };
        let risk = RuleKind::Risk { level: Level::High };
        let spread = RuleKind::Spread { sources: Some(3), views: Some(1000), level: Level::Medium };
        let growth = RuleKind::Growth { views_per_hour: Some(500), reposts_per_hour: Some(20), level: Level::Medium };
        let query = |search: &str| RuleKind::Query { search: search.into(), level: Level::Low };
        let recurrence = RuleKind::Recurrence { posts: 3, within: std::time::Duration::ZERO };
        let high = story(Some(Level::High), 3, 3, 0);
        let (mild, seen) = (story(Some(Level::Low), 2, 2, 0), story(None, 2, 1, 1000));
        let cases = [
            (&risk, post, &high, Some(Level::High)),
            (&risk, correction, &high, Some(Level::High)),
            (&risk, grown(1000, 1000), &high, None),
            (&risk, post, &mild, None),
            (&risk, correction, &story(Some(Level::High), 0, 0, 0), None),
            (&spread, post, &high, Some(Level::High)),
            (&spread, post, &mild, None),
            (&spread, post, &seen, Some(Level::Medium)),
            (&spread, grown(0, 0), &seen, Some(Level::Medium)),
            (&spread, grown(0, 0), &high, None),
            (&spread, correction, &high, None),
            (&growth, grown(500, 0), &mild, Some(Level::Medium)),
            (&growth, grown(0, 20), &high, Some(Level::High)),
            (&growth, grown(499, 19), &high, None),
            (&growth, post, &high, None),
            (&query("found"), post, &high, Some(Level::Low)),
            (&query("other"), post, &high, None),
            (&query("found"), correction, &high, None),
            (&recurrence, post, &high, Some(Level::High)),
            (&recurrence, post, &seen, None),
            (&recurrence, post, &Story { previous: None, ..high.clone() }, None),
            (&recurrence, correction, &high, None),
        ];
        for (rule, event, story, expect) in cases {
            let found = find(rule, event, story, &config);
            assert!(found.as_ref().is_none_or(|finding| !finding.words.is_empty()));
            assert_eq!(found.map(|finding| finding.level), expect, "{rule:?} {event:?} {story:?}");
        }
    }
}
