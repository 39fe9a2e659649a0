//! Roles as separate processes on Kafka while they are killed, the broker is restarted and the figures are away: nothing lost,
//! nothing twice. `make chaos` runs it at length.
//!
//! `OTKLIK_CHAOS_POSTS`, `OTKLIK_KILLS` and `OTKLIK_BROKER_RESTARTS` set how much, `OTKLIK_SEED` which; all are printed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use journal::{Journal, Kafka, Record, Stream};
use model::{Time, Version};
use serde_json::{Value, json};
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use crate::kill::{library, next, setting};
use crate::roles::{Cluster, LOOK_AGAIN, PROCESSES, number};
use crate::support::Hook;

/// Messages appended at once.
const BATCH: usize = 500;

/// What is fed may be so far ahead of the classifiers: kills then fall into work, not after it.
const AHEAD: u64 = 4_000;

/// How long everything may take to catch up after the last kill.
const CATCH_UP: Duration = Duration::from_secs(300);

/// The first rules of an installation.
const RULE_SET: u32 = 1;

/// Emergencies, each in a street of its own: one alert each.
const ALARMS: usize = 24;

/// What is said of an emergency, by turns.
const EMERGENCIES: [&str; 4] = [
    "Пожар! Горит жилой дом, в квартире дети, помогите. Улица Испытаний-",
    "Сильный запах газа в подъезде, дышать нечем, газовая служба не едет. Улица Испытаний-",
    "Взрыв в жилом доме, есть пострадавшие, люди под завалами. Улица Испытаний-",
    "Дети отравились в столовой, скорая увезла в больницу пятнадцать человек. Улица Испытаний-",
];

/// What else people write; it raises nothing.
const ORDINARY: [&str; 4] = [
    "Ёлку на площади уже нарядили, красиво",
    "Когда откроют каток у школы",
    "Спасибо библиотеке за вечер поэзии",
    "Автобус сегодня пришёл вовремя, удивили",
];

/// A message of a post, and its place in the order of versions.
struct Message {
    id: String,
    seen_ms: i64,
    deleted: bool,
    json: Vec<u8>,
}

/// What is left of a post at the end.
type Expected = BTreeMap<String, Option<u64>>;

fn time(ms: i64) -> String {
    Time::from_millisecond(ms).unwrap().to_string()
}

fn message(id: &str, published_ms: i64, seen_ms: i64, text: &str, deleted: bool) -> Message {
    let mut post = json!({
        "v": 1, "id": id, "platform": "vk", "source": "chaos", "origin": "live", "text": if deleted { "" } else { text },
        "published_at": time(published_ms), "seen_at": time(seen_ms),
    });
    if deleted {
        post["deleted_at"] = json!(time(seen_ms));
    }
    Message { id: id.to_owned(), seen_ms, deleted, json: post.to_string().into_bytes() }
}

/// Posts with edits and deletions, in an order in which versions come late, early and again.
fn messages(posts: usize, random: &mut u64) -> Vec<Message> {
    let now = Time::now().as_millisecond();
    let mut keyed: Vec<(u64, Message)> = Vec::new();
    let mut put = |at: usize, spread: u64, random: &mut u64, message: Message| {
        keyed.push(((at as u64) * 16 + next(random) % spread, message));
    };
    let every = (posts / ALARMS).max(1);
    for n in 0..posts {
        let published = now - 3_600_000 + n as i64;
        let seen = published + 60_000;
        if n % every == 0 && n / every < ALARMS {
            let alarm = n / every;
            let text = format!("{}{}. {}", EMERGENCIES[alarm % EMERGENCIES.len()], alarm + 1, details(alarm));
            put(n, 1, random, message(&format!("vk:-9_{alarm}"), published, seen, &text, false));
            continue;
        }
        let id = format!("vk:-7_{n}");
        let text = format!("{} {n}", ORDINARY[n % ORDINARY.len()]);
        put(n, 1, random, message(&id, published, seen, &text, false));
        // Each version may fall anywhere within some thousand posts, before the first one too.
        let spread = 16 * 3_000;
        if next(random).is_multiple_of(10) {
            put(n, spread, random, message(&id, published, seen + 1_000, &format!("{text}, исправлено"), false));
        }
        if next(random).is_multiple_of(20) {
            put(n, spread, random, message(&id, published, seen + 2_000, "", true));
        }
        if next(random).is_multiple_of(20) {
            put(n, spread, random, message(&id, published, seen, &text, false));
        }
    }
    keyed.sort_by_key(|(at, _)| *at);
    keyed.into_iter().map(|(_, message)| message).collect()
}

/// The fold that every sink must end at: of each post the version that was seen last; `None` where that is its deletion.
fn fold(messages: &[Message]) -> Expected {
    let mut last: BTreeMap<&str, &Message> = BTreeMap::new();
    for message in messages {
        let known = last.entry(&message.id).or_insert(message);
        if message.seen_ms > known.seen_ms {
            *known = message;
        }
    }
    let version = |seen_ms| Version::new(Time::from_millisecond(seen_ms).unwrap(), RULE_SET).0;
    last.into_iter().map(|(id, last)| (id.to_owned(), (!last.deleted).then_some(version(last.seen_ms)))).collect()
}

