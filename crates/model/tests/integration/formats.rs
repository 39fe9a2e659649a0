//! Messages as earlier releases wrote them are read. Files of a version are never changed once it was released: a journal, a
//! backup or a slow reader may still hold such messages.

use model::{Counters, Coverage, DeadLetter, Kind, Level, Origin, SaidLevel, Sector, Time, wire};
use serde_json::Value;

fn file(version: u32, name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/wire/v{version}/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// What is read says the same as the file: no field is lost or renamed.
#[track_caller]
fn same(name: &str, read: Value) {
    let written: Value = serde_json::from_slice(&file(1, name)).unwrap();
    for (field, value) in written.as_object().unwrap().iter().filter(|(field, _)| *field != "v") {
        assert_eq!(read.get(field), Some(value), "{name}: {field}");
    }
}

#[test]
fn version_1_is_read() {
    let post = wire::read_post(&file(1, "post"), None).unwrap();
    assert_eq!((post.kind, post.origin, post.seen()), (Kind::Comment, Origin::Import, time("2026-11-01T11:00:00Z")));
    same("post", serde_json::to_value(&post).unwrap());

    let tombstone = wire::read_post(&file(1, "tombstone"), None).unwrap();
    assert!(tombstone.is_deleted());

    let tagged = wire::read_tagged(&file(1, "tagged")).unwrap();
    assert_eq!((tagged.tags.sector, tagged.level(), tagged.tags.rules), (Sector::Jkh, Some(Level::High), 3));
    same("tagged", serde_json::to_value(&tagged).unwrap());

    let correction = wire::read_correction(&file(1, "correction")).unwrap();
    assert_eq!((correction.sector, correction.level), (Some(Sector::Roads), Some(SaidLevel::Risk(Level::High))));
    same("correction", serde_json::to_value(&correction).unwrap());

    same("coverage", serde_json::to_value(wire::read::<Coverage>(&file(1, "coverage")).unwrap()).unwrap());
    same("counters", serde_json::to_value(wire::read::<Counters>(&file(1, "counters")).unwrap()).unwrap());
    same("dead", serde_json::to_value(wire::read::<DeadLetter>(&file(1, "dead")).unwrap()).unwrap());
}

#[test]
fn every_version_up_to_this_one_has_its_files() {
    for version in 1..=wire::FORMAT {
        wire::read_post(&file(version, "post"), None).unwrap();
        wire::read_tagged(&file(version, "tagged")).unwrap();
    }
}
