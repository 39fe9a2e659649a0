//! Versions of posts in any order, repeated and late: the figures are those of the distinct latest posts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::facts::{FigureBy, FiguresRequest, Step};

/// A version of one of five posts: when it was seen, by which rule set it was tagged. All else follows from these.
fn version(number: u32, seen: u32, rules: u32) -> TaggedPost {
    let published = ["2026-11-01T20:30:00Z", "2026-11-01T21:30:00Z", "2026-11-02T10:00:00Z"][number as usize % 3];
    let sector = Sector::ALL[(number + seen + rules) as usize % Sector::ALL.len()];
    let mut tagged = post(&format!("vk:-1_{number}"), published, sector);
    let at = format!("2026-11-03T00:0{seen}:00Z");
    tagged.tags.rules = rules;
    match seen {
        2 => TaggedPost { post: tagged.post.tombstone(time(&at)), ..tagged },
        _ => edited(&tagged, &at, &format!("Нет воды, {seen}")),
    }
}

/// The count over the latest posts, by day and main sector, as one would do it by hand.
fn by_hand(latest: &BTreeMap<PostId, TaggedPost>) -> BTreeMap<(Time, String), u64> {
    let zone = TimeZone::get("Europe/Moscow").unwrap();
    let mut counts = BTreeMap::new();
    for tagged in latest.values().filter(|tagged| !tagged.post.is_deleted()) {
        let day = tagged.post.published_at.to_zoned_datetime(zone.clone()).start_of_day().unwrap().timestamp();
        *counts.entry((day, tagged.tags.sector.as_str().to_owned())).or_default() += 1;
    }
    counts
}

#[test]
fn figures_are_those_of_the_latest_posts_whatever_the_order() {
    let held = engine();
    let picks = prop::collection::vec((0u32..5, 0u32..4, 1u32..3, 1usize..5), 1..30);
    let case = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(8) });
    let result = runner.run(&picks, |picks| {
        case.set(case.get() + 1);
        let facts = held.facts(&format!("versions_{}", case.get()));
        let mut latest: BTreeMap<PostId, TaggedPost> = BTreeMap::new();
        let mut batch = Vec::new();
        for (number, seen, rules, cut) in picks {
            let tagged = version(number, seen, rules);
            let known = latest.entry(tagged.post.id.clone()).or_insert_with(|| tagged.clone());
            if known.version() < tagged.version() {
                *known = tagged.clone();
            }
            batch.push(tagged);
            if cut == 1 {
                held.take_in(&facts, &std::mem::take(&mut batch));
            }
        }
        held.take_in(&facts, &batch);
        let request = FiguresRequest {
            from: time("2026-10-31T21:00:00Z"),
            to: time("2026-11-04T21:00:00Z"),
            by: FigureBy::Sector,
            step: Step::Day,
        };
        let figures = held.run(facts.figures(&request)).unwrap();
        let counted: BTreeMap<(Time, String), u64> =
            figures.into_iter().filter(|figure| figure.posts > 0).map(|f| ((f.at, f.key), f.posts)).collect();
        prop_assert_eq!(counted, by_hand(&latest));
        let living: Vec<(String, u64)> = latest
            .values()
            .filter(|tagged| !tagged.post.is_deleted())
            .map(|tagged| (tagged.post.id.to_string(), tagged.version().0))
            .collect();
        let mut stored = held.run(facts.versions()).unwrap();
        stored.sort();
        prop_assert_eq!(stored, living);
        Ok(())
    });
    result.unwrap();
}
