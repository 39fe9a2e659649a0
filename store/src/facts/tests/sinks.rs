use std::time::Duration;

use jiff::tz::TimeZone;
use model::{Counters, Coverage, Platform};

use super::*;
use crate::Retention;
use crate::facts::{FactsError, PostsFilter};

fn texts(held: &Held, facts: &Facts) -> Vec<String> {
    let posts = held.run(facts.posts(&PostsFilter::default(), 100)).unwrap();
    posts.into_iter().map(|tagged| tagged.post.text).collect()
}

#[test]
fn the_greater_version_wins_in_any_order_and_a_repeat_changes_nothing() {
    let held = engine();
    let first = post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Jkh);
    let second = edited(&first, "2026-11-01T11:00:00Z", "Воду дали");
    let mut third = second.clone();
    third.tags.rules = 2;
    third.tags.sector = Sector::Roads;
    let versions = [first, second, third];
    for (i, order) in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].into_iter().enumerate() {
        let facts = held.facts(&format!("order_{i}"));
        for which in order {
            held.take_in(&facts, &versions[which..=which]);
            held.take_in(&facts, &versions[which..=which]);
        }
        assert_eq!(held.run(facts.count()).unwrap(), 1);
        let expect = ("vk:-1_1".to_owned(), versions[2].version().0);
        assert_eq!(held.run(facts.versions()).unwrap(), [expect], "{order:?}");
        assert_eq!(held.run(facts.posts(&PostsFilter::default(), 10)).unwrap(), [versions[2].clone()]);
    }
}

#[test]
fn a_deleted_post_is_hidden_at_once_and_its_text_is_gone_after_the_purge() {
    let held = engine();
    let facts = held.facts("deleted");
    let gone = post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Jkh);
    let kept = edited(&post("vk:-1_2", "2026-11-01T10:00:00Z", Sector::Jkh), "2026-11-01T10:00:00Z", "Свет есть");
    let back = post("vk:-1_3", "2026-11-01T10:00:00Z", Sector::Jkh);
    held.take_in(&facts, &[gone.clone(), kept.clone(), back.clone()]);
    held.take_in(&facts, &[deleted(&gone, "2026-11-01T12:00:00Z"), deleted(&back, "2026-11-01T12:00:00Z")]);
    held.take_in(&facts, &[edited(&back, "2026-11-01T13:00:00Z", "Снова здесь")]);
    // An older copy that comes late stays hidden.
    held.take_in(&facts, &[edited(&gone, "2026-11-01T11:00:00Z", "Опоздавшая копия")]);
    assert_eq!(texts(&held, &facts), ["Свет есть", "Снова здесь"]);

    let stored = || {
        let sql = "SELECT count() FROM posts WHERE position(body, ?) > 0";
        let count = |text: &str| held.run(facts.one::<u64>(facts.client.query(sql).bind(text))).unwrap();
        ["Речной", "Опоздавшая", "Свет", "Снова"].map(count)
    };
    assert_eq!(stored(), [2, 1, 1, 1]);
    held.run(facts.purge()).unwrap();
    assert_eq!(stored(), [0, 0, 1, 1]);
    let tombstones = facts.client.query("SELECT count() FROM posts WHERE deleted = 1");
    assert_eq!(held.run(facts.one::<u64>(tombstones)).unwrap(), 2);
    assert_eq!(texts(&held, &facts), ["Свет есть", "Снова здесь"]);
}

#[test]
fn counters_and_coverage_are_series() {
    let held = engine();
    let facts = held.facts("series");
    let reading = |seen_at, views| Counters {
        id: id("vk:-1_1"),
        seen_at: time(seen_at),
        views: Some(views),
        reactions: None,
        reposts: Some(0),
        comments: None,
    };
    let readings = [reading("2026-11-01T10:00:00Z", 5), reading("2026-11-01T11:00:00Z", 9)];
    let payloads: Vec<Vec<u8>> = readings.iter().rev().chain(&readings).map(wire::write).collect();
    let mut sink = facts.counters_sink(held.runtime.clone());
    put(&mut sink, &payloads).unwrap();
    put(&mut sink, &payloads).unwrap();
    assert_eq!(held.run(facts.counters(&id("vk:-1_1"))).unwrap(), readings);

    let poll = |at: &str| Coverage {
        covers_from: Some(time("2026-11-01T00:00:00Z")),
        pages: 1,
        posts: 2,
        new: 1,
        ..Coverage::new("city", Platform::Vk, time(at), "ok")
    };
    let polls = ["2026-11-01T10:00:00Z", "2026-11-01T11:00:00.123456789Z", "2026-11-01T12:00:00Z"].map(poll);
    let payloads: Vec<Vec<u8>> = polls.iter().map(wire::write).collect();
    let mut sink = facts.coverage_sink(held.runtime.clone());
    put(&mut sink, &payloads).unwrap();
    put(&mut sink, &payloads).unwrap();
    let found = held.run(facts.coverage(time("2026-11-01T10:00:00Z"), time("2026-11-01T12:00:00Z"))).unwrap();
    assert_eq!(found, polls[..2]);
    assert!(held.run(facts.disk_bytes()).unwrap() > 0);

    let every = |kept: &mut Vec<Vec<u8>>, page: Vec<Vec<u8>>| {
        kept.extend(page);
        Ok::<_, FactsError>(())
    };
    let (mut counters, mut coverage) = (Vec::new(), Vec::new());
    held.run(facts.every_counters(|page| every(&mut counters, page))).unwrap();
    assert_eq!(counters, readings.iter().map(wire::write).collect::<Vec<_>>());
    held.run(facts.every_coverage(|page| every(&mut coverage, page))).unwrap();
    assert_eq!(coverage, payloads);
}

