//! What every journal promises: each promise is a test of each backend.

use std::time::{Duration, Instant};

use journal::{Checkpoint, Entry, Error, Journal, Reader, Record, Stream};

/// Long enough for a broker on a busy machine; a test that passes does not wait for it.
const PATIENCE: Duration = Duration::from_secs(30);

fn record(key: u32, payload: u32) -> Record {
    Record::new(format!("vk:-1_{key}"), payload.to_string().into_bytes())
}

/// Reads until `count` messages came. A broker that has only just begun may not know its own topics: its failures are retried, as
/// [`Error::Backend`] asks.
fn read(reader: &mut dyn Reader, count: usize) -> Vec<Entry> {
    let (mut entries, began) = (Vec::new(), Instant::now());
    while entries.len() < count {
        let more = match reader.poll(count - entries.len(), PATIENCE) {
            Err(Error::Backend(_) | Error::Missing(_)) if entries.is_empty() && began.elapsed() < PATIENCE => continue,
            polled => polled.unwrap(),
        };
        assert!(!more.is_empty(), "{} of {count} messages came", entries.len());
        entries.extend(more);
    }
    entries
}

/// What is committed under a name; asked again as in [`read`].
fn committed(journal: &dyn Journal, name: &str) -> Checkpoint {
    let began = Instant::now();
    loop {
        match journal.committed(Stream::Posts, name) {
            Err(Error::Backend(_)) if began.elapsed() < PATIENCE => {}
            committed => return committed.unwrap(),
        }
    }
}

fn payloads(entries: &[Entry], key: &str) -> Vec<String> {
    let of_key = entries.iter().filter(|entry| entry.key == key);
    of_key.map(|entry| String::from_utf8_lossy(&entry.payload).into_owned()).collect()
}

/// The checkpoint after some entries.
fn after(entries: &[Entry]) -> Checkpoint {
    let mut checkpoint = Checkpoint::default();
    entries.iter().for_each(|entry| checkpoint.advance(entry));
    checkpoint
}

fn messages_of_a_key_come_back_in_order(journal: &dyn Journal) {
    let records: Vec<Record> = (0..100).map(|n| record(n % 7, n)).collect();
    journal.append(Stream::Posts, &records[..50]).unwrap();
    let end = journal.append(Stream::Posts, &records[50..]).unwrap();
    let mut reader = journal.reader(Stream::Posts, "order").unwrap();
    let entries = read(&mut *reader, 100);
    for key in 0..7 {
        let expect: Vec<String> = (0..100).filter(|n| n % 7 == key).map(|n| n.to_string()).collect();
        assert_eq!(payloads(&entries, &format!("vk:-1_{key}")), expect);
    }
    assert!(after(&entries).reaches(&end));
    assert_eq!(journal.end(Stream::Posts).unwrap().behind(&after(&entries)), 0);
    assert!(reader.poll(10, Duration::ZERO).unwrap().is_empty());
}

fn readers_are_independent(journal: &dyn Journal) {
    journal.append(Stream::Posts, &[record(1, 1), record(1, 2)]).unwrap();
    let mut first = journal.reader(Stream::Posts, "first").unwrap();
    let done = read(&mut *first, 2);
    first.commit(&after(&done)).unwrap();
    let mut second = journal.reader(Stream::Posts, "second").unwrap();
    assert_eq!(payloads(&read(&mut *second, 2), "vk:-1_1"), ["1", "2"]);
}

fn a_reader_resumes_after_its_commit(journal: &dyn Journal) {
    journal.append(Stream::Posts, &[record(1, 1), record(1, 2), record(1, 3)]).unwrap();
    let mut reader = journal.reader(Stream::Posts, "r").unwrap();
    let first = read(&mut *reader, 1);
    reader.commit(&after(&first)).unwrap();
    read(&mut *reader, 2);
    drop(reader);
    let mut next_reader = journal.reader(Stream::Posts, "r").unwrap();
    assert_eq!(payloads(&read(&mut *next_reader, 2), "vk:-1_1"), ["2", "3"]);
    let stands = next_reader.seek(&Checkpoint::default()).unwrap();
    assert_eq!(stands.next(first[0].partition), first[0].offset + 1, "it stands at the committed one");
    assert_eq!(next_reader.position(), stands);
    assert_eq!(
        payloads(&read(&mut *next_reader, 2), "vk:-1_1"),
        ["2", "3"],
        "an empty checkpoint is the committed one"
    );
}

fn a_commit_never_goes_back(journal: &dyn Journal) {
    journal.append(Stream::Posts, &[record(1, 1), record(1, 2)]).unwrap();
    let mut reader = journal.reader(Stream::Posts, "r").unwrap();
    let entries = read(&mut *reader, 2);
    reader.commit(&after(&entries)).unwrap();
    reader.commit(&after(&entries[..1])).unwrap();
    drop(reader);
    let mut next_reader = journal.reader(Stream::Posts, "r").unwrap();
    assert!(next_reader.poll(10, Duration::ZERO).unwrap().is_empty());
}

