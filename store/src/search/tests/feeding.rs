//! The sink: positions, flushes, and what it rejects.

use jiff::tz::TimeZone;
use journal::{Checkpoint, Entry, Sink};
use model::{TaggedPost, wire};

use super::{Fixture, post, time, tombstone};
use crate::Retention;
use crate::search::{OpenError, SearchIndex};

#[test]
fn the_position_is_stored_with_the_data_and_survives_a_restart() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.sink.position().unwrap(), None);
    fixture.feed(&[post(1, "вода"), post(2, "вода")]);
    let mut fixture = fixture.reopen();
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(3)));
    fixture.check("вода", &["2", "1"]);
    fixture.feed(&[post(3, "вода")]);
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(4)));
    assert!(fixture.index.disk_bytes().unwrap() > 0);
}

#[test]
fn what_cannot_be_read_is_refused_and_the_rest_goes_in() {
    let mut fixture = Fixture::new();
    let refused = fixture.apply(vec![b"{".to_vec(), Vec::new(), wire::write_tagged(&post(1, "вода"))]);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].starts_with("not_a_post"), "{refused:?}");
    fixture.check("вода", &["1"]);
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(4)));
}

#[test]
fn a_second_writer_and_another_schema_are_refused() {
    let fixture = Fixture::new();
    assert!(matches!(fixture.index.sink(), Err(OpenError::Busy { .. })));
    let Fixture { folder, index, sink, .. } = fixture;
    drop((index, sink));
    std::fs::write(folder.path().join("schema_version"), "999\n").unwrap();
    let error = SearchIndex::open(folder.path(), TimeZone::UTC).err().unwrap();
    assert!(matches!(&error, OpenError::Schema { found, .. } if found == "999"));
    assert!(error.to_string().contains("otklik rebuild"));
}

#[test]
fn what_was_applied_is_found_after_the_flush_and_only_then() {
    let mut fixture = Fixture::new();
    let entry = |offset, tagged: &TaggedPost| Entry {
        partition: 0,
        offset,
        key: String::new(),
        payload: wire::write_tagged(tagged),
    };
    let mut edited = post(1, "вода");
    edited.post.seen_at = Some(time("2026-11-03T00:00:00Z"));
    fixture.sink.apply(&[entry(1, &post(1, "газ"))]).unwrap();
    fixture.sink.apply(&[entry(2, &edited), entry(3, &post(1, "газ"))]).unwrap();
    fixture.check("", &[]);
    fixture.sink.flush().unwrap();
    fixture.check("", &["1"]);
    fixture.check("вода", &["1"]);
    // What a failure leaves unflushed is dropped when the position is asked, and comes again.
    fixture.sink.apply(&[entry(4, &post(2, "свет"))]).unwrap();
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(4)));
    fixture.sink.flush().unwrap();
    fixture.check("свет", &[]);
    fixture.sink.apply(&[entry(4, &post(2, "свет"))]).unwrap();
    fixture.sink.flush().unwrap();
    fixture.check("свет", &["2"]);
}

#[test]
fn what_is_older_than_what_is_kept_goes_and_does_not_come_back() {
    let mut fixture = Fixture::new();
    let all = [1, 2, 3, 4, 5, 6, 7, 8].map(|number| post(number, "вода"));
    // Of the first batch some segments lose a post, that of the second loses all.
    fixture.feed(&[&all[..1], &all[2..]].concat());
    fixture.feed(&all[1..2]);
    fixture.feed(&[tombstone(&post(0, "вода"), "2026-11-02T00:00:00Z")]);
    let before = all[2].post.published_at;
    assert_eq!(fixture.sink.let_go(before).unwrap(), 2);
    fixture.check("вода", &["8", "7", "6", "5", "4", "3"]);
    assert_eq!(fixture.index.versions().unwrap().len(), 7, "the tombstone stays");
    assert_eq!(fixture.sink.let_go(before).unwrap(), 0);
    assert_eq!(fixture.sink.position().unwrap(), Some(Checkpoint::at(10)));
    let stale = fixture.sink.stale().unwrap();
    for few in stale.few_at_a_time(1) {
        fixture.sink.rewrite(&few).unwrap();
    }
    assert_eq!(fixture.sink.stale().unwrap().few_at_a_time(1).count(), 0);
    fixture.check("вода", &["8", "7", "6", "5", "4", "3"]);

    // A replay, an import or a rebuild brings all of them again.
    let Fixture { folder, index, sink, next } = fixture;
    drop(sink);
    let index = index.keeping(Retention::since(move || Some(before)));
    let mut fixture = Fixture { sink: index.sink().unwrap(), folder, index, next };
    let replayed = all.clone().map(|mut tagged| {
        tagged.tags.rules = 2;
        tagged
    });
    fixture.feed(&replayed);
    fixture.check("вода", &["8", "7", "6", "5", "4", "3"]);
    assert_eq!(fixture.index.get(&all[2].post.id).unwrap().unwrap().tags.rules, 2);
    fixture.feed(&[tombstone(&all[0], "2026-11-03T00:00:00Z")]);
    assert_eq!(fixture.index.versions().unwrap().len(), 8, "what is deleted at its source is noted, however old");
}
