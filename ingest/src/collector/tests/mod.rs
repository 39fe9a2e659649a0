//! The collector against invented sites on the loopback, on a clock of the test's own.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use axum::http::Response;
use config::Address;
use futures_util::stream;
use journal::Stream;
use model::{Counters, DeadLetter, Platform, Post};

use super::*;
use crate::platforms::vk::Sleep;
use crate::privacy::Random;
use crate::test_server::{Asked, Server, answer, settings};
use memory_journal::MemoryJournal;

mod articles;
mod blocking;
mod feeds;
mod forgetting;
mod hosts;
mod laws;
mod masks;
mod max_chats;
mod max_errors;
mod max_events;
mod memory_journal;
mod misbehaving;
mod network;
mod slow;
mod telegram_channels;
mod telegram_comments;
mod vk_comments;
mod vk_errors;
mod vk_events;
mod vk_searches;
mod vk_walls;

/// A collector of one source and what it works with.
struct World {
    dir: tempfile::TempDir,
    journal: Arc<MemoryJournal>,
    now: Arc<AtomicI64>,
    config: Arc<Config>,
    collector: Collector,
}

const START: &str = "2026-11-01T10:00:00Z";

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

impl World {
    fn new(server: &Server, addresses: &[Address], token: bool) -> World {
        World::configured(server, addresses, token, |_| ())
    }

    /// With a configuration that the test changes.
    fn configured(server: &Server, addresses: &[Address], token: bool, change: impl FnOnce(&mut Config)) -> World {
        // In memory where there is such a folder: a week has a hundred thousand commits, each waiting for the disk.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let (dir, journal) = (dir.unwrap(), Arc::new(MemoryJournal::default()));
        let token = token.then(|| {
            std::fs::write(dir.path().join("token"), "vk1.secret\n").unwrap();
            config::Secret::File(dir.path().join("token"))
        });
        let mut config = config(server, addresses, token);
        change(&mut config);
        let config = Arc::new(config);
        let now = Arc::new(AtomicI64::new(time(START).as_millisecond()));
        let collector = open(&dir, &config, &journal, &now, sleep(&now));
        World { dir, journal, now, config, collector }
    }

    /// Stops the collector and starts another on the same data folder.
    fn restart(self) -> World {
        let sleep = sleep(&self.now);
        self.restart_sleeping(sleep)
    }

    /// The same, waiting in another way.
    fn restart_sleeping(self, sleep: Sleep) -> World {
        drop(self.collector);
        let collector = open(&self.dir, &self.config, &self.journal, &self.now, sleep);
        World { collector, ..self }
    }

    fn wait(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    fn now(&self) -> Time {
        Time::from_millisecond(self.now.load(Ordering::Relaxed)).unwrap()
    }

    async fn poll(&self) -> Coverage {
        self.collector.poll("s0").await.unwrap()
    }
}

/// Waiting moves the clock.
fn sleep(now: &Arc<AtomicI64>) -> Sleep {
    let now = now.clone();
    Arc::new(move |until| {
        now.fetch_max(until.as_millisecond(), Ordering::Relaxed);
        Box::pin(tokio::task::yield_now())
    })
}

fn open(
    dir: &tempfile::TempDir,
    config: &Arc<Config>,
    journal: &Arc<MemoryJournal>,
    now: &Arc<AtomicI64>,
    sleep: Sleep,
) -> Collector {
    let now = now.clone();
    let clock: Clock = Arc::new(move || Time::from_millisecond(now.load(Ordering::Relaxed)).unwrap());
    let random: Random = Box::new(|key| {
        key.fill(7);
        Ok(())
    });
    let journal = journal.clone();
    Collector::open_sleeping(dir.path(), config.clone(), journal, clock, sleep, random, "0.1.0").unwrap()
}

fn config(server: &Server, addresses: &[Address], token: Option<config::Secret>) -> Config {
    let source = |(number, address): (usize, &Address)| Source {
        id: format!("s{number}"),
        name: "Источник".into(),
        address: address.clone(),
        enabled: true,
        every: Duration::from_secs(300),
        official: false,
        identity: config::Identity::default(),
        list: None,
        article: false,
        home: true,
        comments: matches!(address, Address::Vk(_)),
        weight: 1.0,
        events: None,
    };
    let settings = settings(&server.base, &[&server.host]);
    Config {
        settings: config::Settings {
            vk: config::Vk {
                tokens: token
                    .map(|secret| config::VkToken { kind: config::TokenKind::Service, secret })
                    .into_iter()
                    .collect(),
                ..settings.vk
            },
            ..settings
        },
        sources: addresses.iter().enumerate().map(source).collect(),
        taxonomy: Vec::new(),
        risks: Vec::new(),
        searches: Vec::new(),
        places: Vec::new(),
        recipients: Vec::new(),
        rules_hash: String::new(),
        // Of people, alerts and deadlines a collector knows nothing.
        ..Config::parse(&config::Files::shipped()).unwrap()
    }
}

/// A site whose state a test changes between polls.
struct Site<T>(Arc<Mutex<T>>);

impl<T: Send + 'static> Site<T> {
    async fn serve(
        state: T,
        answer: impl Fn(&mut T, &Asked) -> Response<Body> + Send + Sync + 'static,
    ) -> (Site<T>, Server) {
        let state = Arc::new(Mutex::new(state));
        let shared = state.clone();
        let server = Server::start(move |asked| answer(&mut shared.lock().unwrap(), asked)).await;
        (Site(state), server)
    }

    fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.0.lock().unwrap());
    }
}

#[tokio::test]
async fn a_source_that_never_answers_delays_no_other() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/slow" => answer(200, &[], Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>())),
        _ => answer(200, &[], feeds::rss(&[(1, START)])),
    })
    .await;
    let slow = Address::Portal(format!("{}/slow", server.base));
    let quick = Address::Portal(format!("{}/quick", server.base));
    let world = World::new(&server, &[slow, quick], false);
    let (stop, stopped) = watch::channel(false);
    let first_entry = async {
        world.journal.appended.notified().await;
        while world.journal.read::<Coverage>(Stream::Coverage).is_empty() {
            world.journal.appended.notified().await;
        }
        stop.send(true).unwrap();
    };
    tokio::join!(world.collector.run(stopped), first_entry);
    let entries: Vec<Coverage> = world.journal.read(Stream::Coverage);
    assert_eq!((entries.len(), entries[0].source.as_str(), entries[0].new), (1, "s1", 1));
}

#[tokio::test]
async fn every_source_tells_how_late_it_may_be() {
    let server = Server::start(|_| answer(200, &[], "")).await;
    let channel = |name: &str| Address::Telegram(name.into());
    let addresses = [channel("one"), channel("two"), Address::Portal("http://a.example/rss".into()), Address::Vk(-5)];
    let world = World::configured(&server, &addresses, false, |config| {
        config.settings.fetch.host_interval_ms = 2000;
        config.settings.fetch.timeout_s = 30;
    });
    let told: Vec<Option<u64>> = world.collector.status().iter().map(|status| status.latency_s).collect();
    // Five minutes, two turns on the channels' host; a feed without news is asked four times as rarely; no token, no promise.
    assert_eq!(told, [Some(300 + 4 + 30), Some(300 + 4 + 30), Some(1200 + 2 + 30), None]);
}

#[tokio::test]
async fn an_unknown_source_is_not_polled() {
    let server = Server::start(|_| answer(200, &[], "")).await;
    let world = World::new(&server, &[], false);
    assert_eq!(world.collector.poll("nobody").await, None);
    assert!(world.collector.status().is_empty());
}
