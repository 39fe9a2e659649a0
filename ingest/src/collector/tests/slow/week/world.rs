//! What was published where and when in a simulated stretch of time, and what became of it.

use std::collections::{HashMap, HashSet};

use model::{Kind, MaxMessage};

pub(super) const MINUTE: i64 = 60_000;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// How long before the begin of the world its sources were written on.
const HISTORY: i64 = 16 * DAY;

/// A post or comment, from its publication to its end. Times are milliseconds.
pub(super) struct Item {
    /// Its id in the journal.
    pub id: String,
    pub number: u64,
    pub kind: Kind,
    /// When the post it is or stands under was published.
    pub post_published_at: i64,
    pub published_at: i64,
    text: String,
    pub edit: Option<(i64, String)>,
    pub deleted_at: Option<i64>,
}

impl Item {
    pub(super) fn is_visible(&self, now: i64) -> bool {
        self.published_at <= now && self.deleted_at.is_none_or(|at| at > now)
    }

    pub(super) fn text(&self, now: i64) -> &str {
        self.edit.as_ref().filter(|(at, _)| *at <= now).map_or(&self.text, |(_, text)| text)
    }
}

/// Where a source is, and so what can become of its posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Wall(i64),
    Channel(usize),
    /// A channel of MAX.
    Chat(i64),
    Feed(usize),
}

impl Place {
    /// Posts a day: rates differ a hundredfold. A channel's page shows twenty posts, a feed thirty.
    fn rate(self, share: f64) -> f64 {
        match self {
            Place::Wall(_) => 0.4 * 100f64.powf(share),
            Place::Channel(_) => 0.4 * 20f64.powf(share),
            Place::Chat(_) => 0.4 * 50f64.powf(share),
            Place::Feed(_) => 0.4 * 10f64.powf(share),
        }
    }

    /// The id of a post or comment.
    fn id(self, number: u64) -> String {
        match self {
            Place::Wall(owner) => format!("vk:{owner}_{number}"),
            Place::Channel(channel) => format!("tg:channel{channel}/{number}"),
            Place::Chat(chat) => format!("max:{chat}/{}", MaxMessage { chat, number }.mid()),
            Place::Feed(feed) => format!("portal:{feed}/{number}"),
        }
    }
}

/// splitmix64 (<https://prng.di.unimi.it/splitmix64.c>): the same world from the same seed.
pub(super) struct Random(pub u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn within(&mut self, span: i64) -> i64 {
        (self.share() * span as f64) as i64
    }
}

/// All sources, each with its posts and the comments under them in the order of publication.
pub(super) struct World {
    pub posts: HashMap<Place, Vec<Item>>,
    pub comments: HashMap<(Place, u64), Vec<Item>>,
}

impl World {
    pub(super) fn new(seed: u64, places: &[Place], began: i64, until: i64) -> World {
        let mut random = Random(seed);
        let (mut posts, mut comments) = (HashMap::new(), HashMap::new());
        for &place in places {
            let a_day = place.rate(random.share());
            let mut at = began - HISTORY;
            let (mut list, mut number) = (Vec::new(), 0);
            loop {
                // Gaps of a Poisson process.
                at += (-(1.0 - random.share()).ln() * DAY as f64 / a_day) as i64;
                if at > until {
                    break;
                }
                number += 1;
                let post = item(&mut random, place, number, Kind::Post, at, at);
                if matches!(place, Place::Wall(_)) && random.share() < 0.15 {
                    let thread = (0..1 + random.next() % 4).map(|_| {
                        number += 1;
                        let published = at + 5 * MINUTE + random.within(DAY);
                        item(&mut random, place, number, Kind::Comment, at, published)
                    });
                    let mut thread: Vec<Item> = thread.collect();
                    thread.sort_by_key(|comment| comment.published_at);
                    comments.insert((place, post.number), thread);
                }
                list.push(post);
            }
            posts.insert(place, list);
        }
        World { posts, comments }
    }

    /// Everything that ever was, comments with the thread they are of. Comments under a post that was deleted go with it.
    pub(super) fn items(&self) -> impl Iterator<Item = (Place, &Item, &[Item])> {
        let posts = self.posts.iter().flat_map(|(place, posts)| posts.iter().map(|post| (*place, post)));
        let alive: HashSet<(Place, u64)> = posts
            .clone()
            .filter(|(_, post)| post.deleted_at.is_none())
            .map(|(place, post)| (place, post.number))
            .collect();
        let comments = self.comments.iter().filter(move |(post, _)| alive.contains(post));
        let comments =
            comments.flat_map(|((place, _), thread)| thread.iter().map(|comment| (*place, comment, thread.as_slice())));
        posts.map(|(place, post)| (place, post, [].as_slice())).chain(comments)
    }
}

/// An item with what becomes of it: a tenth is edited, a twentieth deleted, most of it soon. A feed tells of no deletion.
fn item(random: &mut Random, place: Place, number: u64, kind: Kind, post_published_at: i64, published_at: i64) -> Item {
    let later = |random: &mut Random| published_at + MINUTE + (random.share().powi(3) * 2.0 * DAY as f64) as i64;
    let edit = (random.share() < 0.1).then(|| (later(random), format!("Запись {number}, исправлено")));
    let deleted_at = (random.share() < 0.05).then(|| later(random)).filter(|_| !matches!(place, Place::Feed(_)));
    let (id, text) = (place.id(number), format!("Запись {number}"));
    Item { id, number, kind, post_published_at, published_at, text, edit, deleted_at }
}
