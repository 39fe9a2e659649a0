//! Invented incidents among the posts of real channels: which alerts are raised, how many of them are about an incident, and how often
//! anybody is told. Reads `../shared/data`; without it the test says so and ends, unless OTKLIK_REQUIRE_DATA=1.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use alerts::{Alerts, Filter};
use classify::Classifier;
use config::{ChannelKind, Config, Contact, Files};
use journal::{Entry, Sink};
use model::{Clock, Platform, Post, PostId, Time, wire};

/// The days on which every one of the channels was posting.
const BUSY_DAYS: (&str, &str) = ("2024-11-22T00:00:00Z", "2024-12-04T00:00:00Z");

/// Incidents put among them, and posts about each.
const INCIDENTS: usize = 48;
const POSTS_EACH: usize = 3;

/// Of the incidents so many in a hundred must raise an alert.
const RECALL_FLOOR: f64 = 0.9;

/// All posts of the real channels of the busy days, in the order of time; none where the data is absent.
fn channels() -> Option<Vec<Post>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/telegram/channels");
    let Ok(files) = std::fs::read_dir(&folder) else {
        let required = std::env::var_os("OTKLIK_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "{} is needed", folder.display());
        println!("skipped: {} is absent", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let (first, end) = (BUSY_DAYS.0.parse::<Time>().unwrap(), BUSY_DAYS.1.parse::<Time>().unwrap());
    let mut posts = Vec::new();
    for (channel, path) in paths.iter().enumerate() {
        let messages: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for message in messages.as_array().unwrap() {
            let (Some(text), Some(date)) = (message["text"].as_str(), message["date"].as_str()) else { continue };
            let at: Time = date.parse().unwrap();
            let id = PostId::new(format!("portal:channel/{channel}-{}", posts.len())).unwrap();
            if at >= first && at < end {
                posts.push(Post::new(id, Platform::Portal, format!("channel{channel}"), at, text.to_owned()));
            }
        }
    }
    Some(posts)
}

/// Invented emergencies at the level of alerts, spread evenly over the table.
fn incidents() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../classify/tests/fixtures/emergencies.tsv");
    let table = std::fs::read_to_string(&path).unwrap();
    let texts: Vec<String> =
        table.lines().skip(1).map(|line| line.split('\t').next_back().unwrap().to_owned()).collect();
    texts.iter().step_by((texts.len() / INCIDENTS).max(1)).take(INCIDENTS).cloned().collect()
}

struct Outcome {
    alerts: usize,
    about_incidents: usize,
    caught: usize,
    notifications: usize,
    critical_false: usize,
}

/// Plays the posts through classification and alerts, minute by minute; `home`: whether the channels count as sources of the district.
fn play(background: &[Post], home: bool) -> Outcome {
    let ids: BTreeSet<&str> = background.iter().map(|post| post.source.as_str()).collect();
    let source = |id: &&str| {
        format!("[[source]]\nid = '{id}'\nname = '{id}'\nchannel = '{id}'\nhome = {home}\nenabled = false\n")
    };
    let sources = ids.iter().map(source).collect::<String>();
    let config = Config::parse(&Files::shipped().overlay([("sources.toml".to_owned(), sources)]));
    let config = Arc::new(config.unwrap_or_else(|problems| panic!("{problems}")));
    let mut posts = background.to_vec();
    let (first, end) = (BUSY_DAYS.0.parse::<Time>().unwrap(), BUSY_DAYS.1.parse::<Time>().unwrap());
    let span = end.as_second() - first.as_second();
    let incidents = incidents();
    for (n, text) in incidents.iter().enumerate() {
        // At moments that look like chance and are the same in every run.
        let at = first.as_second() + (n as i64 * 7_919_977) % span;
        for k in 0..POSTS_EACH {
            let id = PostId::new(format!("portal:incident/{n}-{k}")).unwrap();
            let published = Time::from_second(at + k as i64 * 600).unwrap();
            posts.push(Post::new(id, Platform::Portal, format!("resident{k}"), published, text.clone()));
        }
    }
    posts.sort_by(|a, b| (a.published_at, &a.id).cmp(&(b.published_at, &b.id)));

    let now = Arc::new(AtomicI64::new(first.as_second()));
    let clock: Clock = {
        let now = Arc::clone(&now);
        Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap())
    };
    let everywhere = vec![Contact { channel: ChannelKind::Webhook, to: "hook".into() }];
    let book = Alerts::open(Path::new(":memory:"), Arc::clone(&config), clock, everywhere).unwrap();
    let mut classifier = Classifier::new(config, 1);
    let mut sink = book.sink();
    for (offset, mut post) in (1..).zip(posts) {
        now.store(post.published_at.as_second() + 60, Ordering::Relaxed);
        post.seen_at = Some(post.published_at);
        let tagged = classifier.classify(post);
        let key = tagged.post.id.to_string();
        sink.apply(&[Entry { partition: 0, offset, key, payload: wire::write_tagged(&tagged) }]).unwrap();
        book.tick(None).unwrap();
    }
    now.fetch_add(86_400, Ordering::Relaxed);
    book.tick(None).unwrap();

    let alerts = book.list(Filter::default()).unwrap();
    let is_incident = |id: &PostId| id.as_str().starts_with("portal:incident/");
    let about = |alert: &&alerts::AlertView| alert.post_ids.iter().any(is_incident);
    let number = |id: &PostId| id.as_str().trim_start_matches("portal:incident/").split('-').next().unwrap().to_owned();
    let caught: BTreeSet<String> = alerts
        .iter()
        .filter(|alert| alert.notifications > 0)
        .flat_map(|alert| alert.post_ids.iter().filter(|id| is_incident(id)).map(number))
        .collect();
    let told = book.audit(None, None, 1_000_000).unwrap();
    Outcome {
        alerts: alerts.len(),
        about_incidents: alerts.iter().filter(about).count(),
        caught: caught.len(),
        notifications: told.iter().filter(|entry| entry.what == "told" && entry.detail.starts_with("raised")).count(),
        critical_false: alerts.iter().filter(|alert| !about(alert) && alert.level == model::Level::Critical).count(),
    }
}

#[test]
fn invented_incidents_among_real_posts_are_told_and_little_else() {
    let Some(background) = channels() else { return };
    let days = 12.0;
    for home in [false, true] {
        let outcome = play(&background, home);
        let (precision, recall) =
            (outcome.about_incidents as f64 / outcome.alerts.max(1) as f64, outcome.caught as f64 / INCIDENTS as f64);
        println!(
            "place test {}: {} posts and {INCIDENTS} incidents in {days} days: {} alerts, precision {precision:.2}, recall {recall:.2}, \
             {:.1} alerts told a day, {} false ones critical",
            if home { "off" } else { "on" },
            background.len(),
            outcome.alerts,
            outcome.notifications as f64 / days,
            outcome.critical_false,
        );
        assert!(recall >= RECALL_FLOOR, "{recall:.3}");
        if !home {
            assert!(precision >= 0.99, "{precision:.3}: channels that are not about the district raise nothing");
        }
    }
}
