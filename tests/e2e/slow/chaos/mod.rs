//! Roles as separate processes on Kafka while they are killed, the broker is restarted and the figures are away: nothing lost,
//! nothing twice. `make chaos` runs it at length.
//!
//! `OTKLIK_CHAOS_POSTS`, `OTKLIK_KILLS` and `OTKLIK_BROKER_RESTARTS` set how much, `OTKLIK_SEED` which; all are printed.

mod messages;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use fastrand::Rng;
use journal::{Journal, Kafka, Record, Stream};
use serde_json::Value;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use super::kill::setting;
use messages::{ALARMS, EMERGENCIES, Message, fold, messages, places};

use crate::support::cluster::{Cluster, LOOK_AGAIN, PROCESSES, number};
use crate::support::{Deadline, Hook, library};

/// Messages appended at once.
const BATCH: usize = 500;

/// What is fed may be so far ahead of the classifiers: kills then fall into work, not after it.
const AHEAD: u64 = 4_000;

/// How long everything may take to catch up after the last kill.
const CATCH_UP: Duration = Duration::from_secs(300);

/// Something done to the roles, and before which message.
#[derive(Debug, Clone, Copy)]
enum Event {
    Kill(usize),
    RestartBroker,
    FactsAway,
    FactsBack,
}

fn events(messages: usize, kills: usize, restarts: usize, random: &mut Rng) -> Vec<(usize, Event)> {
    let mut events: Vec<(usize, Event)> =
        (0..kills).map(|_| (random.usize(..messages), Event::Kill(random.usize(..PROCESSES.len())))).collect();
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
    let deadline = Deadline::new(CATCH_UP);
    while let Err(error) = journal.append(Stream::Posts, &records) {
        deadline.left(|| format!("posts are appended: {error}"));
    }
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
    let (begun, mut random) = (Instant::now(), Rng::with_seed(seed));
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

/// Waits until the classifiers together have done every post, and then until whoever reads what they wrote has done that: asked at
/// once, the readers may answer before the classifiers write their last.
fn caught_up(cluster: &Cluster) -> Value {
    calm(cluster, &[("classify", 2)]);
    calm(cluster, &[("classify", 2), ("search", 2), ("facts", 1), ("alerts", 1)])
}

/// Asks until every process of these roles answers and has nothing before it.
fn calm(cluster: &Cluster, wanted: &[(&str, usize)]) -> Value {
    let deadline = Deadline::new(CATCH_UP);
    loop {
        let status = cluster.status();
        let calm = status.as_ref().is_some_and(|status| {
            let roles = status["roles"].as_array().unwrap();
            let well = |role: &&Value| role["lag"] == 0 && role["error"].is_null();
            let count = |name: &str| roles.iter().filter(|role| role["role"] == name).filter(well).count();
            wanted.iter().all(|(name, processes)| count(name) == *processes) && status["journal"]["error"].is_null()
        });
        if let Some(status) = status.clone().filter(|_| calm) {
            return status;
        }
        deadline.left(|| format!("{wanted:?} have nothing before them: {status:#?}"));
        std::thread::park_timeout(LOOK_AGAIN);
    }
}

/// Every emergency gets into an alert that the webhook accepts; returns how many. The alerts have read all posts by now, and notify
/// at their next tick.
fn alarms(cluster: &Cluster, hook: &Hook) -> usize {
    let deadline = Deadline::new(CATCH_UP);
    loop {
        let (_, body) = cluster.ask("web", "/api/alerts?all=true").unwrap();
        let alerts: Vec<Value> = serde_json::from_str(&body).unwrap();
        let untold = untold(&alerts, hook);
        let pending = cluster.status().map(|status| status["alerts"]["pending"].clone());
        if untold.is_empty() && pending == Some(Value::from(0)) {
            return ALARMS;
        }
        deadline.left(|| format!("told of {untold:?}, {pending:?} waiting in the outbox: {alerts:#?}"));
        std::thread::park_timeout(LOOK_AGAIN);
    }
}

/// The emergencies that are in no alert that the webhook accepted.
fn untold(alerts: &[Value], hook: &Hook) -> Vec<String> {
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
    (0..ALARMS).map(|alarm| format!("vk:-9_{alarm}")).filter(|id| !told.contains(id.as_str())).collect()
}

fn index(cluster: &Cluster, name: &str) -> BTreeMap<String, u64> {
    let index = SearchIndex::open(&cluster.data(name).join("index"), jiff::tz::TimeZone::UTC).unwrap();
    let versions = index.versions().unwrap().into_iter().filter(|(_, _, deleted)| !deleted);
    versions.map(|(id, version, _)| (id.to_string(), version)).collect()
}

fn facts(cluster: &Cluster) -> BTreeMap<String, u64> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let engine = Engine::start(&library(), &cluster.data("facts").join("facts"), None, false).await.unwrap();
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
