//! The journal in Kafka, against Apache Kafka itself: one node for all tests here.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use ::journal::broker::Broker;
use ::journal::{
    Checkpoint, DEAD_LETTERS_READER, Entry, Error, Journal, Kafka, KafkaSettings, Reader, Record, Sasl, Security,
    Stream, Tls,
};
use model::Time;

const PATIENCE: Duration = Duration::from_secs(60);

/// The node. It ends with this process.
static BROKER: LazyLock<Mutex<Broker>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap().keep();
    Mutex::new(Broker::start(&folder, false).expect("Kafka must be there: deploy/setup.sh test brings it"))
});

pub(crate) fn settings(prefix: &str) -> KafkaSettings {
    KafkaSettings {
        brokers: BROKER.lock().unwrap().address(),
        prefix: format!("{prefix}."),
        partitions: 3,
        replication: 1,
        keep: Duration::from_secs(24 * 3600),
        security: Security::default(),
    }
}

/// Asks until there is an answer: a node may not lead a topic yet that it has only just made, nor know of its groups, and its
/// failures are retried, as [`Error::Backend`] asks.
pub(crate) fn retried<T>(mut ask: impl FnMut() -> Result<T, Error>) -> T {
    let began = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(error) => {
                assert!(matches!(error, Error::Backend(_) | Error::Missing(_)) && began.elapsed() < PATIENCE, "{error}")
            }
        }
    }
}

/// Fails where a test waits for what does not come.
fn deadline() -> impl Fn() {
    let began = Instant::now();
    move || assert!(began.elapsed() < 2 * PATIENCE, "it does not come")
}

/// Fresh topics, which the node leads.
pub(crate) fn journal() -> Kafka {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let kafka = Kafka::open(settings(&format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed)))).unwrap();
    kafka.make_topics().unwrap();
    for stream in Stream::ALL {
        retried(|| kafka.end(stream));
    }
    retried(|| kafka.stored_rule_set());
    kafka
}

pub(crate) fn records(range: std::ops::Range<u32>) -> Vec<Record> {
    range.map(|n| Record::new(format!("vk:-1_{n}"), n.to_string().into_bytes())).collect()
}

pub(crate) fn read(reader: &mut dyn Reader, count: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        let more = reader.poll(count - entries.len(), PATIENCE).unwrap();
        assert!(!more.is_empty(), "{} of {count} messages came", entries.len());
        entries.extend(more);
    }
    entries
}

#[test]
fn topics_are_made_once_and_checked() {
    let kafka = journal();
    kafka.make_topics().unwrap();
    for topic in kafka.topics().unwrap() {
        assert_eq!(topic.problems, Vec::<String>::new(), "{}", topic.name);
    }
    let absent = Kafka::open(settings("absent")).unwrap();
    assert!(absent.topics().unwrap().iter().all(|topic| topic.problems == ["it is not there"]));
    let refused = absent.append(Stream::Posts, &records(0..1)).unwrap_err().to_string();
    assert!(refused.contains("otklik topics"), "{refused}");
    let refused = absent.end(Stream::Posts).unwrap_err().to_string();
    assert!(refused.contains("otklik topics"), "{refused}");
}

#[test]
fn what_differs_from_the_configuration_is_named() {
    let made = Kafka::open(settings("differs")).unwrap();
    made.make_topics().unwrap();
    let asked = Kafka::open(KafkaSettings { partitions: 5, keep: PATIENCE, ..settings("differs") }).unwrap();
    let posts = asked.topics().unwrap().remove(0);
    assert_eq!(posts.problems, ["3 partitions, 5 in the configuration", "retention.ms is 86400000, should be 60000"]);
}

