//! How well risks are recognised: invented emergencies that must be caught, texts that sound like one and must not be, and real
//! channels, none of which is about the district. `-- --nocapture` prints the figures; with OTKLIK_SHOW=1 every mistake too (of real
//! posts only the words that matched).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use classify::Classifier;
use config::{Config, Files};
use model::{Level, Platform, Post, PostId, Tags, Time};

/// Of the invented emergencies so many in a hundred must be caught.
const CAUGHT_FLOOR: f64 = 0.94;

/// Of the invented texts that only sound like one, so many in a hundred may raise an alert.
const FALSE_CEILING: f64 = 0.03;

/// Alerts a day that twelve busy channels of other places may raise where nothing says that they are of other places.
const AWAY_CEILING: f64 = 2.5;

/// The days on which every one of the channels was posting.
const BUSY_DAYS: (&str, &str) = ("2024-11-22", "2024-12-04");

/// The shipped rules as they lie in the folder, so that a changed rule is measured without a build.
fn config(sources: Option<String>) -> Arc<Config> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config");
    let files = Files::read(&folder).unwrap_or_else(|error| panic!("{error}"));
    let files = files.overlay(sources.map(|sources| ("sources.toml".to_owned(), sources)));
    Arc::new(Config::parse(&files).unwrap_or_else(|problems| panic!("{problems}")))
}

fn post(text: &str) -> Post {
    let published: Time = "2026-11-24T09:30:00Z".parse().unwrap();
    Post::new(PostId::new("portal:a/1").unwrap(), Platform::Portal, "a", published, text.to_owned())
}

/// The rows of a table of ours after its header.
fn rows(file: &str) -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(file);
    let table = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    table.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn show() -> bool {
    std::env::var_os("OTKLIK_SHOW").is_some()
}

fn told(tags: &Tags) -> String {
    tags.risks.iter().flat_map(|risk| &risk.why).chain(&tags.why).cloned().collect::<Vec<_>>().join("; ")
}

/// Figures by the first column of a table: right ones, and all.
#[derive(Default)]
struct Figures(BTreeMap<String, (usize, usize)>);

impl Figures {
    fn add(&mut self, group: &str, right: bool) {
        let entry = self.0.entry(group.to_owned()).or_default();
        entry.0 += usize::from(right);
        entry.1 += 1;
    }

    fn print(&self, title: &str) -> f64 {
        let (right, all) = self.0.values().fold((0, 0), |sum, (right, all)| (sum.0 + right, sum.1 + all));
        println!("{title}: {right} of {all}");
        for (group, (right, all)) in &self.0 {
            println!("  {group:14} {right} of {all}");
        }
        right as f64 / all.max(1) as f64
    }
}

/// An emergency is caught if any risk of the level of alerts is told; that its kind and level are the expected ones is counted apart.
#[test]
fn invented_emergencies_are_caught() {
    let config = config(None);
    let mut classifier = Classifier::new(config.clone(), 1);
    let (mut caught, mut kinds, mut levels, mut batches) =
        (Figures::default(), Figures::default(), Figures::default(), Figures::default());
    for row in rows("emergencies.tsv") {
        let [batch, manner, kind, level, text] = &row[..] else { panic!("five columns: {row:?}") };
        let level = Level::parse(level).unwrap_or_else(|| panic!("{level}"));
        let tags = classifier.classify(post(text)).tags;
        let worst = tags.risks.first().map(|risk| risk.level);
        let is_caught = worst >= Some(config.alerts.risk_level());
        caught.add(manner, is_caught);
        batches.add(batch, is_caught);
        kinds.add(kind, tags.risks.iter().any(|risk| risk.kind == *kind));
        levels.add(manner, worst >= Some(level));
        if show() && !(is_caught && worst >= Some(level) && tags.risks.iter().any(|risk| risk.kind == *kind)) {
            println!(
                "{} [{manner}, {kind}, {level:?}] {text}\n    {}",
                if is_caught { "-" } else { "MISSED" },
                told(&tags)
            );
        }
    }
    batches.print("caught, by batch");
    kinds.print("with the expected kind, by kind");
    levels.print("at the expected level, by manner");
    let share = caught.print("caught, by manner");
    assert!(share >= CAUGHT_FLOOR, "{share:.3}");
}

