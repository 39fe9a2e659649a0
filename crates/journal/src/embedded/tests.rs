use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use model::{Clock, Time};

use super::{Embedded, Limits};
use crate::api::{Checkpoint, Error, Journal, Record, Stream};

const DAY: Duration = Duration::from_secs(24 * 3600);

struct Fixture {
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
    limits: Limits,
}

impl Fixture {
    fn new(max_bytes: u64) -> Fixture {
        Fixture {
            folder: tempfile::tempdir().unwrap(),
            now: Arc::new(AtomicI64::new(1_790_000_000)),
            limits: Limits { keep: DAY, max_bytes },
        }
    }

    fn open(&self) -> Embedded {
        let now = Arc::clone(&self.now);
        let clock: Clock = Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap());
        Embedded::open(&self.folder.path().join("journal.db"), self.limits, clock).unwrap()
    }

    fn pass(&self, time: Duration) {
        self.now.fetch_add(time.as_secs() as i64, Ordering::Relaxed);
    }
}

fn records(range: std::ops::Range<u32>) -> Vec<Record> {
    range.map(|n| Record::new(format!("vk:-1_{n}"), n.to_string().into_bytes())).collect()
}

#[test]
fn positions_survive_a_restart_and_are_never_given_twice() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    journal.append(Stream::Posts, &records(0..3)).unwrap();
    journal.reader(Stream::Posts, "r").unwrap().commit(&Checkpoint::at(4)).unwrap();
    drop(journal);
    fixture.pass(10 * DAY);
    let journal = fixture.open();
    assert_eq!(journal.expire().unwrap(), 2);
    assert_eq!(journal.append(Stream::Posts, &records(3..4)).unwrap(), Checkpoint::at(5));
    let next = journal.reader(Stream::Posts, "r").unwrap().poll(10, Duration::ZERO).unwrap();
    assert_eq!(next.iter().map(|entry| entry.offset).collect::<Vec<_>>(), [4]);
}

#[test]
fn retention_never_passes_the_slowest_reader() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    journal.append(Stream::Posts, &records(0..10)).unwrap();
    journal.reader(Stream::Posts, "slow").unwrap().commit(&Checkpoint::at(3)).unwrap();
    journal.reader(Stream::Posts, "quick").unwrap().commit(&Checkpoint::at(11)).unwrap();
    assert_eq!(journal.expire().unwrap(), 0, "nothing is old yet");
    fixture.pass(2 * DAY);
    assert_eq!(journal.expire().unwrap(), 2);
    let mut quick = journal.reader(Stream::Posts, "quick").unwrap();
    assert!(matches!(quick.seek(&Checkpoint::at(2)), Err(Error::Expired { wanted: 2, oldest: 3, .. })));
    journal.forget_reader(Stream::Posts, "slow").unwrap();
    assert_eq!(journal.expire().unwrap(), 7);
}

#[test]
fn at_the_size_limit_it_takes_nothing_in_and_still_gives_out() {
    let fixture = Fixture::new(1 << 20);
    let journal = fixture.open();
    let big = [Record::new("vk:-1_1", vec![b'x'; 700 << 10])];
    journal.append(Stream::Posts, &big).unwrap();
    journal.append(Stream::Posts, &big).unwrap();
    assert!(matches!(journal.append(Stream::Posts, &big), Err(Error::Full(_))));
    assert_eq!(journal.reader(Stream::Posts, "r").unwrap().poll(10, Duration::ZERO).unwrap().len(), 2);
    let (used, limit) = journal.room().unwrap();
    assert!(used >= limit && limit == 1 << 20, "{used} of {limit}");
}

#[test]
fn a_full_disk_takes_nothing_in_and_loses_nothing() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    journal.append(Stream::Posts, &records(0..10)).unwrap();
    // At its greatest number of pages SQLite answers as it does where the disk has no room.
    let allow = |pages: u64| journal.shared.writer().pragma_update(None, "max_page_count", pages).unwrap();
    allow(1);
    let big = [Record::new("vk:-1_10", vec![b'x'; 1 << 20])];
    assert!(matches!(journal.append(Stream::Posts, &big), Err(Error::Full(_))));
    let mut reader = journal.reader(Stream::Posts, "r").unwrap();
    assert_eq!(reader.poll(20, Duration::ZERO).unwrap().len(), 10);
    allow(1 << 30);
    assert_eq!(journal.append(Stream::Posts, &big).unwrap(), Checkpoint::at(12));
    assert_eq!(reader.poll(20, Duration::ZERO).unwrap().len(), 1);
}

