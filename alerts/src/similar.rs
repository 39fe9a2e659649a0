//! Recent posts by what they tell, for finding the story that a post belongs to.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use model::{SAME_EVENT, Signature, Sketch, Time};

/// Posts remembered, about 20 MB. A district writes as many in a week; when there are more, the oldest are forgotten first, and a
/// post that only these resemble begins a story of its own.
pub const MAX_RECENT: usize = 20_000;

/// Posts remembered of one story: enough for the ways in which it is told. Without the bound a storm of reposts would push every
/// other story out.
pub const MAX_OF_STORY: usize = 50;

/// Occurrences of shared words looked at, those of rare words first. A post made of words that everybody uses today then costs no more
/// than others; whatever resembles it shares rare words too.
const MAX_SHARED: usize = 4_000;

/// Words that a post must share before it is compared, or more than half where there are so few: with fewer none is similar enough.
const MIN_SHARED: usize = 3;

/// Why two posts are of one story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reason {
    /// Nearly the same text: so many bits of the signatures differ.
    NearCopy(u32),
    /// Other words for the same event: how similar they are, from 0 to 1.
    SameEvent(f32),
}

impl Reason {
    /// Near-copies first, then what is most similar.
    fn closer(&self, other: &Reason) -> Ordering {
        match (self, other) {
            (Reason::NearCopy(own), Reason::NearCopy(other)) => own.cmp(other),
            (Reason::NearCopy(_), Reason::SameEvent(_)) => Ordering::Less,
            (Reason::SameEvent(_), Reason::NearCopy(_)) => Ordering::Greater,
            (Reason::SameEvent(own), Reason::SameEvent(other)) => other.total_cmp(own),
        }
    }
}

/// Recent posts with the story of each, by their words.
///
/// What is found hangs on what was inserted and on nothing else: not on the order, so that a restart changes nothing.
#[derive(Debug)]
pub struct Recent<K> {
    /// How far apart in time posts of one story can be, in seconds.
    window_s: i64,
    /// Bits in which the signatures of near-copies differ at most.
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

/// Oldest first; of one moment, by the number that the post was inserted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Age {
    at: Time,
    number: u64,
    place: usize,
}

