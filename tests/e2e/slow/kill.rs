//! `kill -9` at random moments while the sample plays and an import runs: nothing lost, nothing twice.
//!
//! `OTKLIK_KILLS` sets how many (default 4), `OTKLIK_SEED` the moments; both are printed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use alerts::{AlertView, Alerts, Filter};
use journal::{Embedded, Journal, Sink, Stream};
use model::{Time, Version};
use sample::World;
use serde_json::Value;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;

use super::kept::Kept;
use crate::support::{Deadline, Hook, Place, library, post_line};

/// The seed that `run --sample` makes its world of.
const WORLD_SEED: u64 = 42;

/// Posts of the import.
const IMPORTED: u32 = 3_000;

/// How long everything may take to catch up after the last kill. The sample polls its sources every few minutes of its time.
const CATCH_UP: Duration = Duration::from_secs(300);

/// A deletion is found when its post is read again, after a third of its age at most; one younger than this may not be found yet.
const DELETION_FOUND_S: i64 = 4 * 3600;

/// Rules that look at the clock.
const BY_TIME: [&str; 3] = ["silence", "system", "growth"];

pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn import_file(place: &Place) -> String {
    let lines = (0..IMPORTED).map(|number| {
        let day = 1 + number % 20;
        let text =
            ["Нет света на улице", "Яма у дома", "Мусор не вывозят", "Горит жилой дом, там люди"][number as usize % 4];
        post_line(number, &format!("2026-10-{day:02}T08:00:00Z"), &format!("{text}, дом {number}"))
    });
    place.file("archive.ndjson", &lines.collect::<String>())
}