#[test]
fn encryption_and_login_are_what_the_client_was_built_with() {
    let open = |security| Kafka::open(KafkaSettings { security, ..settings("secure") });
    let login =
        |mechanism: &str| Some(Sasl { mechanism: mechanism.into(), user: "otklik".into(), password: "secret".into() });
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        open(Security { tls: Some(Tls::default()), sasl: login(mechanism) }).unwrap();
        open(Security { tls: None, sasl: login(mechanism) }).unwrap();
    }
    let absent = Tls { ca_file: Some("/absent/ca.pem".into()), client: None };
    let refused = open(Security { tls: Some(absent), sasl: None }).err().unwrap().to_string();
    assert!(refused.contains("ssl.ca.location"), "{refused}");
    assert!(!format!("{:?}", login("PLAIN")).contains("secret"));
    // In the clear to a node that speaks TLS, or the other way round, is an error and not a silence.
    let wrong = open(Security { tls: Some(Tls::default()), sasl: None }).unwrap();
    assert!(matches!(wrong.end(Stream::Posts), Err(Error::Backend(_))));
}

#[test]
fn a_message_goes_to_the_partition_it_is_told() {
    let kafka = journal();
    let told = |partition| Record { partition: Some(partition), ..Record::new("vk:-1_1", b"x".to_vec()) };
    kafka.append(Stream::Tagged, &[told(2), told(0), told(2)]).unwrap();
    assert_eq!(kafka.end(Stream::Tagged).unwrap().0.into_iter().collect::<Vec<_>>(), [(0, 1), (1, 0), (2, 2)]);
}

#[test]
fn readers_of_one_name_share_a_stream_and_take_over_what_another_leaves() {
    let kafka = journal();
    kafka.append(Stream::Posts, &records(0..300)).unwrap();
    let in_time = deadline();
    let mut seen = BTreeSet::new();
    let mut first = kafka.shared_reader(Stream::Posts, "classify").unwrap();
    let mut take = |reader: &mut dyn Reader, commit: bool| {
        let entries = reader.poll(50, Duration::from_millis(200)).unwrap();
        seen.extend(entries.iter().map(|entry| entry.key.clone()));
        if commit {
            reader.commit(&reader.position()).unwrap();
        }
        seen.len()
    };
    while take(&mut *first, true) < 300 {
        in_time();
    }
    assert_eq!(first.position(), kafka.end(Stream::Posts).unwrap());

    // A second one gets a part of the partitions; what both read is everything, and nothing goes to both.
    let mut second = kafka.shared_reader(Stream::Posts, "classify").unwrap();
    while second.position().0.is_empty() {
        in_time();
        take(&mut *first, true);
        take(&mut *second, true);
    }
    let parts = |reader: &dyn Reader| reader.position().0.into_keys().collect::<BTreeSet<u32>>();
    assert!(parts(&*first).is_disjoint(&parts(&*second)));
    kafka.append(Stream::Posts, &records(300..600)).unwrap();
    let mut count = 0;
    while count < 600 {
        in_time();
        take(&mut *first, true);
        // The second one reads and dies before it commits: what it had comes to the first.
        count = if second.position().0.is_empty() { 0 } else { take(&mut *second, false) };
        if count == 600 {
            break;
        }
    }
    let left = second.position();
    drop(second);
    let mut again = 0;
    while first.position().0.len() < 3 || first.position() != kafka.end(Stream::Posts).unwrap() {
        in_time();
        again += first.poll(50, Duration::from_millis(200)).unwrap().len();
    }
    assert!(again as u64 >= 1 && !left.0.is_empty(), "{again} came again after {left}");
}

