//! Posts to measure with: from a seed, or from texts in a file.
//!
//! The text model takes its sentences from the sample district, whose every text is invented, and adds what makes a real
//! vocabulary long: misspelt words, numbers, and names that follow Zipf's law. As in any public flow most posts report
//! nothing that a municipality answers for.

mod random;
mod texts;

use std::path::PathBuf;

use anyhow::Result;
use model::{Kind, Origin, Platform, Post, PostId, Time, wire};

pub use random::Random;

/// Sources that the posts come from.
const SOURCES: u64 = 500;

/// One post in this many is a later version of one before it.
const EDITS: u64 = 30;

/// One post in this many is the deletion of one before it.
const DELETIONS: u64 = 300;

/// An edit or a deletion is of one of this many posts before it: what people change is fresh.
const RECENT: u64 = 50_000;

/// One post in this many reports something; the others chat.
const REPORTS: u64 = 10;

/// The days over which generated posts were published.
pub const DAYS: u32 = 30;

/// What posts are made from.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The same seed makes the same posts.
    pub seed: u64,
    /// A file to take the texts from; otherwise they are made up.
    pub input: Option<PathBuf>,
}

/// Where texts come from.
enum Texts {
    /// Sentences to put together: of chat, and of everything.
    Model { chat: Vec<String>, all: Vec<String> },
    /// Title and text, as they are, over and over.
    Given(Vec<(Option<String>, String)>),
}

/// Makes posts one by one. The same seed and number of posts make the same posts.
pub struct Posts {
    texts: Texts,
    random: Random,
    made: u64,
    start: Time,
    step_ms: f64,
}

impl Posts {
    /// `count` posts that were published evenly over the [`DAYS`] before `end`.
    pub fn new(generated: &Generated, count: u64, end: Time) -> Result<Posts> {
        let seed = generated.seed;
        let texts = match &generated.input {
            Some(path) => Texts::Given(texts::read(path)?),
            None => {
                let world = sample::World::new(end, seed);
                Texts::Model { chat: texts::sentences(&world, true), all: texts::sentences(&world, false) }
            }
        };
        let span_ms = i64::from(DAYS) * 24 * 3_600_000;
        let start = Time::from_millisecond(end.as_millisecond() - span_ms)?;
        Ok(Posts { texts, random: Random::new(seed), made: 0, start, step_ms: span_ms as f64 / count.max(1) as f64 })
    }

    /// The next post: a new one, an edit or a tombstone.
    #[allow(clippy::should_implement_trait)] // It may fail, and it never ends.
    pub fn next(&mut self) -> Result<Post> {
        let number = self.made;
        self.made += 1;
        let seen = self.time(number)?;
        let back = |random: &mut Random| number - 1 - random.below(RECENT.min(number));
        if number > 0 && self.random.below(DELETIONS) == 0 {
            let gone = back(&mut self.random);
            return Ok(self.post(gone, seen)?.tombstone(seen));
        }
        if number > 0 && self.random.below(EDITS) == 0 {
            let edited = back(&mut self.random);
            return Ok(Post { edited_at: Some(seen), ..self.post(edited, seen)? });
        }
        self.post(number, seen)
    }

    /// The post of a number as it was seen at a time; its text is new each time.
    fn post(&mut self, number: u64, seen: Time) -> Result<Post> {
        let source = number % SOURCES;
        let (platform, id) = match source % 2 {
            0 => (Platform::Telegram, format!("tg:channel{source}/{}", number / SOURCES + 1)),
            _ => (Platform::Vk, format!("vk:-{}_{}", 1_000_000 + source, number / SOURCES + 1)),
        };
        let (title, text) = match &self.texts {
            Texts::Given(texts) => texts[(number % texts.len() as u64) as usize].clone(),
            Texts::Model { chat, all } => {
                let sentences = if self.random.below(REPORTS) == 0 { all } else { chat };
                (None, texts::compose(sentences, &mut self.random))
            }
        };
        let views = self.random.below(20_000);
        Ok(Post {
            v: wire::FORMAT,
            id: PostId::new(id)?,
            platform,
            source: format!("bench-{source}"),
            kind: Kind::Post,
            url: Some(format!("https://example.org/{source}/{number}")),
            published_at: self.time(number)?,
            edited_at: None,
            seen_at: Some(seen),
            deleted_at: None,
            title,
            text,
            poll: None,
            views: Some(views),
            reactions: Some(views / 50),
            reposts: Some(views / 400),
            comments: Some(views / 200),
            author: None,
            in_reply_to: None,
            answers: None,
            forwarded_from: None,
            advert: false,
            origin: Origin::Live,
        })
    }

    fn time(&self, number: u64) -> Result<Time> {
        Ok(Time::from_millisecond(self.start.as_millisecond() + (number as f64 * self.step_ms) as i64)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(seed: u64, count: u64) -> Vec<Post> {
        let end = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut posts = Posts::new(&Generated { seed, input: None }, count, end).unwrap();
        (0..count).map(|_| posts.next().unwrap()).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_posts_and_another_does_not() {
        assert_eq!(made(7, 400), made(7, 400));
        assert_ne!(made(7, 400), made(8, 400));
    }

    #[test]
    fn posts_are_valid_and_some_are_edits_and_deletions_of_others() {
        let posts = made(1, 5_000);
        posts.iter().for_each(|post| wire::check_post(post, None).unwrap());
        let ids: std::collections::BTreeSet<_> = posts.iter().map(|post| &post.id).collect();
        let (deleted, edited) = (
            posts.iter().filter(|post| post.is_deleted()).count(),
            posts.iter().filter(|post| post.edited_at.is_some()).count(),
        );
        assert!((5..50).contains(&deleted) && (100..250).contains(&edited), "{deleted} {edited}");
        assert!(ids.len() > 4_700 && ids.len() < 5_000 - deleted, "{}", ids.len());
        let bytes: usize = posts.iter().map(|post| post.text.len()).sum();
        assert!((300..1_200).contains(&(bytes / posts.len())), "{}", bytes / posts.len());
    }
}