/// Words of an emergency's own: without them texts of one kind would be near-copies, which are one alert wherever they are.
fn details(alarm: usize) -> String {
    let mut random = alarm as u64;
    let syllables = ["бра", "кул", "ветри", "мо", "жда", "лес", "пони", "хру", "ште", "гар", "зи", "тол"];
    let word =
        |random: &mut u64| (0..3).map(|_| syllables[next(random) as usize % syllables.len()]).collect::<String>();
    (0..40).map(|_| word(&mut random)).collect::<Vec<_>>().join(" ")
}

/// Places for the emergencies.
fn places() -> String {
    let place = |n| {
        format!(
            "[[place]]\nid = \"ispytaniy-{n}\"\nname = \"ул. Испытаний-{n}\"\nkind = \"street\"\naliases = ['\"улица испытаний {n}\"']\n"
        )
    };
    (1..=ALARMS).map(place).collect()
}

/// Something done to the roles, and before which message.
#[derive(Debug, Clone, Copy)]
enum Event {
    Kill(usize),
    RestartBroker,
    FactsAway,
    FactsBack,
}

fn events(messages: usize, kills: usize, restarts: usize, random: &mut u64) -> Vec<(usize, Event)> {
    let mut events: Vec<(usize, Event)> = (0..kills)
        .map(|_| (next(random) as usize % messages, Event::Kill(next(random) as usize % PROCESSES.len())))
        .collect();
    events.extend((1..=restarts).map(|n| (messages * n / (restarts + 1), Event::RestartBroker)));
    events.extend([(messages * 2 / 5, Event::FactsAway), (messages * 3 / 5, Event::FactsBack)]);
    events.sort_by_key(|(at, _)| *at);
    events
}

/// Appends as a collector does: what is not confirmed is appended again.
fn append(journal: &Kafka, messages: &[Message]) {
    let record = |message: &Message| Record {
        tombstone: message.deleted,
        ..Record::new(message.id.clone(), message.json.clone())
    };
    let records: Vec<Record> = messages.iter().map(record).collect();
    while journal.append(Stream::Posts, &records).is_err() {}
}

/// Messages of a stream so far; while the broker is away, none more.
fn count(journal: &Kafka, stream: Stream) -> u64 {
    journal.end(stream).map_or(0, |end| end.0.values().sum())
}

#[test]
fn nothing_is_lost_and_nothing_is_twice_whatever_dies() {
    let posts = setting("OTKLIK_CHAOS_POSTS", 12_000) as usize;
    let (kills, restarts) = (setting("OTKLIK_KILLS", 8) as usize, setting("OTKLIK_BROKER_RESTARTS", 1) as usize);
    let seed = setting("OTKLIK_SEED", 42);
    println!("OTKLIK_SEED={seed} OTKLIK_CHAOS_POSTS={posts} OTKLIK_KILLS={kills} OTKLIK_BROKER_RESTARTS={restarts}");
    let (begun, mut random) = (Instant::now(), seed);
    let hook = Hook::new();
    let mut cluster = Cluster::start(&[("alerts.toml", &hook.alerts_toml()), ("places/district.toml", &places())]);
    cluster.start_all();
    let messages = messages(posts, &mut random);
    let expected = fold(&messages);
    let journal = cluster.journal();
    feed(&mut cluster, &journal, &messages, &events(messages.len(), kills, restarts, &mut random));
    let status = caught_up(&cluster);
    assert_eq!(status["dead_letters"], 0);
    let alerts = alarms(&cluster, &hook);
    let codes = cluster.stop();
    assert!(codes.iter().all(|(_, code)| *code == 0), "{codes:?}");

    let wanted: BTreeMap<String, u64> = expected.into_iter().filter_map(|(id, version)| Some((id, version?))).collect();
    for store in ["store-1", "store-2"] {
        same(&index(&cluster, store), &wanted, store);
    }
    same(&facts(&cluster), &wanted, "facts");
    let keys = hook.keys.lock().unwrap();
    assert!(keys.len() > EMERGENCIES.len(), "emergencies in different streets are alerts of their own: {:?}", *keys);
    let repeats: u32 = keys.values().map(|requests| requests - 1).sum();
    println!(
        "seed {seed}: {} messages of {posts} posts, {kills} kills, {restarts} broker restarts, figures away once; two indexes = \
         figures = expected: {} posts; {alerts} of {ALARMS} emergencies told; {} keys accepted once each, {repeats} repeats \
         recognised; 0 dead letters; {} s",
        messages.len(),
        wanted.len(),
        keys.len(),
        begun.elapsed().as_secs()
    );
}

