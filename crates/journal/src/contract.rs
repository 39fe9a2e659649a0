//! What every journal must do, as tests that run over any of them.
//!
//! `make` gives an empty journal for each test; its argument is the test's name.

#![allow(clippy::expect_used)] // A test suite, kept out of `cfg(test)` only so that other backends can run it.

use std::time::{Duration, Instant};

use crate::{Checkpoint, Entry, Error, Journal, Reader, Record, Stream};

/// Long enough for a broker on a busy machine; a test that passes does not wait for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the whole suite.
pub fn all(make: &dyn Fn(&str) -> Box<dyn Journal>) {
    type Test = fn(&dyn Journal);
    let tests: [(&str, Test); 6] = [
        ("gives_back_in_order", gives_back_in_order),
        ("readers_go_each_their_own_way", readers_go_each_their_own_way),
        ("a_commit_is_where_a_reader_goes_on", a_commit_is_where_a_reader_goes_on),
        ("a_commit_never_goes_back", a_commit_never_goes_back),
        ("a_reader_goes_where_its_sink_was", a_reader_goes_where_its_sink_was),
        ("streams_are_apart", streams_are_apart),
    ];
    for (name, test) in tests {
        test(&*make(name));
    }
}

fn record(key: u32, payload: u32) -> Record {
    Record::new(format!("vk:-1_{key}"), payload.to_string().into_bytes())
}

/// Reads until `count` messages came. A broker that has only just begun may not know its own topics: its failures are retried, as
/// [`Error::Backend`] asks.
fn read(reader: &mut dyn Reader, count: usize) -> Vec<Entry> {
    let (mut entries, began) = (Vec::new(), Instant::now());
    while entries.len() < count {
        let more = match reader.poll(count - entries.len(), PATIENCE) {
            Err(Error::Backend(_)) if entries.is_empty() && began.elapsed() < PATIENCE => continue,
            polled => polled.expect("poll"),
        };
        assert!(!more.is_empty(), "{} of {count} messages came", entries.len());
        entries.extend(more);
    }
    entries
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

fn gives_back_in_order(journal: &dyn Journal) {
    let records: Vec<Record> = (0..100).map(|n| record(n % 7, n)).collect();
    journal.append(Stream::Posts, &records[..50]).expect("append");
    let end = journal.append(Stream::Posts, &records[50..]).expect("append");
    let mut reader = journal.reader(Stream::Posts, "order").expect("reader");
    let entries = read(&mut *reader, 100);
    for key in 0..7 {
        let expect: Vec<String> = (0..100).filter(|n| n % 7 == key).map(|n| n.to_string()).collect();
        assert_eq!(payloads(&entries, &format!("vk:-1_{key}")), expect);
    }
    assert!(after(&entries).reaches(&end));
    assert_eq!(journal.end(Stream::Posts).expect("end").behind(&after(&entries)), 0);
    assert!(reader.poll(10, Duration::ZERO).expect("poll").is_empty());
}

fn readers_go_each_their_own_way(journal: &dyn Journal) {
    journal.append(Stream::Posts, &[record(1, 1), record(1, 2)]).expect("append");
    let mut first = journal.reader(Stream::Posts, "first").expect("reader");
    let done = read(&mut *first, 2);
    first.commit(&after(&done)).expect("commit");
    let mut second = journal.reader(Stream::Posts, "second").expect("reader");
    assert_eq!(payloads(&read(&mut *second, 2), "vk:-1_1"), ["1", "2"]);
}

fn a_commit_is_where_a_reader_goes_on(journal: &dyn Journal) {
    journal.append(Stream::Posts, &[record(1, 1), record(1, 2), record(1, 3)]).expect("append");
    let mut reader = journal.reader(Stream::Posts, "r").expect("reader");
    let first = read(&mut *reader, 1);
    reader.commit(&after(&first)).expect("commit");
    read(&mut *reader, 2);
    drop(reader);
    let mut again = journal.reader(Stream::Posts, "r").expect("reader");
    assert_eq!(payloads(&read(&mut *again, 2), "vk:-1_1"), ["2", "3"]);
    let stands = again.seek(&Checkpoint::default()).expect("seek");
    assert_eq!(stands.next(first[0].partition), first[0].offset + 1, "it stands at the committed one");
    assert_eq!(again.position(), stands);
    assert_eq!(payloads(&read(&mut *again, 2), "vk:-1_1"), ["2", "3"], "an empty checkpoint is the committed one");
}

fn a_commit_never_goes_back(journal: &dyn Journal) {
    journal.append(Stream::Posts, &[record(1, 1), record(1, 2)]).expect("append");
    let mut reader = journal.reader(Stream::Posts, "r").expect("reader");
    let entries = read(&mut *reader, 2);
    reader.commit(&after(&entries)).expect("commit");
    reader.commit(&after(&entries[..1])).expect("commit");
    drop(reader);
    let mut again = journal.reader(Stream::Posts, "r").expect("reader");
    assert!(again.poll(10, Duration::ZERO).expect("poll").is_empty());
}

fn a_reader_goes_where_its_sink_was(journal: &dyn Journal) {
    journal.append(Stream::Tagged, &[record(1, 1), record(1, 2), record(1, 3)]).expect("append");
    let mut reader = journal.reader(Stream::Tagged, "r").expect("reader");
    let entries = read(&mut *reader, 3);
    reader.commit(&after(&entries)).expect("commit");
    reader.seek(&after(&entries[..1])).expect("seek");
    assert_eq!(payloads(&read(&mut *reader, 2), "vk:-1_1"), ["2", "3"]);
}

fn streams_are_apart(journal: &dyn Journal) {
    for (n, stream) in Stream::ALL.into_iter().enumerate() {
        journal.append(stream, &[record(1, n as u32)]).expect("append");
    }
    for (n, stream) in Stream::ALL.into_iter().enumerate() {
        let mut reader = journal.reader(stream, "r").expect("reader");
        assert_eq!(payloads(&read(&mut *reader, 1), "vk:-1_1"), [n.to_string()]);
    }
}