#[test]
fn a_tombstone_takes_the_text_out_of_the_file() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    let secret = "сокровенное".as_bytes();
    journal.append(Stream::Posts, &[Record::new("vk:-1_1", secret.to_vec())]).unwrap();
    journal.append(Stream::Dead, &[Record::new("vk:-1_1", secret.to_vec())]).unwrap();
    let tombstone = Record { tombstone: true, ..Record::new("vk:-1_1", b"{}".to_vec()) };
    journal.append(Stream::Posts, &[tombstone]).unwrap();
    let entries = journal.reader(Stream::Posts, "r").unwrap().poll(10, Duration::ZERO).unwrap();
    let payloads: Vec<&[u8]> = entries.iter().map(|entry| &entry.payload[..]).collect();
    assert_eq!(payloads, [&b""[..], b"{}"]);
    assert_eq!(journal.sizes().unwrap().posts, 0);
    journal.truncate_log().unwrap();
    for file in std::fs::read_dir(fixture.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn of_corrections_the_last_of_each_post_stays_for_ever_and_no_position_among_them_expires() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    let said = |post: u32, what: &str| Record::new(format!("vk:-1_{post}"), what.as_bytes().to_vec());
    journal.append(Stream::Corrections, &[said(1, "a"), said(2, "b"), said(1, "c")]).unwrap();
    journal.reader(Stream::Corrections, "slow").unwrap().commit(&Checkpoint::at(2)).unwrap();
    journal.append(Stream::Corrections, &[said(2, "d"), said(1, "e")]).unwrap();
    fixture.pass(100 * DAY);
    assert_eq!(journal.expire().unwrap(), 0);
    let read = |name| {
        let entries = journal.reader(Stream::Corrections, name).unwrap().poll(10, Duration::ZERO).unwrap();
        entries.into_iter().map(|entry| (entry.offset, entry.payload)).collect::<Vec<_>>()
    };
    assert_eq!(read("new"), [(4, b"d".to_vec()), (5, b"e".to_vec())]);
    assert_eq!(read("slow"), read("new"), "a position before the oldest message lost nothing");
}

#[test]
fn a_deletion_withdraws_what_was_said_of_the_post_and_tells_those_who_read_it() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    let secret = "сокровенное".as_bytes();
    journal.append(Stream::Corrections, &[Record::new("vk:-1_1", secret.to_vec())]).unwrap();
    let mut reader = journal.reader(Stream::Corrections, "r").unwrap();
    assert_eq!(reader.poll(10, Duration::ZERO).unwrap().len(), 1);
    let tombstone = |post: u32| Record { tombstone: true, ..Record::new(format!("vk:-1_{post}"), b"{}".to_vec()) };
    journal.append(Stream::Posts, &[tombstone(1), tombstone(2)]).unwrap();
    journal.append(Stream::Tagged, &[tombstone(1)]).unwrap();
    let told = reader.poll(10, Duration::ZERO).unwrap();
    assert_eq!(told.iter().map(|entry| (&*entry.key, entry.payload.len())).collect::<Vec<_>>(), [("vk:-1_1", 0)]);
    journal.truncate_log().unwrap();
    for file in std::fs::read_dir(fixture.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn a_waiting_reader_wakes_when_something_comes() {
    let fixture = Fixture::new(u64::MAX);
    let journal = fixture.open();
    let mut reader = journal.reader(Stream::Tagged, "r").unwrap();
    let waiting = std::thread::spawn(move || reader.poll(10, Duration::from_secs(60)).unwrap().len());
    journal.append(Stream::Tagged, &records(0..1)).unwrap();
    assert_eq!(waiting.join().unwrap(), 1);
}
