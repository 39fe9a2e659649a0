//! The files of the index: damage, copies, and every post read back.

use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use journal::{Checkpoint, Entry, Sink};
use model::{Correction, Time, wire};

use super::{Fixture, post, tombstone};
use crate::search::{Budget, Rebuilding, SearchError, SearchIndex, SearchRequest};

/// Files of segments, the largest of each kind.
fn segment_files(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let is_segment = |file: &PathBuf| {
        ["term", "idx", "pos", "store", "fast", "fieldnorm"]
            .iter()
            .any(|kind| file.extension().is_some_and(|e| e == *kind))
    };
    files.filter(is_segment).collect()
}

/// Where the checksum at the end of a file begins.
fn footer(bytes: &[u8]) -> usize {
    bytes.windows(10).rposition(|window| window == b"{\"version\"").unwrap()
}

#[test]
fn a_flipped_byte_in_any_file_of_a_segment_is_found_and_said() {
    let whole = Fixture::with(&[post(1, "вода"), post(2, "газ")]);
    assert_eq!(whole.index.damaged_files().unwrap(), Vec::<PathBuf>::new());
    assert!(whole.index.damage().is_none());
    let files = segment_files(whole.folder.path());
    assert!(files.len() >= 6, "{files:?}");
    let places = |bytes: &[u8]| [0, footer(bytes)];
    let each = files.iter().flat_map(|file| places(&std::fs::read(file).unwrap()).map(|place| (file.clone(), place)));
    for (file, place) in each {
        let bytes = std::fs::read(&file).unwrap();
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        std::fs::write(&file, flipped).unwrap();
        let timezone = TimeZone::get("Europe/Moscow").unwrap();
        // Damage where tantivy looks at opening is an error there; elsewhere the checksums tell.
        let said = match SearchIndex::open(whole.folder.path(), timezone) {
            Err(error) => error.to_string(),
            Ok(index) => {
                assert_eq!(index.damaged_files().unwrap().len(), 1, "{file:?}");
                let refused = index.search(&SearchRequest::default(), &Budget::unlimited()).unwrap_err();
                assert_eq!(
                    index.facets(&SearchRequest::default(), &Budget::unlimited()).unwrap_err().to_string(),
                    refused.to_string()
                );
                refused.to_string()
            }
        };
        assert!(said.contains("otklik rebuild index"), "{said}");
        std::fs::write(&file, bytes).unwrap();
    }
}

#[test]
fn a_damaged_index_takes_nothing_in() {
    let mut fixture = Fixture::with(&[post(1, "вода")]);
    let file = segment_files(fixture.folder.path()).pop().unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let place = footer(&bytes);
    // In place: the file is mapped in memory.
    std::fs::File::options().write(true).open(&file).unwrap().write_at(&[bytes[place] ^ 1], place as u64).unwrap();
    assert_eq!(fixture.index.damaged_files().unwrap().len(), 1);
    let entry = Entry { partition: 0, offset: 9, key: String::new(), payload: wire::write_tagged(&post(2, "газ")) };
    let refused = fixture.sink.apply(&[entry]).unwrap_err().to_string();
    assert!(refused.contains("otklik rebuild index"), "{refused}");
}

#[test]
fn a_copy_is_a_whole_index_of_one_commit() {
    let mut fixture = Fixture::with(&[post(1, "вода"), post(2, "газ")]);
    fixture.feed(&[tombstone(&post(2, "газ"), "2026-11-05T00:00:00Z")]);
    let copies = tempfile::tempdir().unwrap();
    fixture.index.copy_to(&copies.path().join("copy")).unwrap();
    fixture.feed(&[post(3, "свет")]);
    let copy = SearchIndex::open(&copies.path().join("copy"), TimeZone::UTC).unwrap();
    assert_eq!(copy.damaged_files().unwrap(), Vec::<PathBuf>::new());
    assert_eq!((copy.docs().unwrap(), copy.checkpoint().unwrap()), (1, Some(Checkpoint::at(4))));
    // It can be written on.
    let mut sink = copy.sink().unwrap();
    let entry =
        Entry { partition: 0, offset: 4, key: String::new(), payload: wire::write_tagged(&post(3, "свет")) };
    sink.apply(&[entry]).unwrap();
    sink.flush().unwrap();
    assert_eq!(copy.docs().unwrap(), 2);
}

/// Ages an index: it is as if an earlier build had written it.
fn age(fixture: Fixture) -> tempfile::TempDir {
    let Fixture { folder, index, sink, .. } = fixture;
    drop((index, sink));
    std::fs::write(folder.path().join("index/schema_version"), "2\n").unwrap();
    folder
}