#[test]
fn what_no_reader_of_a_shared_stream_has_is_not_done() {
    let kafka = journal();
    kafka.append(Stream::Posts, &records(0..60)).unwrap();
    let waiting = || {
        let committed = retried(|| kafka.committed(Stream::Posts, "classify"));
        committed.behind(&kafka.end(Stream::Posts).unwrap())
    };
    let mut reader = kafka.shared_reader(Stream::Posts, "classify").unwrap();
    read(&mut *reader, 60);
    reader.commit(&reader.position()).unwrap();
    assert_eq!(waiting(), 0);
    // Its group has no member now: there are three partitions and nobody to own them.
    drop(reader);
    kafka.append(Stream::Posts, &records(60..100)).unwrap();
    assert_eq!(waiting(), 40);
    // A member that has not been given any partition yet changes nothing, and neither does one that has read and not committed.
    let mut reader = kafka.shared_reader(Stream::Posts, "classify").unwrap();
    assert_eq!((reader.position(), waiting()), (Checkpoint::default(), 40));
    read(&mut *reader, 40);
    assert_eq!(waiting(), 40);
    reader.commit(&reader.position()).unwrap();
    assert_eq!(waiting(), 0);
}

#[test]
fn a_failed_batch_of_a_shared_reader_comes_again() {
    let kafka = journal();
    kafka.append(Stream::Posts, &records(0..10)).unwrap();
    let mut reader = kafka.shared_reader(Stream::Posts, "classify").unwrap();
    let first = read(&mut *reader, 10);
    reader.seek(&Checkpoint::default()).unwrap();
    let mut again = read(&mut *reader, 10);
    assert_eq!(again.len(), first.len());
    reader.commit(&reader.position()).unwrap();
    reader.seek(&Checkpoint::default()).unwrap();
    kafka.append(Stream::Posts, &records(10..11)).unwrap();
    again = read(&mut *reader, 1);
    assert_eq!(again[0].key, "vk:-1_10");
}

#[test]
fn a_position_beyond_the_log_is_an_error_and_no_reset() {
    let kafka = journal();
    kafka.append(Stream::Tagged, &records(0..3)).unwrap();
    let mut reader = kafka.reader(Stream::Tagged, "r").unwrap();
    retried(|| reader.seek(&Checkpoint::default()));
    let beyond = reader.seek(&Checkpoint([(0, 99)].into())).unwrap_err();
    assert!(beyond.to_string().contains("beyond its end"), "{beyond}");
}

#[test]
fn a_rule_set_gets_the_next_number_when_the_rules_change_and_keeps_it_while_they_do_not() {
    let kafka = journal();
    assert_eq!(kafka.stored_rule_set().unwrap(), 0);
    let numbers = ["a", "a", "b", "b", "a"].map(|hash| kafka.rule_set(hash).unwrap());
    assert_eq!(numbers, [1, 1, 2, 2, 3]);
    assert_eq!(kafka.stored_rule_set().unwrap(), 3);
}

#[test]
fn a_time_is_a_position() {
    let kafka = journal();
    let end = kafka.append(Stream::Posts, &records(0..30)).unwrap();
    let zero: Checkpoint = Checkpoint((0..3).map(|partition| (partition, 0)).collect());
    assert_eq!(kafka.position_at(Stream::Posts, Time::UNIX_EPOCH).unwrap(), zero);
    assert_eq!(kafka.position_at(Stream::Posts, Time::MAX).unwrap(), end);
}

#[test]
fn dead_letters_are_counted_until_they_are_taken_up_or_deleted() {
    let kafka = journal();
    kafka.append(Stream::Dead, &records(0..5)).unwrap();
    assert_eq!(kafka.sizes().unwrap().dead_letters, 5);
    let tombstone = Record { tombstone: true, ..Record::new("vk:-1_0", b"{}".to_vec()) };
    kafka.append(Stream::Posts, &[tombstone]).unwrap();
    assert_eq!(kafka.sizes().unwrap().dead_letters, 4);
    let mut reader = kafka.reader(Stream::Dead, DEAD_LETTERS_READER).unwrap();
    reader.commit(&kafka.end(Stream::Dead).unwrap()).unwrap();
    assert_eq!(kafka.sizes().unwrap().dead_letters, 0);
    kafka.append(Stream::Dead, &records(7..8)).unwrap();
    assert_eq!(kafka.sizes().unwrap().dead_letters, 1);
    assert_eq!(kafka.sizes().unwrap().posts, 1);
}