#[test]
fn every_post_is_read_back_tombstones_first() {
    let held = engine();
    let facts = held.facts("read_back");
    let [one, two] = ["vk:-1_1", "vk:-1_2"].map(|id| post(id, "2026-11-01T10:00:00Z", Sector::Tko));
    let gone = TaggedPost { post: one.post.tombstone(time("2026-11-02T10:00:00Z")), tags: one.tags.clone() };
    held.take_in(&facts, &[one.clone(), two.clone()]);
    held.take_in(&facts, std::slice::from_ref(&gone));
    let mut found = Vec::new();
    let read = |page: Vec<Vec<u8>>| {
        found.extend(page);
        Ok::<_, FactsError>(())
    };
    held.run(facts.every_post(read)).unwrap();
    assert_eq!(found[0], wire::write_tagged(&gone));
    assert!(found[1..].contains(&wire::write_tagged(&two)), "{found:?}");
    held.run(facts.clear_posts()).unwrap();
    assert_eq!(held.run(facts.count()).unwrap(), 0);
}

#[test]
fn what_cannot_be_understood_is_refused_by_offset_and_the_rest_is_stored() {
    let held = engine();
    let facts = held.facts("refused");
    let good = wire::write_tagged(&post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Tko));
    // An emptied payload is no post and nothing to refuse.
    let payloads = [b"{".to_vec(), good, Vec::new(), b"{\"id\":\"nobody:1\"}".to_vec()];
    let applied = put(&mut held.posts_sink(&facts), &payloads).unwrap();
    assert_eq!(applied.rejected.iter().map(|refusal| refusal.offset).collect::<Vec<_>>(), [0, 3]);
    assert!(applied.rejected[0].reason.starts_with("not_a_post"), "{applied:?}");
    assert_eq!(held.run(facts.count()).unwrap(), 1);
}

#[test]
fn a_server_that_is_away_is_an_error_that_says_where_it_was_sought() {
    let held = engine();
    let facts = Facts::connect("http://127.0.0.1:1", "otklik", "otklik", "", &TimeZone::UTC);
    let payload = wire::write_tagged(&post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Tko));
    let error = put(&mut held.posts_sink(&facts), &[payload]).unwrap_err().to_string();
    assert!(error.contains("http://127.0.0.1:1"), "{error}");
}

#[test]
fn migrating_again_changes_nothing_and_tables_of_a_newer_build_are_left_alone() {
    let held = engine();
    let facts = held.facts("migrated");
    held.take_in(&facts, &[post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Tko)]);
    held.run(facts.migrate()).unwrap();
    assert_eq!(held.run(facts.count()).unwrap(), 1);
    held.run(facts.client.query("INSERT INTO migrations (number) VALUES (9999)").execute()).unwrap();
    let refused = held.run(facts.migrate()).unwrap_err();
    assert!(matches!(refused, FactsError::Newer { found: 9999, .. }), "{refused}");
}