/// An index in a folder within a folder of its own, so that others may lie beside it.
fn inside(posts: &[model::TaggedPost]) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(&folder.path().join("index"), TimeZone::UTC).unwrap();
    let sink = index.sink().unwrap();
    let mut fixture = Fixture { folder, index, sink, next: 1 };
    fixture.feed(posts);
    fixture
}

fn open(folder: &Path) -> SearchIndex {
    SearchIndex::open(&folder.join("index"), TimeZone::UTC).unwrap()
}

#[test]
fn an_index_of_an_earlier_build_is_made_anew_and_nothing_is_lost() {
    let mut fixture = inside(&[post(1, "вода"), post(2, "газ"), post(3, "свет")]);
    fixture.feed(&[tombstone(&post(2, "газ"), "2026-11-05T00:00:00Z")]);
    let id = post(3, "").post.id;
    let said =
        Correction { withdrawn: false, ..Correction::withdrawal(id.clone(), Time::UNIX_EPOCH, "Иванова") };
    let entry = Entry { partition: 0, offset: 7, key: String::new(), payload: wire::write(&said) };
    fixture.sink.correct(&[entry]).unwrap();
    let corrected = post(3, "свет").corrected(Some(&said));
    assert_eq!(fixture.index.get(&id).unwrap().as_ref(), Some(&corrected));
    let (versions, position) = (fixture.index.versions().unwrap(), fixture.index.checkpoint().unwrap());
    let folder = age(fixture);

    let index = open(folder.path());
    assert!(!index.holds(&Checkpoint::default()).unwrap());
    assert_eq!((index.docs().unwrap(), index.rebuilding()), (0, Some(Rebuilding { done: 0, total: 0 })));
    let mut sink = index.sink().unwrap();
    assert_eq!(sink.position().unwrap(), position.clone());
    assert_eq!((index.versions().unwrap(), index.rebuilding()), (versions, None));
    assert!(index.holds(&position.unwrap()).unwrap());
    assert_eq!(index.get(&id).unwrap(), Some(corrected));
    assert_eq!(sink.corrections_position().unwrap(), Checkpoint::at(8));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(
        index
            .search(&SearchRequest { query: "вода".into(), ..Default::default() }, &Budget::unlimited())
            .unwrap()
            .total,
        1
    );
    drop(sink);
    assert_eq!(open(folder.path()).rebuilding(), None);
}

#[test]
fn a_rebuild_that_was_cut_off_begins_again_wherever_that_was() {
    let posts = [post(1, "вода"), post(2, "газ")];
    let fixture = inside(&posts);
    let (versions, position) = (fixture.index.versions().unwrap(), fixture.index.checkpoint().unwrap());
    let folder = age(fixture);
    // It was moved aside, and the new one has one of its posts.
    let index = open(folder.path());
    index.interrupt_rebuilding();
    let mut sink = index.sink().unwrap();
    assert!(sink.position().is_err());
    drop((sink, index));
    // By yet another build, which kept neither.
    std::fs::write(folder.path().join("index/schema_version"), "2\n").unwrap();
    let _ = std::fs::create_dir(folder.path().join("index.done"));
    drop(open(folder.path()));
    // Killed between two steps of moving it aside.
    std::fs::remove_dir_all(folder.path().join("index")).unwrap();
    let index = open(folder.path());
    let mut sink = index.sink().unwrap();
    assert_eq!(sink.position().unwrap(), position);
    assert_eq!(index.versions().unwrap(), versions);
    // Killed after the last commit and before the earlier one was removed: all is taken once more, and nothing is in it twice.
    drop((sink, index));
    let copy = |to: &str| {
        let to = folder.path().join(to);
        std::fs::create_dir(&to).unwrap();
        for file in std::fs::read_dir(folder.path().join("index")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    };
    copy("index.earlier");
    let index = open(folder.path());
    assert!(index.rebuilding().is_some());
    assert_eq!(index.sink().unwrap().position().unwrap(), position);
    assert_eq!(index.versions().unwrap(), versions);
}

#[test]
fn every_post_comes_back_tombstones_first() {
    let mut fixture = Fixture::with(&[post(1, "вода"), post(2, "газ")]);
    let gone = tombstone(&post(1, "вода"), "2026-11-05T00:00:00Z");
    fixture.feed(std::slice::from_ref(&gone));
    let mut found = Vec::new();
    let read = |page: Vec<Vec<u8>>| {
        found.extend(page);
        Ok::<_, SearchError>(())
    };
    fixture.index.every_post(read).unwrap();
    assert_eq!(found, [wire::write_tagged(&gone), wire::write_tagged(&post(2, "газ"))]);
}
