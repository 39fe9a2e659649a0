//! What must hold of a world whatever its end and seed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use model::{Sector, Time};

use crate::content::Content;
use crate::time::local;
use crate::{Address, Kind, World};

const ENDS: [&str; 4] =
    ["2026-11-24T09:30:00Z", "2026-11-24T21:10:00Z", "2027-01-03T02:00:00Z", "2027-05-15T17:45:00Z"];

fn worlds() -> impl Iterator<Item = World> {
    ENDS.iter().zip(1..).map(|(end, seed)| World::new(end.parse().unwrap(), seed))
}

#[test]
fn the_same_end_and_seed_make_the_same_world() {
    let end: Time = "2026-11-24T09:30:31Z".parse().unwrap();
    let (one, two) = (World::new(end, 7), World::new("2026-11-24T09:30:00Z".parse().unwrap(), 7));
    assert_eq!(one.posts(), two.posts());
    assert_ne!(one.posts(), World::new(end, 8).posts());
}

#[test]
fn there_are_a_thousand_posts_of_every_sector_and_kind() {
    for world in worlds() {
        assert!((1000..2500).contains(&world.posts().len()), "{}", world.posts().len());
        let mut sectors: BTreeMap<Sector, usize> = BTreeMap::new();
        let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
        let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
        for post in world.posts() {
            *sectors.entry(post.sector).or_default() += 1;
            *kinds.entry(post.kind).or_default() += 1;
            *sources.entry(&world.sources()[post.source].id).or_default() += 1;
        }
        println!("{} posts\n{sectors:?}\n{kinds:?}\n{sources:?}", world.posts().len());
        assert!(Sector::ALL.iter().all(|sector| sectors.get(sector).is_some_and(|&count| count >= 40)));
        assert_eq!(kinds.len(), 13);
        assert_eq!(sources.len(), world.sources().len());
        let edited = world.posts().iter().filter(|post| !post.edits.is_empty()).count();
        let deleted = world.posts().iter().filter(|post| post.deleted_at.is_some()).count();
        assert!(edited >= 20 && deleted >= 12, "{edited} edited, {deleted} deleted");
        let day = world.end().checked_sub(SignedDuration::from_hours(24)).unwrap();
        assert!(world.posts().iter().filter(|post| post.deleted_at > Some(day)).count() >= 4);
    }
}

#[test]
fn every_hand_written_text_is_used_and_there_are_many() {
    let content = Content::read();
    let groups: usize = content.groups.iter().map(|group| group.texts.len()).sum();
    let stories: usize = content
        .stories
        .iter()
        .map(|story| story.post.len() + story.wave.iter().map(|wave| wave.texts.len()).sum::<usize>())
        .sum();
    println!("{groups} texts in groups, {stories} in stories");
    assert!(groups >= 250, "{groups}");
    let known: BTreeSet<&str> = content.sources.iter().map(|source| source.id.as_str()).collect();
    assert!(content.groups.iter().flat_map(|group| &group.sources).all(|source| known.contains(source.as_str())));
}

#[test]
fn what_must_ring_is_one_text_of_its_group() {
    for group in Content::read().groups {
        for ringing in &group.rings {
            assert_eq!(group.texts.iter().filter(|text| text.contains(&ringing.text)).count(), 1, "{}", ringing.text);
        }
    }
}

#[test]
fn no_slot_or_variant_stays_unfilled() {
    for world in worlds() {
        for post in world.posts() {
            let texts = post.edits.iter().map(|(_, text)| text).chain([&post.text]).chain(&post.title);
            for text in texts {
                assert!(!text.contains(['{', '}', '[', ']', '|']), "{text}");
                assert_eq!(text.trim(), text);
            }
            assert!(!post.text.is_empty() || post.poll.is_some() || post.repost_of.is_some(), "{post:?}");
        }
    }
}

#[test]
fn feeds_have_titles_and_others_have_none() {
    for world in worlds() {
        for post in world.posts() {
            let is_feed = matches!(world.sources()[post.source].address, Address::Feed { .. });
            assert_eq!(post.title.is_some(), is_feed, "{post:?}");
        }
    }
}