#[test]
fn what_is_counted_by_the_parts_of_the_table_is_what_is_there() {
    let held = engine();
    let facts = held.facts("counted");
    let check = |expect: u64, what: &str| {
        // On a machine under load even this count is dear, and holds for a while.
        held.run(async { facts.counted.lock().await.iter_mut().for_each(|last| last.took = Duration::ZERO) });
        // The second answer is the one that is kept.
        for _ in 0..2 {
            assert_eq!(held.run(facts.counted()).unwrap(), expect, "{what}");
        }
        assert_eq!(held.run(facts.count()).unwrap(), expect, "{what}, counted anew");
    };
    check(0, "nothing yet");
    let posts = ["vk:-1_1", "vk:-1_2", "vk:-1_3"].map(|id| post(id, "2026-11-01T10:00:00Z", Sector::Tko));
    held.take_in(&facts, &posts);
    check(3, "inserted");
    held.take_in(&facts, &posts[..2]);
    check(3, "inserted once more");
    let gone = TaggedPost { post: posts[0].post.tombstone(time("2026-11-02T10:00:00Z")), tags: posts[0].tags.clone() };
    held.take_in(&facts, std::slice::from_ref(&gone));
    check(2, "one deleted");
    held.run(facts.purge()).unwrap();
    check(2, "its text taken off the disk");
    // As long as the parts are the same nothing is counted: what was counted last is the answer, whatever it was.
    held.run(facts.client.query("SYSTEM STOP MERGES posts").execute()).unwrap();
    check(2, "without merges");
    held.run(async { facts.counted.lock().await.as_mut().unwrap().posts = 7 });
    assert_eq!(held.run(facts.counted()).unwrap(), 7);
    held.run(facts.clear_posts()).unwrap();
    check(0, "all removed");
}

#[test]
fn what_is_older_than_what_is_kept_goes_and_does_not_come_back() {
    let held = engine();
    let facts = held.facts("let_go");
    let [old, young, gone] =
        [("vk:-1_1", "2025-10-31T20:59:59Z"), ("vk:-1_2", "2025-10-31T21:00:00Z"), ("vk:-1_3", "2025-01-01T00:00:00Z")]
            .map(|(id, at)| post(id, at, Sector::Jkh));
    let gone = deleted(&gone, "2025-01-02T00:00:00Z");
    let poll = |at: &str| wire::write(&Coverage::new("city", Platform::Vk, time(at), "ok"));
    let counters = |post: &TaggedPost| {
        let (id, seen_at) = (post.post.id.clone(), post.post.published_at);
        wire::write(&Counters { id, seen_at, views: Some(1), reactions: None, reposts: None, comments: None })
    };
    let take_all = |facts: &Facts| {
        held.take_in(facts, &[old.clone(), young.clone(), gone.clone()]);
        let handle = held.runtime.clone();
        put(&mut facts.coverage_sink(handle.clone()), &["2025-10-31T20:00:00Z", "2025-11-01T00:00:00Z"].map(poll))
            .unwrap();
        put(&mut facts.counters_sink(handle), &[&old, &young].map(counters)).unwrap();
    };
    let stored = |facts: &Facts| {
        let rows = |table: &str| {
            let sql = format!("SELECT count() FROM {table} FINAL");
            held.run(facts.one::<u64>(facts.client.query(&sql))).unwrap()
        };
        let rows = ["posts", "counters", "coverage"].map(rows);
        let tombstones = facts.client.query("SELECT uniqExact(id) FROM posts WHERE deleted = 1");
        (rows, held.run(facts.one::<u64>(tombstones)).unwrap())
    };
    take_all(&facts);
    assert_eq!(stored(&facts), ([2, 2, 2], 1));
    let before = time("2025-10-31T21:00:00Z");
    assert_eq!(held.run(facts.let_go(before)).unwrap(), 1);
    assert_eq!(stored(&facts), ([1, 1, 1], 1));
    assert_eq!(held.run(facts.let_go(before)).unwrap(), 0);

    // A replay, an import or a restore brings all of it again.
    let facts = facts.keeping(Retention::since(move || Some(before)));
    take_all(&facts);
    assert_eq!(stored(&facts), ([1, 1, 1], 1));
}

#[test]
fn a_post_that_was_forgotten_does_not_come_back_however_late_it_is_read_again() {
    let held = engine();
    let facts = held.facts("forgotten");
    let first = post("vk:-1_1", "2026-11-01T10:00:00Z", Sector::Jkh);
    held.take_in(&facts, &[first.clone(), post("vk:-1_2", "2026-11-01T10:00:00Z", Sector::Jkh)]);
    let at = time("2026-11-05T10:00:00Z");
    let forgotten = model::Post::forgotten(id("vk:-1_1"), "city", first.post.published_at, at);
    held.take_in(&facts, &[TaggedPost { post: forgotten, tags: Tags { rules: 1, ..Tags::default() } }]);
    let mut again = edited(&first, "2199-11-01T11:00:00Z", "Воды всё нет");
    again.tags.rules = 900;
    held.take_in(&facts, &[again, edited(&first, "2026-12-01T11:00:00Z", "Воды нет")]);
    assert_eq!(held.run(facts.count()).unwrap(), 1);
    let deletions = held.run(facts.deletions(10)).unwrap();
    assert_eq!(
        deletions.iter().map(|deletion| (deletion.id.as_str(), deletion.at)).collect::<Vec<_>>(),
        [("vk:-1_1", at)]
    );
    held.run(facts.purge()).unwrap();
    assert_eq!(held.run(facts.deletions(10)).unwrap()[0].versions_on_disk, 0);
}