#[test]
fn what_only_sounds_like_an_emergency_raises_nothing() {
    let config = config(None);
    let mut classifier = Classifier::new(config.clone(), 1);
    let mut calm = Figures::default();
    for row in rows("calm.tsv") {
        let [manner, text] = &row[..] else { panic!("two columns: {row:?}") };
        let tags = classifier.classify(post(text)).tags;
        let is_calm = tags.risks.iter().all(|risk| risk.level < config.alerts.risk_level());
        calm.add(manner, is_calm);
        if show() && !is_calm {
            println!("FALSE [{manner}] {text}\n    {}", told(&tags));
        }
    }
    let share = calm.print("not alarmed");
    assert!(share >= 1.0 - FALSE_CEILING, "{share:.3}");
}

/// Alerts on channels that are not about the district: with the place test off, as if they were sources at home that name no place,
/// and with it on.
#[test]
fn real_channels_raise_next_to_nothing() {
    let Some(posts) = channels() else { return };
    let away: BTreeSet<&str> = posts.iter().map(|post| post.source.as_str()).collect();
    let source = |id: &&str| format!("[[source]]\nid = '{id}'\nname = '{id}'\nchannel = '{id}'\nhome = false\n");
    let sources: String = away.iter().map(source).collect();
    let on = alarms(config(Some(sources)), &posts);
    println!("place test on: {} posts, {} alerts", on.posts, on.alerts);
    let off = alarms(config(None), &posts);
    println!(
        "place test off: {} posts of {}, {} of them critical, {} alerts; on the busy days {:.2} alerts a day",
        off.posts,
        posts.len(),
        off.critical,
        off.alerts,
        off.a_day
    );
    assert_eq!(on.posts, 0);
    assert!(off.a_day < AWAY_CEILING, "{}", off.a_day);
}

/// Posts and alerts at the level of alerts or above.
#[derive(Default)]
struct Alarms {
    posts: usize,
    critical: usize,
    /// Grouped by kind and place within the window of `alerts.toml`.
    alerts: usize,
    /// Alerts on the busy days by their number.
    a_day: f64,
}

fn alarms(config: Arc<Config>, posts: &[Post]) -> Alarms {
    let mut classifier = Classifier::new(config.clone(), 1);
    let at = |day: &str| format!("{day}T00:00:00Z").parse::<Time>().unwrap();
    let (first, end) = (at(BUSY_DAYS.0), at(BUSY_DAYS.1));
    let window_s = config.alerts.group_window.as_secs() as i64;
    let mut alerts: Vec<(String, Option<String>, Time)> = Vec::new();
    let (mut alarms, mut on_busy_days) = (Alarms::default(), 0);
    for post in posts {
        let at = post.published_at;
        let tags = classifier.classify(post.clone()).tags;
        let Some(risk) = tags.risks.first().filter(|risk| risk.level >= config.alerts.risk_level()) else { continue };
        alarms.posts += 1;
        alarms.critical += usize::from(risk.level == Level::Critical);
        if show() {
            println!("FALSE {} {:?} {}", risk.kind, risk.level, told(&tags));
        }
        let place = tags.places.first().cloned();
        let same = alerts.iter_mut().rev().find(|(kind, at_place, last)| {
            *kind == risk.kind && *at_place == place && at.as_second() - last.as_second() <= window_s
        });
        match same {
            Some(alert) => alert.2 = at,
            None => {
                alerts.push((risk.kind.clone(), place, at));
                on_busy_days += usize::from(at >= first && at < end);
            }
        }
    }
    let days = (end.as_second() - first.as_second()) as f64 / 86_400.0;
    Alarms { alerts: alerts.len(), a_day: f64::from(on_busy_days as u32) / days, ..alarms }
}

/// All posts of the real channels in the order of time; none where the data is absent.
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
    let mut posts = Vec::new();
    for path in paths {
        let messages: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for message in messages.as_array().unwrap() {
            let (Some(text), Some(date)) = (message["text"].as_str(), message["date"].as_str()) else { continue };
            let id = PostId::new(format!("portal:channel/{}", posts.len())).unwrap();
            let stem = path.file_stem().unwrap().to_string_lossy();
            let channel = format!("c{}", stem.trim_end_matches("_messages"));
            posts.push(Post::new(id, Platform::Portal, channel, date.parse().unwrap(), text.to_owned()));
        }
    }
    posts.sort_by_key(|post| post.published_at);
    Some(posts)
}
