//! The sample district's last day through classification and alerts: what its content says must ring does, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use alerts::{AlertView, Alerts, Filter};
use classify::Classifier;
use config::{ChannelKind, Config, Contact, Files};
use journal::{Entry, Sink};
use model::{Clock, Level, Platform, Post, PostId, Time, wire};
use sample::{Address, Expected, Ring, World};

/// Alerts of one kind and level that one story of days may raise: in several places, or again after a day of silence.
const MOST_ALIKE: usize = 3;

/// Of so many posts that must ring one may be so misspelt that it does not: the hand of some residents swaps letters and drops commas.
const MISSPELT: usize = 6;

/// How long after something happened the collectors read it.
const READ_AFTER_S: i64 = 60;

/// Every version of every post of a world, with the moment at which it is read, in the order of reading.
fn readings(world: &World) -> Vec<Post> {
    let expected = world.expected(world.end());
    let mut readings = Vec::new();
    for (post, Expected { id, source, .. }) in world.posts().iter().zip(&expected) {
        let platform = match world.sources()[post.source].address {
            Address::Vk { .. } => Platform::Vk,
            Address::Telegram { .. } => Platform::Telegram,
            Address::Feed { .. } => Platform::Portal,
        };
        let version = |at: Time, text: &str| {
            let mut version = Post::new(id.clone(), platform, source.clone(), post.published_at, text.to_owned());
            version.title = post.title.clone();
            version.author = post.author.map(|author| author.to_string());
            version.in_reply_to = post.reply_to.map(|to| expected[to].id.to_string());
            version.seen_at = Some(Time::from_second(at.as_second() + READ_AFTER_S).unwrap());
            version
        };
        let text = match post.repost_of.map(|of| &world.posts()[of]) {
            Some(original) if platform == Platform::Vk => format!("{}\n\n{}", post.text, original.text),
            _ => post.text.clone(),
        };
        readings.push(version(post.published_at, &text));
        readings.extend(post.edits.iter().map(|(at, text)| version(*at, text)));
        readings.extend(post.deleted_at.map(|at| version(at, "").tombstone(at)));
    }
    readings.sort_by(|a, b| (a.seen(), &a.id).cmp(&(b.seen(), &b.id)));
    readings.retain(|post| post.seen() <= world.end());
    readings
}

/// The alerts after all days, played through.
fn alerts_of(world: &World) -> Vec<AlertView> {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, sample::TOKEN).unwrap();
    let files = sample::config_files("http://127.0.0.1:8687", token.to_str().unwrap());
    let config = Config::parse(&Files::shipped().overlay(files)).unwrap_or_else(|problems| panic!("{problems}"));
    let config = Arc::new(config);
    let now = Arc::new(AtomicI64::new(world.start().as_second()));
    let clock: Clock = {
        let now = Arc::clone(&now);
        Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap())
    };
    let everywhere = vec![Contact { channel: ChannelKind::Webhook, to: "hook".into() }];
    let alerts = Alerts::open(Path::new(":memory:"), Arc::clone(&config), clock, everywhere).unwrap();
    let mut classifier = Classifier::new(config, 1);
    let mut sink = alerts.sink();
    for (offset, post) in (1..).zip(readings(world)) {
        now.store(post.seen().as_second(), Ordering::Relaxed);
        let tagged = classifier.classify(post);
        let key = tagged.post.id.to_string();
        sink.apply(&[Entry { partition: 0, offset, key, payload: wire::write_tagged(&tagged) }]).unwrap();
        alerts.tick(None).unwrap();
    }
    now.store(world.end().as_second(), Ordering::Relaxed);
    alerts.tick(None).unwrap();
    alerts.list(Filter::default()).unwrap()
}

/// Whether somebody was told of an alert about posts.
fn rings(alert: &&AlertView) -> bool {
    alert.notifications > 0 && !alert.post_ids.is_empty()
}

/// What rings in a world and must not, and what must and does not, a line each.
fn mistakes(world: &World) -> Vec<String> {
    let expected = world.expected(world.end());
    let post_of: BTreeMap<&PostId, &sample::Post> =
        expected.iter().map(|expected| &expected.id).zip(world.posts()).collect();
    let mut of_stories: BTreeMap<&str, Vec<&AlertView>> = BTreeMap::new();
    let mut rung: BTreeSet<&PostId> = BTreeSet::new();
    let mut mistakes = Vec::new();
    let alerts = alerts_of(world);
    for alert in alerts.iter().filter(rings) {
        rung.extend(&alert.post_ids);
        let posts: Vec<&sample::Post> = alert.post_ids.iter().map(|id| post_of[id]).collect();
        let must = |ring: &Ring| (&ring.kind, ring.level) == (&alert.kind, alert.level);
        match posts.iter().find_map(|post| post.story.as_deref()) {
            Some(story) => of_stories.entry(story).or_default().push(alert),
            None if posts.iter().any(|post| post.ring.as_ref().is_some_and(must)) => {}
            None => mistakes.push(format!("rings: {}", told(alert))),
        }
    }
    for (story, rings) in world.rings() {
        let alerts = of_stories.remove(story.as_str()).unwrap_or_default();
        let must: BTreeSet<(&str, Level)> = rings.iter().map(|ring| (ring.kind.as_str(), ring.level)).collect();
        let does: Vec<(&str, Level)> = alerts.iter().map(|alert| (alert.kind.as_str(), alert.level)).collect();
        let often = does.iter().any(|one| does.iter().filter(|other| *other == one).count() > MOST_ALIKE);
        if often || must != does.iter().copied().collect() {
            let alerts: Vec<String> = alerts.iter().map(|alert| told(alert)).collect();
            mistakes.push(format!("{story}: {must:?} and not\n  {}", alerts.join("\n  ")));
        }
    }
    let last_read = Time::from_second(world.end().as_second() - READ_AFTER_S).unwrap();
    let must = expected
        .iter()
        .zip(world.posts())
        .filter(|(expected, post)| post.ring.is_some() && !expected.deleted && post.published_at < last_read);
    let (rang, silent): (Vec<_>, Vec<_>) = must.partition(|(expected, _)| rung.contains(&expected.id));
    if silent.len() * MISSPELT > rang.len() {
        mistakes.extend(silent.iter().map(|(_, post)| format!("does not ring: {:?} {}", post.ring, post.text)));
    }
    mistakes
}

#[test]
fn what_must_ring_rings_and_nothing_else() {
    for (end, seed) in [("2026-11-24T09:30:00Z", 1), ("2026-12-03T17:45:00Z", 2)] {
        let mistakes = mistakes(&World::new(end.parse().unwrap(), seed));
        assert!(mistakes.is_empty(), "{end}:\n{}", mistakes.join("\n"));
    }
}

fn told(alert: &AlertView) -> String {
    let quotes: Vec<&str> = alert.quotes.iter().map(|quote| quote.text.as_str()).collect();
    format!("{} {} {:?}: {} ({})", alert.opened_at, alert.kind, alert.level, alert.headline, quotes.join(" | "))
}
