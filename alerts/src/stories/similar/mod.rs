//! Recent posts by what they tell, for finding the story that a post belongs to.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use model::{SAME_EVENT, Signature, Sketch, Time};

/// Posts that are remembered, about 20 MB: as many as a district writes in a week. When there are more the oldest are forgotten, and a
/// post that resembles only these begins a story of its own.
pub const MAX_RECENT: usize = 20_000;

/// Posts that are remembered of one story: enough for the different ways of telling it. Without this limit a storm of reposts would
/// push every other story out.
pub const MAX_OF_STORY: usize = 50;

/// Occurrences of shared words that are looked at, those of rare words first. A post of nothing but words that everybody uses today then
/// costs no more than others. Posts that resemble it share rare words too.
const MAX_SHARED: usize = 4_000;

/// Words that a post must share before it is compared (more than half where it has fewer): with fewer it cannot be similar enough.
const MIN_SHARED: usize = 3;

/// Why two posts are of one story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Resemblance {
    /// Nearly the same text, with the number of bits in which the signatures differ.
    NearCopy(u32),
    /// Other words for the same event, with their similarity from 0 to 1.
    SameEvent(f32),
}

impl Resemblance {
    /// Near-copies come first, then the most similar.
    fn closer(&self, other: &Resemblance) -> Ordering {
        match (self, other) {
            (Resemblance::NearCopy(own), Resemblance::NearCopy(other)) => own.cmp(other),
            (Resemblance::NearCopy(_), Resemblance::SameEvent(_)) => Ordering::Less,
            (Resemblance::SameEvent(_), Resemblance::NearCopy(_)) => Ordering::Greater,
            (Resemblance::SameEvent(own), Resemblance::SameEvent(other)) => other.total_cmp(own),
        }
    }
}

/// Recent posts by their words, each with its story.
///
/// What is found depends on what was inserted and not on the order, so that a restart changes nothing.
#[derive(Debug)]
pub struct RecentPosts<K> {
    /// How far apart in time posts of one story can be, in seconds.
    window_s: i64,
    /// The most bits in which the signatures of near-copies differ.
    copy_distance: u32,
    posts: Vec<Option<Post<K>>>,
    /// Places in `posts` that are free.
    free: Vec<usize>,
    by_age: BTreeSet<Age>,
    of_story: HashMap<K, BTreeSet<Age>>,
    with_word: HashMap<u32, Vec<usize>>,
    /// Posts whose text is too short for a sketch, found by signature alone.
    short: Vec<usize>,
}

#[derive(Debug)]
struct Post<K> {
    story: K,
    age: Age,
    signature: Option<Signature>,
    sketch: Option<Sketch>,
}

/// Oldest first; posts of one moment by the number that they were inserted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Age {
    at: Time,
    number: u64,
    place: usize,
}

impl<K: Clone + Eq + Hash> RecentPosts<K> {
    /// An empty one.
    pub fn new(window_s: i64, copy_distance: u32) -> RecentPosts<K> {
        RecentPosts {
            window_s,
            copy_distance,
            posts: Vec::new(),
            free: Vec::new(),
            by_age: BTreeSet::new(),
            of_story: HashMap::new(),
            with_word: HashMap::new(),
            short: Vec::new(),
        }
    }

    /// Remembers a post of a story, published at a time. A post without signature and sketch resembles nothing and is not kept. The
    /// number depends on the post alone and orders posts of one moment.
    pub fn insert(&mut self, story: K, at: Time, number: u64, signature: Option<Signature>, sketch: Option<Sketch>) {
        if signature.is_none() && sketch.is_none() {
            return;
        }
        let place = self.free.pop().unwrap_or_else(|| {
            self.posts.push(None);
            self.posts.len() - 1
        });
        let age = Age { at, number, place };
        self.by_age.insert(age);
        let of_story = self.of_story.entry(story.clone()).or_default();
        of_story.insert(age);
        let surplus = of_story.first().copied().filter(|_| of_story.len() > MAX_OF_STORY);
        match &sketch {
            Some(sketch) => {
                for term in sketch.terms() {
                    self.with_word.entry(term.word()).or_default().push(place);
                }
            }
            None => self.short.push(place),
        }
        self.posts[place] = Some(Post { story, age, signature, sketch });
        let oldest = self.by_age.first().copied().filter(|_| self.by_age.len() > MAX_RECENT);
        if let Some(age) = surplus.or(oldest) {
            self.forget(age);
        }
    }

