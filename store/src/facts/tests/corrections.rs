//! Corrections and versions in any order: the table holds the latest versions as people last corrected them.

use std::collections::BTreeMap;

use journal::Checkpoint;
use model::{Correction, SaidLevel};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::facts::{FigureBy, FiguresRequest, PostsFilter, Step};

fn entry(offset: u64, correction: &Correction) -> Entry {
    Entry { partition: 0, offset, key: correction.id.to_string(), payload: wire::write(correction) }
}

fn said(of: &str) -> Correction {
    let nothing = Correction::withdrawal(id(of), time("2026-11-03T00:00:00Z"), "Иванова");
    Correction { withdrawn: false, ..nothing }
}

/// Both sinks of the posts over the same corrections.
struct Sinks<P, C> {
    posts: P,
    corrections: C,
    next: u64,
}

fn sinks(held: &Held, facts: &Facts) -> Sinks<impl Sink + use<>, impl Sink + use<>> {
    let known = Corrections::default();
    let posts = facts.posts_sink(held.runtime.clone(), known.clone());
    Sinks { posts, corrections: facts.corrections_sink(held.runtime.clone(), known), next: 1 }
}

impl<P: Sink, C: Sink> Sinks<P, C> {
    fn take(&mut self, tagged: &TaggedPost) {
        put(&mut self.posts, &[wire::write_tagged(tagged)]).unwrap();
    }

    fn correct(&mut self, correction: &Correction) {
        let applied = self.corrections.apply(&[entry(self.next, correction)]).unwrap();
        assert!(applied.rejected.is_empty(), "{applied:?}");
        self.next += 1;
    }
}

fn stored(held: &Held, facts: &Facts) -> Vec<TaggedPost> {
    let mut posts = held.run(facts.posts(&PostsFilter::default(), 100)).unwrap();
    posts.sort_by(|a, b| a.post.id.cmp(&b.post.id));
    posts
}

#[test]
fn a_corrected_post_is_counted_as_the_person_said_until_that_is_withdrawn() {
    let held = engine();
    let facts = held.facts("corrected");
    let mut sinks = sinks(&held, &facts);
    let post = post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Jkh);
    sinks.take(&post);
    let request = FiguresRequest {
        from: time("2026-10-31T21:00:00Z"),
        to: time("2026-11-01T21:00:00Z"),
        by: FigureBy::Sector,
        step: Step::Day,
    };
    let sectors = || {
        let figures = held.run(facts.figures(&request)).unwrap();
        figures.into_iter().filter(|figure| figure.posts > 0).map(|figure| figure.key).collect::<Vec<_>>()
    };
    // A row of its own part each time, merged or not: the last one counts.
    for round in 0..4 {
        sinks.correct(&Correction { sector: Some(Sector::Roads), level: Some(SaidLevel::None), ..said("vk:-1_1") });
        assert_eq!((sectors(), held.run(facts.count()).unwrap()), (vec!["roads".to_owned()], 1));
        sinks.take(&post);
        assert_eq!(sectors(), ["roads"], "a repeat of what the rules said");
        if round == 2 {
            held.run(facts.client.query("OPTIMIZE TABLE posts FINAL").execute()).unwrap();
        }
        sinks.correct(&Correction::withdrawal(id("vk:-1_1"), time("2026-11-03T00:00:00Z"), "Иванова"));
        assert_eq!(sectors(), ["jkh"], "round {round}");
    }
    assert_eq!(stored(&held, &facts), [post]);
}

#[test]
fn a_correction_waits_for_its_post_and_for_what_is_not_flushed_yet() {
    let held = engine();
    let facts = held.facts("corrected_first");
    let mut sinks = sinks(&held, &facts);
    let post = post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Jkh);
    sinks.posts.apply(&entries(&[wire::write_tagged(&post)])).unwrap();
    let roads = Correction { sector: Some(Sector::Roads), ..said("vk:-1_1") };
    sinks.correct(&roads);
    sinks.posts.flush().unwrap();
    assert_eq!(stored(&held, &facts), [post.clone().corrected(Some(&roads))]);
    let refused = sinks.corrections.apply(&[Entry { payload: b"{".to_vec(), ..entry(9, &roads) }]).unwrap();
    assert_eq!(refused.rejected.len(), 1);
    assert_eq!(sinks.corrections.position().unwrap(), None::<Checkpoint>);
    // Emptied by a deletion, whose tombstone follows.
    sinks.corrections.apply(&[Entry { payload: Vec::new(), ..entry(10, &roads) }]).unwrap();
    assert_eq!(stored(&held, &facts), [post]);
}

#[test]
fn any_order_of_versions_and_corrections_ends_the_same() {
    let held = engine();
    // A version of a post: seen and rules; or a correction: which of four, the last of them a withdrawal.
    let version = (0u32..4, 1u32..3).prop_map(Ok);
    let picks = prop::collection::vec((1u32..4, prop_oneof![version, (0usize..4).prop_map(Err)]), 1..30);
    let case = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(8) });
    let result = runner.run(&picks, |picks| {
        case.set(case.get() + 1);
        let facts = held.facts(&format!("corrections_{}", case.get()));
        let mut sinks = sinks(&held, &facts);
        let (mut latest, mut last) = (BTreeMap::<PostId, TaggedPost>::new(), BTreeMap::<PostId, Correction>::new());
        for (number, pick) in picks {
            let name = format!("vk:-1_{number}");
            match pick {
                Ok((seen, rules)) => {
                    let mut tagged = post(&name, "2026-11-01T20:30:00Z", Sector::Jkh);
                    tagged.tags.rules = rules;
                    tagged.tags.risks = vec![risk("fire", Level::High)];
                    let at = format!("2026-11-03T00:0{seen}:00Z");
                    let tagged = match seen {
                        2 => TaggedPost { post: tagged.post.tombstone(time(&at)), ..tagged },
                        _ => edited(&tagged, &at, &format!("Нет воды, {seen}")),
                    };
                    let known = latest.entry(tagged.post.id.clone()).or_insert_with(|| tagged.clone());
                    if known.version() < tagged.version() {
                        *known = tagged.clone();
                    }
                    sinks.take(&tagged);
                }
                Err(which) => {
                    let correction = match which {
                        0 => Correction { level: Some(SaidLevel::None), ..said(&name) },
                        1 => Correction { level: Some(SaidLevel::Risk(Level::Critical)), ..said(&name) },
                        2 => Correction { sector: Some(Sector::Roads), note: Some("да".into()), ..said(&name) },
                        _ => Correction { withdrawn: true, ..said(&name) },
                    };
                    sinks.correct(&correction);
                    last.insert(id(&name), correction);
                }
            }
        }
        let living = latest.into_values().filter(|tagged| !tagged.post.is_deleted());
        let expect: Vec<TaggedPost> = living
            .map(|tagged| {
                let said = last.get(&tagged.post.id);
                tagged.corrected(said)
            })
            .collect();
        prop_assert_eq!(stored(&held, &facts), expect);
        Ok(())
    });
    result.unwrap();
}
