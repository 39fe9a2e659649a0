//! Posts of the last hours by counted key, in memory: what a burst is told from.

use std::collections::{BTreeMap, HashMap};

use model::PostId;

/// Posts kept for one key. Beyond it the window reaches less far back, and is compared with what is usual in the time that it reaches.
const MAX_POSTS: usize = 20_000;

/// One key of one rule. It slides with its newest post; what is older than that by more than its length is not in it.
#[derive(Debug, Default)]
pub struct Window {
    /// By publication and id. `None`: a near-copy, which is no voice of its own.
    posts: BTreeMap<(i64, PostId), Option<Box<str>>>,
    voices: HashMap<Box<str>, usize>,
}

/// What a window holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Posts.
    pub posts: u64,
    /// Different voices.
    pub voices: u64,
    /// Publication of the newest, in milliseconds.
    pub newest: i64,
    /// Since when the window holds every post.
    pub from: i64,
}

impl Window {
    /// Puts a post in and lets go of what is older than the window.
    pub fn insert(&mut self, at: i64, id: PostId, voice: Option<&str>, length: i64) {
        self.remove(at, &id);
        if let Some(voice) = voice {
            *self.voices.entry(voice.into()).or_default() += 1;
        }
        self.posts.insert((at, id), voice.map(Into::into));
        let newest = self.newest();
        while let Some(((oldest, id), _)) = self.posts.first_key_value() {
            if *oldest > newest - length && self.posts.len() <= MAX_POSTS {
                break;
            }
            let (oldest, id) = (*oldest, id.clone());
            self.remove(oldest, &id);
        }
    }

    /// Takes a post out, if it is in.
    pub fn remove(&mut self, at: i64, id: &PostId) {
        let Some(voice) = self.posts.remove(&(at, id.clone())).flatten() else { return };
        if let Some(posts) = self.voices.get_mut(&voice) {
            *posts -= 1;
            if *posts == 0 {
                self.voices.remove(&voice);
            }
        }
    }

    /// What it holds, for a window of a length.
    pub fn counted(&self, length: i64) -> Counted {
        let newest = self.newest();
        let from = match self.posts.first_key_value() {
            Some(((oldest, _), _)) if self.posts.len() >= MAX_POSTS => *oldest,
            _ => newest - length,
        };
        Counted { posts: self.posts.len() as u64, voices: self.voices.len() as u64, newest, from }
    }

    /// Its posts, oldest first.
    pub fn ids(&self) -> impl Iterator<Item = &PostId> {
        self.posts.keys().map(|(_, id)| id)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.posts.is_empty()
    }

    fn newest(&self) -> i64 {
        self.posts.last_key_value().map_or(0, |((at, _), _)| *at)
    }
}

/// Whether so many posts are more than usual, and in what words.
///
/// `usual` is the mean of the same hours of the last weeks, `weeks` how many of them there are. Below [`ENOUGH_WEEKS`] there is nothing to
/// compare with, and `minimum_new` decides alone.
pub fn is_burst(rule: &config::Burst, counted: Counted, usual: f64, weeks: i64) -> Option<String> {
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
    // Three deviations of a count of this mean: so many more are no chance.
    let least = (rule.minimum as f64).max(usual * rule.factor).max(usual + 3.0 * usual.sqrt());
    (posts >= least).then(|| format!("{what}; в этот час недели обычно {usual:.1}"))
}

/// With fewer weeks of history nothing is known of an hour of the week.
pub const ENOUGH_WEEKS: i64 = 4;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use config::{Burst, BurstBy};
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

    fn id(number: u32) -> PostId {
        PostId::new(format!("vk:-1_{number}")).unwrap()
    }

    #[track_caller]
    fn check(posts: u64, voices: u64, usual: f64, weeks: i64, burst: bool) {
        let counted = Counted { posts, voices, newest: 0, from: 0 };
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
        let counted = Counted { posts: 16, voices: 9, newest: 0, from: 0 };
        let words = is_burst(&rule(), counted, 0.0, 1).unwrap();
        assert_eq!(
            words,
            "16 публикаций, 9 авторов за 3 ч; истории меньше четырёх недель, поэтому порог постоянный: 16"
        );
    }

    #[test]
    fn a_window_slides_with_its_newest_post_and_counts_each_voice_once() {
        let mut window = Window::default();
        for (at, number, voice) in [(0, 1, Some("a")), (10, 2, Some("a")), (50, 3, None), (90, 4, Some("b"))] {
            window.insert(at, id(number), voice, 100);
        }
        assert_eq!(window.counted(100), Counted { posts: 4, voices: 2, newest: 90, from: -10 });
        window.insert(100, id(5), Some("c"), 100);
        assert_eq!(window.counted(100).posts, 4, "what is a whole window older is out");
        window.insert(100, id(5), Some("c"), 100);
        assert_eq!(window.counted(100), Counted { posts: 4, voices: 3, newest: 100, from: 0 }, "a repeat adds nothing");
        window.remove(10, &id(2));
        assert_eq!(window.counted(100), Counted { posts: 3, voices: 2, newest: 100, from: 0 });
        window.insert(-50, id(6), Some("d"), 100);
        assert_eq!(window.counted(100).posts, 3, "what comes too late is not in it");
    }
}