impl<K: Clone + Eq + Hash> Recent<K> {
    /// An empty one.
    pub fn new(window_s: i64, copy_distance: u32) -> Recent<K> {
        Recent {
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

    /// Remembers a post of a story, published at that time. One without signature and sketch resembles nothing and is not kept.
    /// The number is the post's own and orders what was published at one moment.
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

    /// Forgets a post that was inserted with just these, as a version of it that no longer counts.
    pub fn remove(&mut self, story: &K, at: Time, number: u64) {
        let is_it = |age: &&Age| age.at == at && age.number == number;
        let age = self.of_story.get(story).and_then(|of_story| of_story.iter().find(is_it)).copied();
        if let Some(age) = age {
            self.forget(age);
        }
    }

    /// The story of the post that resembles this one most: a near-copy before one that tells the same event; of equal ones the
    /// oldest.
    pub fn nearest(&self, at: Time, signature: Option<Signature>, sketch: Option<&Sketch>) -> Option<(K, Reason)> {
        let candidates = match sketch {
            Some(sketch) => self.sharing(sketch),
            None => self.short.clone(),
        };
        let posts = candidates.iter().filter_map(|place| self.posts[*place].as_ref());
        let close = posts.filter(|post| (post.age.at.as_second() - at.as_second()).abs() <= self.window_s);
        let resembling = close.filter_map(|post| Some((self.reason(post, signature, sketch)?, post)));
        let (reason, post) = resembling.min_by(|(a, own), (b, other)| a.closer(b).then(own.age.cmp(&other.age)))?;
        Some((post.story.clone(), reason))
    }

    /// Why a post and one of these tell one story. Where both say enough their sketches decide, since the same notice for another
    /// house is a near-copy as well.
    fn reason(&self, post: &Post<K>, signature: Option<Signature>, sketch: Option<&Sketch>) -> Option<Reason> {
        let similarity = post.sketch.as_ref().zip(sketch).and_then(|(own, other)| own.similarity(other));
        if similarity.is_some_and(|similarity| similarity < SAME_EVENT) {
            return None;
        }
        let apart = post.signature.zip(signature).map(|(own, other)| (own.0 ^ other.0).count_ones());
        let copy = apart.filter(|apart| *apart <= self.copy_distance).map(Reason::NearCopy);
        copy.or(similarity.map(Reason::SameEvent))
    }

    /// Forgets the posts published before a time.
    pub fn forget_before(&mut self, at: Time) {
        while let Some(oldest) = self.by_age.first().copied().filter(|oldest| oldest.at < at) {
            self.forget(oldest);
        }
    }

    /// How many posts are remembered.
    pub fn len(&self) -> usize {
        self.by_age.len()
    }

    /// Whether none is.
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
mod tests {
    use std::ops::Range;

    use model::Term;

    use super::*;

    const WINDOW_S: i64 = 24 * 3600;

    fn recent() -> Recent<u64> {
        Recent::new(WINDOW_S, 12)
    }

    fn at(minute: i64) -> Time {
        Time::from_second(1_790_000_000 + minute * 60).unwrap()
    }

    fn sketch(words: Range<u64>) -> Option<Sketch> {
        Some(Sketch::new(words.clone().map(|word| Term::new(word, 2, word < words.start + 6)).collect()))
    }

    fn nearest(recent: &Recent<u64>, minute: i64, words: Range<u64>) -> Option<(u64, Reason)> {
        recent.nearest(at(minute), None, sketch(words).as_ref())
    }

    #[test]
    fn a_near_copy_goes_before_the_same_event_and_nothing_else_is_found() {
        let mut recent = recent();
        recent.insert(1, at(0), 1, Some(Signature(0)), sketch(0..20));
        recent.insert(2, at(1), 2, Some(Signature(u64::MAX)), sketch(2..22));
        let found = |signature, words| recent.nearest(at(2), Some(Signature(signature)), sketch(words).as_ref());
        assert_eq!(found(u64::MAX - 1, 0..20), Some((2, Reason::NearCopy(1))));
        assert_eq!(found(0xffff_ffff, 0..20), Some((1, Reason::SameEvent(1.0))));
        assert_eq!(found(0, 100..120), None);
    }

    #[test]
    fn a_near_copy_with_another_number_is_another_notice() {
        let notice =
            |number| Some(Sketch::new((0..20).map(|word| Term::new(word, 2, word < 6)).chain([number]).collect()));
        let mut recent = recent();
        recent.insert(1, at(0), 1, Some(Signature(0)), notice(Term::number(500, 0)));
        let found = |number| recent.nearest(at(1), Some(Signature(1)), notice(Term::number(number, 0)).as_ref());
        assert_eq!(found(500), Some((1, Reason::NearCopy(1))));
        assert_eq!(found(501), None);
    }

    #[test]
    fn texts_too_short_for_a_sketch_are_found_by_their_signatures() {
        let mut recent = recent();
        recent.insert(1, at(0), 1, Some(Signature(0)), None);
        recent.insert(2, at(0), 2, None, None);
        assert_eq!(recent.len(), 1);
        assert_eq!(recent.nearest(at(1), Some(Signature(1)), None), Some((1, Reason::NearCopy(1))));
        assert_eq!(recent.nearest(at(1), Some(Signature(u64::MAX)), None), None);
        assert_eq!(recent.nearest(at(1), None, None), None);
    }

    #[test]
    fn posts_far_apart_in_time_are_of_different_stories() {
        let mut recent = recent();
        recent.insert(1, at(0), 1, None, sketch(0..20));
        assert!(nearest(&recent, WINDOW_S / 60, 0..20).is_some());
        assert!(nearest(&recent, -WINDOW_S / 60, 0..20).is_some());
        assert_eq!(nearest(&recent, WINDOW_S / 60 + 1, 0..20), None);
    }

    #[test]
    fn of_equal_ones_the_oldest_is_found_whatever_was_inserted_first() {
        for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] {
            let (mut apart, mut at_once) = (recent(), recent());
            for story in order {
                apart.insert(story, at(story as i64), 10 - story, None, sketch(0..20));
                at_once.insert(story, at(0), story, None, sketch(0..20));
            }
            for recent in [apart, at_once] {
                assert_eq!(nearest(&recent, 5, 0..20), Some((1, Reason::SameEvent(1.0))));
            }
        }
    }

    #[test]
    fn what_is_forgotten_is_not_found_and_leaves_nothing() {
        let mut recent = recent();
        recent.insert(1, at(0), 1, None, sketch(0..20));
        recent.insert(2, at(10), 2, Some(Signature(7)), None);
        recent.forget_before(at(10));
        assert_eq!((recent.len(), nearest(&recent, 10, 0..20)), (1, None));
        recent.forget_before(at(11));
        assert!(
            recent.is_empty() && recent.with_word.is_empty() && recent.of_story.is_empty() && recent.short.is_empty()
        );
        recent.insert(3, at(20), 3, None, sketch(0..20));
        assert_eq!((recent.posts.len(), nearest(&recent, 20, 0..20)), (2, Some((3, Reason::SameEvent(1.0)))));
    }

    #[test]
    fn a_storm_of_one_story_leaves_the_others() {
        let mut recent = recent();
        recent.insert(1, at(0), 1, None, sketch(0..20));
        for minute in 0..10_000 {
            recent.insert(2, at(minute), minute as u64, None, sketch(100..120));
        }
        assert_eq!(recent.len(), 1 + MAX_OF_STORY);
        assert_eq!(nearest(&recent, 1, 0..20), Some((1, Reason::SameEvent(1.0))));
        assert_eq!(nearest(&recent, 9_999, 100..120), Some((2, Reason::SameEvent(1.0))));
    }

    #[test]
    fn when_it_is_full_the_oldest_go_first() {
        let mut recent = recent();
        let extra = 5;
        let stories = MAX_RECENT as u64 + extra;
        // All of one minute but the last ones, which are older than what was there.
        for story in 0..stories {
            let minute = if story < MAX_RECENT as u64 { 10 } else { 0 };
            recent.insert(story, at(minute), story, None, sketch(story * 100..story * 100 + 20));
        }
        assert_eq!(recent.len(), MAX_RECENT);
        assert_eq!(nearest(&recent, 10, 0..20), Some((0, Reason::SameEvent(1.0))));
        let last = (stories - 1) * 100;
        assert_eq!(nearest(&recent, 10, last..last + 20), None);
    }

    #[test]
    fn a_word_that_everybody_uses_hides_nothing() {
        let mut recent = recent();
        for story in 0..5_000 {
            let words = (story * 100..story * 100 + 20).chain([1 << 27]).map(|word| Term::new(word, 2, word % 100 < 6));
            recent.insert(story, at(0), story, None, Some(Sketch::new(words.collect())));
        }
        let words = (700..720).chain([1 << 27]).map(|word| Term::new(word, 2, word % 100 < 6));
        let found = recent.nearest(at(0), None, Some(&Sketch::new(words.collect())));
        assert_eq!(found, Some((7, Reason::SameEvent(1.0))));
    }

    #[test]
    fn what_was_removed_is_found_no_more() {
        let mut recent = recent();
        recent.insert(1, at(0), 1, Some(Signature(7)), None);
        recent.insert(2, at(0), 2, Some(Signature(7)), None);
        recent.remove(&1, at(0), 1);
        recent.remove(&1, at(0), 1);
        assert_eq!(recent.nearest(at(0), Some(Signature(7)), None).map(|(story, _)| story), Some(2));
        assert_eq!(recent.len(), 1);
    }
}