#[test]
fn posts_lie_within_the_world_and_refer_to_earlier_ones() {
    for world in worlds() {
        let mut last: BTreeMap<usize, u64> = BTreeMap::new();
        let mut gaps = 0;
        for (at, post) in world.posts().iter().enumerate() {
            assert!(world.start() <= post.published_at && post.published_at < world.end());
            assert!(at == 0 || world.posts()[at - 1].published_at <= post.published_at);
            assert!(post.edits.iter().all(|(edited, _)| *edited > post.published_at));
            assert!(post.deleted_at.is_none_or(|deleted| deleted > post.published_at));
            for of in [post.reply_to, post.repost_of].into_iter().flatten() {
                assert!(of < at && world.posts()[of].published_at <= post.published_at);
                assert_eq!(world.posts()[of].deleted_at, None, "what others refer to stays");
            }
            assert!(post.reply_to.is_none_or(|of| world.posts()[of].source == post.source));
            let before = last.insert(post.source, post.number).unwrap_or(post.number - 1);
            assert!(post.number > before);
            gaps += usize::from(post.number > before + 1);
        }
        assert!(gaps > 50, "numbers have gaps");
    }
}

#[test]
fn nothing_is_seen_before_its_time_or_after_its_deletion() {
    let world = World::new(ENDS[0].parse().unwrap(), 1);
    let second = SignedDuration::from_secs(1);
    for post in world.posts() {
        assert!(post.seen_at(post.published_at.checked_sub(second).unwrap()).is_none());
        assert_eq!(post.seen_at(post.published_at).unwrap().text, post.text);
        for (at, text) in &post.edits {
            if post.deleted_at.is_none_or(|deleted| deleted > *at) {
                assert_ne!(post.seen_at(at.checked_sub(second).unwrap()).unwrap().text, text);
                assert_eq!(post.seen_at(*at).unwrap().text, text);
            }
        }
        if let Some(deleted) = post.deleted_at {
            assert!(post.seen_at(deleted.checked_sub(second).unwrap()).is_some());
            assert!(post.seen_at(deleted).is_none());
        }
    }
    assert_eq!(world.visible(world.start().checked_sub(second).unwrap()).count(), 0);
    let now = world.end();
    assert_eq!(world.expected(now).len(), world.posts().len());
    assert_eq!(world.expected(now).iter().filter(|post| !post.deleted).count(), world.visible(now).count());
}

#[test]
fn counters_never_fall() {
    let world = World::new(ENDS[1].parse().unwrap(), 1);
    for post in world.posts().iter().filter(|post| post.deleted_at.is_none()) {
        let mut last = (0, 0, 0, 0);
        for hour in 0..72 {
            let view = post.seen_at(post.published_at.checked_add(SignedDuration::from_hours(hour)).unwrap()).unwrap();
            let now = (view.views, view.likes, view.reposts, view.comments);
            assert!(now.0 >= last.0 && now.1 >= last.1 && now.2 >= last.2 && now.3 >= last.3);
            last = now;
        }
        assert!(last.0 > 1);
    }
}

#[test]
fn the_night_is_quiet_and_the_emergencies_grow() {
    for world in worlds() {
        let night = world.posts().iter().filter(|post| (1..5).contains(&local(post.published_at).hour())).count();
        assert!(night * 12 < world.posts().len(), "{night} of {}", world.posts().len());

        let day = SignedDuration::from_hours(24);
        let rubbish = |from: i32, to: i32| {
            let (from, to) = (world.end().checked_sub(day * from).unwrap(), world.end().checked_sub(day * to).unwrap());
            let in_time = |time: Time| from <= time && time < to;
            let of_story = |post: &&crate::Post| post.sector == Sector::Tko && post.kind == Kind::Story;
            world.posts().iter().filter(of_story).filter(|post| in_time(post.published_at)).count()
        };
        assert_eq!(rubbish(15, 6), 0);
        assert!(rubbish(6, 3) < rubbish(3, 1) && rubbish(1, 0) >= 15, "{} {}", rubbish(3, 1), rubbish(1, 0));

        let last_day = world.end().checked_sub(day).unwrap();
        let water = world
            .posts()
            .iter()
            .filter(|post| post.published_at >= last_day && post.kind == Kind::Story && post.sector == Sector::Jkh);
        assert!(water.count() >= 70);
    }
}
