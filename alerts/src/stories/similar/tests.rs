//! What is found among recent posts, and what is forgotten.

use std::ops::Range;

use model::Term;

use super::*;

const WINDOW_S: i64 = 24 * 3600;

fn recent() -> RecentPosts<u64> {
    RecentPosts::new(WINDOW_S, 12)
}

fn at(minute: i64) -> Time {
    Time::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn sketch(words: Range<u64>) -> Option<Sketch> {
    Some(Sketch::new(words.clone().map(|word| Term::new(word, 2, word < words.start + 6)).collect()))
}

fn nearest(recent: &RecentPosts<u64>, minute: i64, words: Range<u64>) -> Option<(u64, Resemblance)> {
    recent.nearest(at(minute), None, sketch(words).as_ref())
}

#[test]
fn a_near_copy_goes_before_the_same_event_and_nothing_else_is_found() {
    let mut recent = recent();
    recent.insert(1, at(0), 1, Some(Signature(0)), sketch(0..20));
    recent.insert(2, at(1), 2, Some(Signature(u64::MAX)), sketch(2..22));
    let found = |signature, words| recent.nearest(at(2), Some(Signature(signature)), sketch(words).as_ref());
    assert_eq!(found(u64::MAX - 1, 0..20), Some((2, Resemblance::NearCopy(1))));
    assert_eq!(found(0xffff_ffff, 0..20), Some((1, Resemblance::SameEvent(1.0))));
    assert_eq!(found(0, 100..120), None);
}

#[test]
fn a_near_copy_with_another_number_is_another_notice() {
    let notice = |number| Some(Sketch::new((0..20).map(|word| Term::new(word, 2, word < 6)).chain([number]).collect()));
    let mut recent = recent();
    recent.insert(1, at(0), 1, Some(Signature(0)), notice(Term::number(500, 0)));
    let found = |number| recent.nearest(at(1), Some(Signature(1)), notice(Term::number(number, 0)).as_ref());
    assert_eq!(found(500), Some((1, Resemblance::NearCopy(1))));
    assert_eq!(found(501), None);
}

#[test]
fn texts_too_short_for_a_sketch_are_found_by_their_signatures() {
    let mut recent = recent();
    recent.insert(1, at(0), 1, Some(Signature(0)), None);
    recent.insert(2, at(0), 2, None, None);
    assert_eq!(recent.len(), 1);
    assert_eq!(recent.nearest(at(1), Some(Signature(1)), None), Some((1, Resemblance::NearCopy(1))));
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
            assert_eq!(nearest(&recent, 5, 0..20), Some((1, Resemblance::SameEvent(1.0))));
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
    assert!(recent.is_empty() && recent.with_word.is_empty() && recent.of_story.is_empty() && recent.short.is_empty());
    recent.insert(3, at(20), 3, None, sketch(0..20));
    assert_eq!((recent.posts.len(), nearest(&recent, 20, 0..20)), (2, Some((3, Resemblance::SameEvent(1.0)))));
}

#[test]
fn a_storm_of_one_story_leaves_the_others() {
    let mut recent = recent();
    recent.insert(1, at(0), 1, None, sketch(0..20));
    for minute in 0..10_000 {
        recent.insert(2, at(minute), minute as u64, None, sketch(100..120));
    }
    assert_eq!(recent.len(), 1 + MAX_OF_STORY);
    assert_eq!(nearest(&recent, 1, 0..20), Some((1, Resemblance::SameEvent(1.0))));
    assert_eq!(nearest(&recent, 9_999, 100..120), Some((2, Resemblance::SameEvent(1.0))));
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
    assert_eq!(nearest(&recent, 10, 0..20), Some((0, Resemblance::SameEvent(1.0))));
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
    assert_eq!(found, Some((7, Resemblance::SameEvent(1.0))));
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