#[test]
fn nothing_is_lost_and_nothing_is_twice_after_kills_at_random_moments() {
    let (kills, seed) = (setting("OTKLIK_KILLS", 4), setting("OTKLIK_SEED", 7));
    println!("OTKLIK_KILLS={kills} OTKLIK_SEED={seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (place, hook) = (Place::new(), Hook::new());
    let config = place.config(&[("alerts.toml", &hook.alerts_toml())]);
    let file = import_file(&place);

    let kept = Kept::start(&place.data(), Stream::Tagged, place.path().join("kept.db"));
    for _ in 0..kills {
        let running = place.start(&["--config", &config]);
        std::thread::scope(|scope| {
            // Killed in the middle more often than not.
            scope.spawn(|| place.run(&["import", "ndjson", &file]));
            running.kill_after(Duration::from_millis(random.u64(..6_000)));
        });
    }

    let running = place.start(&["--config", &config]);
    let started = place.json(&["status", "--json"])["now"].as_str().unwrap().parse::<Time>().unwrap();
    place.ok(&["import", "ndjson", &file]);
    let status = caught_up(&place, started);
    assert_eq!(running.stop(), 0);
    // The sample went on until then: nothing comes any more now.
    let tagged = kept.finish();
    let alerts: Vec<AlertView> = serde_json::from_value(place.json(&["alerts", "--all", "--json"])).unwrap();

    let stored = Stored::read(&place);
    assert_eq!(stored.index.keys().collect::<Vec<_>>(), stored.facts.keys().collect::<Vec<_>>());
    assert_eq!(stored.index, stored.facts, "index and facts have the same version of each post");
    check_import(&stored);
    check_sample(&place, &stored, &status);
    check_alerts(&place, &tagged, &alerts, &hook, &config);
    assert_eq!(status["dead_letters"], 0);
    let repeats: u32 = hook.keys.lock().unwrap().values().map(|requests| requests - 1).sum();
    println!(
        "{} posts, {} alerts, {} keys accepted at the webhook, {repeats} repeats recognised by key",
        stored.index.len(),
        alerts.len(),
        hook.keys.lock().unwrap().len()
    );
}

/// Asks until every stage has done everything, every alert is delivered, and every source was polled after a moment.
fn caught_up(place: &Place, after: Time) -> Value {
    let deadline = Deadline::new(CATCH_UP);
    loop {
        let status = place.json(&["status", "--json"]);
        let waiting = waiting(&status, after);
        if waiting.is_empty() {
            return status;
        }
        deadline.left(|| waiting.join("; "));
    }
}

/// What is not yet done.
fn waiting(status: &Value, after: Time) -> Vec<String> {
    let roles = status["roles"].as_array().unwrap().iter();
    let behind = roles.filter(|role| role["lag"] != 0 || !role["error"].is_null());
    let mut waiting: Vec<String> = behind.map(|role| format!("stage {role}")).collect();
    let polled = |source: &Value| time(&source["last_at"]).is_some_and(|at| at > after);
    let sources = status["sources"].as_array().unwrap().iter().filter(|source| !polled(source));
    waiting.extend(sources.map(|source| format!("a poll after {after} of source {source}")));
    if status["alerts"]["pending"] != 0 {
        waiting.push(format!("delivery of alerts: {}", status["alerts"]));
    }
    waiting
}

fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

/// What index and facts hold: the version of each post that is not deleted.
struct Stored {
    index: BTreeMap<String, u64>,
    facts: BTreeMap<String, u64>,
    texts: BTreeMap<String, String>,
}

impl Stored {
    fn read(place: &Place) -> Stored {
        let zone = jiff::tz::TimeZone::get("Europe/Moscow").unwrap();
        let index = SearchIndex::open(&place.data().join("index"), zone.clone()).unwrap();
        let kept = index.versions().unwrap().into_iter().filter(|(_, _, deleted)| !deleted);
        let versions: BTreeMap<String, u64> = kept.map(|(id, version, _)| (id.to_string(), version)).collect();
        let texts = versions.keys().map(|id| {
            let tagged = index.get(&model::PostId::new(id.clone()).unwrap()).unwrap().unwrap();
            (id.clone(), fold(tagged.post.title.iter().chain([&tagged.post.text]).map(String::as_str)))
        });
        let texts = texts.collect();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let facts = runtime.block_on(async {
            let engine = Engine::start(&library(), &place.data().join("facts"), None, false).await.unwrap();
            let facts = Facts::connect(engine.url(), engine.database(), engine.user(), engine.password(), &zone);
            let versions = facts.versions().await.unwrap();
            engine.stop().await;
            versions
        });
        Stored { index: versions, facts: facts.into_iter().collect(), texts }
    }
}

/// Words alone: feeds may keep one line break where another format keeps two.
fn fold<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn check_import(stored: &Stored) {
    let imported: BTreeMap<&String, u64> =
        stored.index.iter().filter(|(id, _)| id.starts_with("vk:-77_")).map(|(id, version)| (id, *version)).collect();
    assert_eq!(imported.len(), IMPORTED as usize);
    for number in 0..IMPORTED {
        let published: Time = format!("2026-10-{:02}T08:00:00Z", 1 + number % 20).parse().unwrap();
        let version = imported[&format!("vk:-77_{number}")];
        assert_eq!(version, Version::new(published, 1).0, "post {number}");
    }
}

/// Every post that its source showed by its last poll is there with the text of then or later, nothing else is, and what was
/// deleted early enough is gone.
fn check_sample(place: &Place, stored: &Stored, status: &Value) {
    let saved: Value = serde_json::from_slice(&std::fs::read(place.data().join("sample.json")).unwrap()).unwrap();
    let end: Time = time(&saved["end"]).unwrap();
    let world = World::new(end, WORLD_SEED);
    let stopped = time(&saved["at"]).unwrap();
    let expected_at = |at: Time| -> BTreeMap<String, sample::Expected> {
        world.expected(at).into_iter().map(|post| (post.id.to_string(), post)).collect()
    };
    let last = expected_at(stopped);
    for id in stored.index.keys().filter(|id| !id.starts_with("vk:-77_")) {
        assert!(last.contains_key(id), "{id} was never published");
    }
    let mut compared = 0;
    for source in status["sources"].as_array().unwrap() {
        let seen = time(&source["last_ok_at"]).unwrap_or_else(|| panic!("never seen: {source}"));
        // The clock moves while a poll is under way.
        let seen = Time::from_second(seen.as_second() - 600).unwrap();
        let long_ago = expected_at(Time::from_second(seen.as_second() - DELETION_FOUND_S).unwrap());
        for (id, post) in expected_at(seen).iter().filter(|(_, post)| source["id"] == post.source) {
            let gone_later = last[id].deleted;
            if post.deleted || gone_later {
                let gone_early = long_ago.get(id).is_some_and(|early| early.deleted);
                assert!(!gone_early || !stored.index.contains_key(id), "{id} was deleted at its source");
                continue;
            }
            let text = stored.texts.get(id).unwrap_or_else(|| panic!("{id} of {} is missing", post.source));
            let words = |post: &sample::Expected| {
                fold(post.title.iter().chain([&post.text]).chain(&post.reposted).map(String::as_str))
            };
            let versions: BTreeSet<String> = [words(post), words(&last[id])].into();
            let edited_between = words(&long_ago.get(id).unwrap_or(post).clone());
            assert!(versions.contains(text) || *text == edited_between, "{id}: {text:?} is none of {versions:?}");
            compared += 1;
        }
    }
    assert!(compared > 1_000, "only {compared} posts compared");
}

/// The alerts are what the tagged stream gives when it is read at once as far as they had read it, and each key was accepted once.
fn check_alerts(place: &Place, tagged: &Embedded, alerts: &[AlertView], hook: &Hook, config: &str) {
    let files = config::Files::read(Path::new(config)).unwrap();
    let overlay =
        sample::config_files("http://127.0.0.1:1", "none").into_iter().filter(|(path, _)| path != "alerts.toml");
    let config = Arc::new(config::Config::parse(&files.overlay(overlay)).unwrap());
    let open = |path: &Path| Alerts::open(path, Arc::clone(&config), Arc::new(Time::now), Vec::new()).unwrap();
    let end = open(&place.data().join("alerts.db")).sink().position().unwrap().unwrap().next(0);
    let again = open(&place.path().join("again.db"));
    let mut sink = again.sink();
    let mut reader = tagged.reader(Stream::Tagged, "check").unwrap();
    loop {
        let mut entries = reader.poll(5_000, Duration::ZERO).unwrap();
        entries.retain(|entry| entry.offset < end);
        if entries.is_empty() {
            break;
        }
        assert!(sink.apply(&entries).unwrap().rejected.is_empty());
    }
    let content = |alerts: &[AlertView]| -> BTreeMap<String, Vec<String>> {
        // The others are raised as time passes, not by posts.
        let by_posts = alerts.iter().filter(|alert| !BY_TIME.iter().any(|rule| alert.rule.starts_with(rule)));
        by_posts.map(|alert| (alert.id.clone(), alert.post_ids.iter().map(ToString::to_string).collect())).collect()
    };
    let (found, expected) = (content(alerts), content(&again.list(Filter::default()).unwrap()));
    for (id, posts) in &found {
        assert_eq!(expected.get(id), Some(posts), "alert {id}: expected, and found");
    }
    for (id, posts) in &expected {
        assert!(found.contains_key(id), "alert {id} of {posts:?} is missing");
    }

    let keys = hook.keys.lock().unwrap();
    let sent = alerts.iter().flat_map(|alert| &alert.deliveries).filter(|line| *line == "webhook: sent").count();
    assert_eq!(keys.len(), sent, "what was noted as sent is what the webhook accepted");
    for key in keys.keys() {
        assert!(alerts.iter().any(|alert| key.starts_with(&alert.id)), "{key} is of no alert");
    }
}