    /// Forgets the post that was inserted with exactly this story, time and number.
    pub fn remove(&mut self, story: &K, at: Time, number: u64) {
        let is_it = |age: &&Age| age.at == at && age.number == number;
        let age = self.of_story.get(story).and_then(|of_story| of_story.iter().find(is_it)).copied();
        if let Some(age) = age {
            self.forget(age);
        }
    }

    /// The story of the post that resembles this one most: a near-copy goes before another account of the event, and of equals the
    /// oldest wins.
    pub fn nearest(&self, at: Time, signature: Option<Signature>, sketch: Option<&Sketch>) -> Option<(K, Resemblance)> {
        let candidates = match sketch {
            Some(sketch) => self.sharing(sketch),
            None => self.short.clone(),
        };
        let posts = candidates.iter().filter_map(|place| self.posts[*place].as_ref());
        let close = posts.filter(|post| (post.age.at.as_second() - at.as_second()).abs() <= self.window_s);
        let resembling = close.filter_map(|post| Some((self.resemblance(post, signature, sketch)?, post)));
        let (resemblance, post) =
            resembling.min_by(|(a, own), (b, other)| a.closer(b).then(own.age.cmp(&other.age)))?;
        Some((post.story.clone(), resemblance))
    }

    /// Why a post and a remembered one tell one story, if they do. Where both say enough the sketches decide, because the same notice
    /// for another house is a near-copy too.
    fn resemblance(
        &self,
        post: &Post<K>,
        signature: Option<Signature>,
        sketch: Option<&Sketch>,
    ) -> Option<Resemblance> {
        let similarity = post.sketch.as_ref().zip(sketch).and_then(|(own, other)| own.similarity(other));
        if similarity.is_some_and(|similarity| similarity < SAME_EVENT) {
            return None;
        }
        let apart = post.signature.zip(signature).map(|(own, other)| (own.0 ^ other.0).count_ones());
        let copy = apart.filter(|apart| *apart <= self.copy_distance).map(Resemblance::NearCopy);
        copy.or(similarity.map(Resemblance::SameEvent))
    }

    /// Forgets the posts published before a time.
    pub fn forget_before(&mut self, at: Time) {
        while let Some(oldest) = self.by_age.first().copied().filter(|oldest| oldest.at < at) {
            self.forget(oldest);
        }
    }

    /// The number of posts remembered.
    pub fn len(&self) -> usize {
        self.by_age.len()
    }

    /// Whether no post is remembered.
    pub fn is_empty(&self) -> bool {
        self.by_age.is_empty()
    }

    /// The places of posts that share words with a sketch.
    fn sharing(&self, sketch: &Sketch) -> Vec<usize> {
        let mut lists: Vec<&Vec<usize>> =
            sketch.terms().iter().filter_map(|term| self.with_word.get(&term.word())).collect();
        lists.sort_by_key(|list| list.len());
        let enough = MIN_SHARED.min(sketch.terms().len() / 2 + 1) as u8;
        let (mut shared, mut looked_at, mut candidates) = (vec![0_u8; self.posts.len()], 0, Vec::new());
        for list in lists {
            looked_at += list.len();
            if looked_at > MAX_SHARED {
                break;
            }
            for &place in list {
                shared[place] += 1;
                if shared[place] == enough {
                    candidates.push(place);
                }
            }
        }
        candidates
    }

    fn forget(&mut self, age: Age) {
        self.by_age.remove(&age);
        let Some(post) = self.posts[age.place].take() else { return };
        self.free.push(age.place);
        if let Some(of_story) = self.of_story.get_mut(&post.story) {
            of_story.remove(&age);
            if of_story.is_empty() {
                self.of_story.remove(&post.story);
            }
        }
        let Some(sketch) = post.sketch else { return self.short.retain(|place| *place != age.place) };
        for term in sketch.terms() {
            let Some(list) = self.with_word.get_mut(&term.word()) else { continue };
            list.retain(|place| *place != age.place);
            if list.is_empty() {
                self.with_word.remove(&term.word());
            }
        }
    }
}

#[cfg(test)]
mod tests;