fn feed(cluster: &mut Cluster, journal: &Kafka, messages: &[Message], events: &[(usize, Event)]) {
    let mut due = events.iter().peekable();
    let mut away = None;
    for (batch, chunk) in messages.chunks(BATCH).enumerate() {
        append(journal, chunk);
        let fed = (batch * BATCH + chunk.len()) as u64;
        // What the classifiers have written counts their repeats too, which only lets the feed go on sooner.
        let waits = Instant::now();
        while count(journal, Stream::Tagged) + AHEAD < fed {
            assert!(
                waits.elapsed() < CATCH_UP,
                "the classifiers stand still after {fed} messages: {}",
                cluster.said(2)
            );
            std::thread::park_timeout(LOOK_AGAIN);
        }
        while let Some((_, event)) = due.next_if(|(at, _)| (*at as u64) < fed) {
            match *event {
                Event::Kill(process) if Some(process) == away => {}
                Event::Kill(process) => {
                    cluster.kill(process);
                    cluster.spawn(process);
                }
                Event::RestartBroker => {
                    cluster.broker.kill().unwrap();
                    cluster.broker.restart().unwrap();
                }
                Event::FactsAway => {
                    away = Some(number("facts"));
                    cluster.kill(number("facts"));
                }
                Event::FactsBack => {
                    away = None;
                    cluster.spawn(number("facts"));
                }
            }
        }
    }
}

/// Asks until every role answers, has nothing before it, and every alert is delivered.
fn caught_up(cluster: &Cluster) -> Value {
    let begun = Instant::now();
    loop {
        let status = cluster.status();
        let done = status.as_ref().is_some_and(|status| {
            let roles = status["roles"].as_array().unwrap();
            let well = |role: &Value| role["lag"] == 0 && role["error"].is_null();
            let count = |name: &str| roles.iter().filter(|role| role["role"] == name).count();
            roles.iter().all(well)
                && [("classify", 2), ("search", 2), ("facts", 1), ("alerts", 1)]
                    .iter()
                    .all(|(name, n)| count(name) == *n)
                && roles.iter().filter(|role| role["role"] == "classify").all(|role| role["position"] != "")
                && status["journal"]["error"].is_null()
                && status["alerts"]["pending"] == 0
        });
        if done {
            return status.unwrap();
        }
        assert!(begun.elapsed() < CATCH_UP, "not caught up: {status:#?}");
        std::thread::park_timeout(LOOK_AGAIN);
    }
}

/// Every emergency is in an alert that the webhook accepted; returns how many.
fn alarms(cluster: &Cluster, hook: &Hook) -> usize {
    let (_, body) = cluster.ask("web", "/api/alerts?all=true").unwrap();
    let alerts: Vec<Value> = serde_json::from_str(&body).unwrap();
    let keys = hook.keys.lock().unwrap();
    let told: BTreeSet<&str> = alerts
        .iter()
        .filter(|alert| {
            // A merge keeps one id and goes by the others too.
            let also = alert["also"].as_array().into_iter().flatten();
            let ids: Vec<&str> = also.chain([&alert["id"]]).map(|id| id.as_str().unwrap()).collect();
            keys.keys().any(|key| ids.iter().any(|id| key.starts_with(id)))
        })
        .flat_map(|alert| alert["post_ids"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    let untold: Vec<String> =
        (0..ALARMS).map(|alarm| format!("vk:-9_{alarm}")).filter(|id| !told.contains(id.as_str())).collect();
    assert!(untold.is_empty(), "nobody was told of {untold:?}: {alerts:#?}");
    ALARMS
}

fn index(cluster: &Cluster, name: &str) -> BTreeMap<String, u64> {
    let index = SearchIndex::open(&cluster.data(name).join("index"), jiff::tz::TimeZone::UTC).unwrap();
    let versions = index.versions().unwrap().into_iter().filter(|(_, _, deleted)| !deleted);
    versions.map(|(id, version, _)| (id.to_string(), version)).collect()
}

fn facts(cluster: &Cluster) -> BTreeMap<String, u64> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let engine = Engine::start(&library(), &cluster.data("facts").join("facts"), None).await.unwrap();
        let zone = jiff::tz::TimeZone::UTC;
        let facts = Facts::connect(engine.url(), engine.database(), engine.user(), engine.password(), &zone);
        let versions = facts.versions().await.unwrap();
        engine.stop().await;
        versions.into_iter().collect()
    })
}

/// Post for post; a difference is shown in part.
fn same(stored: &BTreeMap<String, u64>, wanted: &BTreeMap<String, u64>, name: &str) {
    let missing: Vec<_> = wanted.iter().filter(|(id, version)| stored.get(*id) != Some(version)).take(5).collect();
    let extra: Vec<_> = stored.keys().filter(|id| !wanted.contains_key(*id)).take(5).collect();
    assert!(missing.is_empty() && extra.is_empty(), "{name}: missing or old {missing:?}, extra {extra:?}");
}