fn what_is_committed_under_a_name_is_told_whoever_reads(journal: &dyn Journal) {
    let end = journal.append(Stream::Posts, &(0..20).map(|n| record(n, n)).collect::<Vec<_>>()).unwrap();
    let waiting = || committed(journal, "r").behind(&end);
    assert_eq!(waiting(), 20, "nobody has read yet");
    let mut reader = journal.reader(Stream::Posts, "r").unwrap();
    let entries = read(&mut *reader, 20);
    assert_eq!(waiting(), 20, "what was read is not done yet");
    reader.commit(&after(&entries[..5])).unwrap();
    let some = committed(journal, "r");
    assert!(some.reaches(&after(&entries[..5])) && !some.reaches(&end), "{some} of {end}");
    reader.commit(&after(&entries)).unwrap();
    drop(reader);
    assert_eq!(waiting(), 0);
    assert_eq!(committed(journal, "another").behind(&end), 20);
}

fn a_reader_seeks_to_its_sinks_checkpoint(journal: &dyn Journal) {
    journal.append(Stream::Tagged, &[record(1, 1), record(1, 2), record(1, 3)]).unwrap();
    let mut reader = journal.reader(Stream::Tagged, "r").unwrap();
    let entries = read(&mut *reader, 3);
    reader.commit(&after(&entries)).unwrap();
    reader.seek(&after(&entries[..1])).unwrap();
    assert_eq!(payloads(&read(&mut *reader, 2), "vk:-1_1"), ["2", "3"]);
}

fn streams_are_separate(journal: &dyn Journal) {
    for (n, stream) in Stream::ALL.into_iter().enumerate() {
        journal.append(stream, &[record(1, n as u32)]).unwrap();
    }
    for (n, stream) in Stream::ALL.into_iter().enumerate() {
        let mut reader = journal.reader(stream, "r").unwrap();
        assert_eq!(payloads(&read(&mut *reader, 1), "vk:-1_1"), [n.to_string()]);
    }
}

/// Of the stream of corrections the last message of each key counts: whoever reads it from its beginning ends with the same, and a
/// deletion withdraws what was said.
fn the_last_correction_of_a_key_counts(journal: &dyn Journal) {
    let last = |name: &str| {
        let end = journal.end(Stream::Corrections).unwrap();
        let mut reader = journal.reader(Stream::Corrections, name).unwrap();
        let mut last = std::collections::BTreeMap::new();
        while !reader.position().reaches(&end) {
            let entries = read(&mut *reader, 1);
            last.extend(entries.into_iter().map(|entry| (entry.key, entry.payload)));
        }
        last.retain(|_, payload| !payload.is_empty());
        last.into_values().map(|payload| String::from_utf8_lossy(&payload).into_owned()).collect::<Vec<_>>()
    };
    journal.append(Stream::Corrections, &[record(1, 1), record(2, 2), record(1, 3)]).unwrap();
    assert_eq!(last("before"), ["3", "2"]);
    let tombstone = Record { tombstone: true, ..record(1, 4) };
    journal.append(Stream::Posts, &[tombstone]).unwrap();
    assert_eq!(last("after"), ["2"]);
}

mod embedded {
    use std::sync::Arc;

    use journal::{Embedded, Limits};
    use model::Time;

    use super::*;

    fn keeps(promise: fn(&dyn Journal)) {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { keep: Duration::from_secs(24 * 3600), max_bytes: u64::MAX };
        let clock: model::Clock = Arc::new(|| Time::UNIX_EPOCH);
        promise(&Embedded::open(&folder.path().join("journal.db"), limits, clock).unwrap());
    }

    #[test]
    fn messages_of_a_key_come_back_in_order() {
        keeps(super::messages_of_a_key_come_back_in_order);
    }

    #[test]
    fn readers_are_independent() {
        keeps(super::readers_are_independent);
    }

    #[test]
    fn a_reader_resumes_after_its_commit() {
        keeps(super::a_reader_resumes_after_its_commit);
    }

    #[test]
    fn a_commit_never_goes_back() {
        keeps(super::a_commit_never_goes_back);
    }

    #[test]
    fn what_is_committed_under_a_name_is_told_whoever_reads() {
        keeps(super::what_is_committed_under_a_name_is_told_whoever_reads);
    }

    #[test]
    fn a_reader_seeks_to_its_sinks_checkpoint() {
        keeps(super::a_reader_seeks_to_its_sinks_checkpoint);
    }

    #[test]
    fn streams_are_separate() {
        keeps(super::streams_are_separate);
    }

    #[test]
    fn the_last_correction_of_a_key_counts() {
        keeps(super::the_last_correction_of_a_key_counts);
    }
}

mod kafka {
    use super::*;
    use crate::kafka::journal;

    fn keeps(promise: fn(&dyn Journal)) {
        promise(&journal());
    }

    #[test]
    fn messages_of_a_key_come_back_in_order() {
        keeps(super::messages_of_a_key_come_back_in_order);
    }

    #[test]
    fn readers_are_independent() {
        keeps(super::readers_are_independent);
    }

    #[test]
    fn a_reader_resumes_after_its_commit() {
        keeps(super::a_reader_resumes_after_its_commit);
    }

    #[test]
    fn a_commit_never_goes_back() {
        keeps(super::a_commit_never_goes_back);
    }

    #[test]
    fn what_is_committed_under_a_name_is_told_whoever_reads() {
        keeps(super::what_is_committed_under_a_name_is_told_whoever_reads);
    }

    #[test]
    fn a_reader_seeks_to_its_sinks_checkpoint() {
        keeps(super::a_reader_seeks_to_its_sinks_checkpoint);
    }

    #[test]
    fn streams_are_separate() {
        keeps(super::streams_are_separate);
    }

    #[test]
    fn the_last_correction_of_a_key_counts() {
        keeps(super::the_last_correction_of_a_key_counts);
    }
}
