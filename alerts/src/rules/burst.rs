//! Rule `burst`: a key has more posts than usual.

use config::{Burst, BurstBy, Config};
use model::{PostId, Sector};

use super::hit::{RuleHit, Subject};
use super::window::WindowCount;
use crate::store::post::StoredPost;
use crate::stories::story::Story;

/// The name people see for alerts of this kind.
pub const NAME_RU: &str = "Всплеск публикаций";

/// With fewer weeks of history nothing is known of what is usual.
pub const ENOUGH_WEEKS: i64 = 4;

/// A key whose posts are a burst.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveBurst {
    /// Which of the rules, by its place in the configuration.
    pub rule: usize,
    /// What is counted.
    pub key: String,
    /// Why, in Russian.
    pub words: String,
    /// The alert that knows of it already.
    pub alert: Option<String>,
}

/// The keys of a post that a rule counts.
pub fn keys(post: &StoredPost, burst: &Burst) -> Vec<String> {
    let prefix = burst.by.code();
    match burst.by {
        BurstBy::Story => post.story.iter().map(|story| format!("story:{story}")).collect(),
        _ => post.keys().filter(|key| key.split(':').next() == Some(prefix)).map(str::to_owned).collect(),
    }
}

/// The hit of a burst that no alert knows of. `posts` are those in its window.
pub fn hit<'a>(
    rule: &'a str,
    of: &Burst,
    burst: &'a ActiveBurst,
    story: &'a Story,
    posts: impl FnOnce() -> Vec<PostId>,
    config: &'a Config,
    fresh: bool,
) -> RuleHit<'a> {
    let (name, kind) = key_name(config, &burst.key);
    let (subject, level) = match of.by {
        BurstBy::Story => (Subject::Story(story), of.level.max(story.level.unwrap_or(of.level))),
        _ => {
            let headline = format!("Всплеск: {name}");
            (Subject::Key { key: &burst.key, kind, headline, posts: posts() }, of.level)
        }
    };
    RuleHit { rule, subject, level, words: format!("{name}: {}", burst.words), fresh }
}

/// The name people see for a counted key, and its kind.
fn key_name<'a>(config: &'a Config, key: &'a str) -> (&'a str, &'a str) {
    match key.split_once(':') {
        Some(("sector", sector)) => (Sector::parse(sector).map_or(sector, |sector| sector.name_ru()), "burst"),
        Some(("topic", topic)) => (config.topic_name(topic), topic),
        Some(("place", place)) => (config.place_name(place), "burst"),
        _ => ("публикации об одном", "burst"),
    }
}

/// Why the posts of a window are a burst, if they are.
///
/// `usual` is the mean of the same hours of the last weeks, `weeks` how many of them there are. Below [`ENOUGH_WEEKS`] there is nothing to
/// compare with, and `minimum_new` decides alone.
pub fn is_burst(rule: &Burst, counted: WindowCount, usual: f64, weeks: i64) -> Option<String> {
    let posts = counted.posts as f64;
    let hours = rule.window.as_secs() / 3600;
    let window = match hours {
        0 => format!("{} мин", rule.window.as_secs() / 60),
        hours => format!("{hours} ч"),
    };
    let what = format!("{} публикаций, {} авторов за {window}", counted.posts, counted.voices);
    if counted.voices < rule.authors {
        return None;
    }
    if weeks < ENOUGH_WEEKS {
        let least = rule.minimum_new;
        return (counted.posts >= least)
            .then(|| format!("{what}; истории меньше четырёх недель, поэтому порог постоянный: {least}"));
    }
    // Three standard deviations of a count with this mean: more are no chance.
    let least = (rule.minimum as f64).max(usual * rule.factor).max(usual + 3.0 * usual.sqrt());
    (posts >= least).then(|| format!("{what}; в этот час недели обычно {usual:.1}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::Level;

    use super::*;

    fn rule() -> Burst {
        Burst {
            by: BurstBy::Topic,
            window: Duration::from_secs(3 * 3600),
            minimum: 8,
            minimum_new: 16,
            authors: 5,
            factor: 4.0,
            level: Level::High,
        }
    }

    #[track_caller]
    fn check(posts: u64, voices: u64, usual: f64, weeks: i64, burst: bool) {
        let counted = WindowCount { posts, voices, newest: 0, from: 0 };
        assert_eq!(is_burst(&rule(), counted, usual, weeks).is_some(), burst, "{posts} {voices} {usual} {weeks}");
    }

    #[test]
    fn a_burst_is_many_posts_of_many_voices_against_what_is_usual() {
        check(3, 3, 0.1, 8, false); // three at night are no 3,000 %
        check(8, 8, 0.1, 8, true);
        check(8, 4, 0.1, 8, false); // one angry person is no mass complaint
        check(20, 20, 6.0, 8, false);
        check(24, 20, 6.0, 8, true);
        check(15, 15, 0.0, 3, false); // too little history: a fixed minimum
        check(16, 15, 0.0, 3, true);
    }

    #[test]
    fn too_little_history_is_said() {
        let counted = WindowCount { posts: 16, voices: 9, newest: 0, from: 0 };
        let words = is_burst(&rule(), counted, 0.0, 1).unwrap();
        assert_eq!(
            words,
            "16 публикаций, 9 авторов за 3 ч; истории меньше четырёх недель, поэтому порог постоянный: 16"
        );
    }
}
