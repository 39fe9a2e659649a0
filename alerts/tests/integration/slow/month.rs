//! A month in seconds: incidents among a hundred thousand posts, storms of reposts, channels that fail, a book that is killed and opened
//! again. `OTKLIK_SEED` chooses another month; the last line sums it up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use alerts::channels::{DeliveryOutcome, Reason};
use alerts::{Action, ActionRequest, AlertView, Alerts, Filter};
use config::{ChannelKind, Config, Contact, Files};
use journal::{Entry, Sink};
use model::{
    Clock, Level, Platform, Post, PostId, Risk, Sector, Signature, Sketch, TaggedPost, Tags, Term, Time, wire,
};

/// 1 November 2026, midnight in Moscow.
const START: i64 = 1_793_480_400;
const DAYS: i64 = 30;
const BACKGROUND: usize = 100_000;
const INCIDENTS: usize = 30;
const STORMS: usize = 2;
const REPOSTS: usize = 10_000;
/// The book looks at the clock so often, in seconds.
const STEP_S: i64 = 60;

const PEOPLE: &str = "
[[person]]
id = 'officer'
name = 'Дежурный'
role = 'officer'
addresses = [{ channel = 'telegram', to = '1' }, { channel = 'email', to = 'officer@example.ru' }]
[[person]]
id = 'lead'
name = 'Ответственный'
role = 'lead'
addresses = [{ channel = 'telegram', to = '2' }]
[[person]]
id = 'head'
name = 'Руководитель'
role = 'head'
addresses = [{ channel = 'email', to = 'head@example.ru' }]
[[person]]
id = 'curator'
name = 'Куратор'
role = 'curator'
addresses = [{ channel = 'email', to = 'curator@example.ru' }]
";

const CHANNELS: &str = "
[telegram]
token_env = 'TOKEN'
[email]
server = 'mail.example.ru'
from = 'otklik@example.ru'
";

/// Chance, by a seed that gives the same month everywhere.
struct Random(fastrand::Rng);

impl Random {
    fn new(seed: u64) -> Random {
        Random(fastrand::Rng::with_seed(seed))
    }

    fn next(&mut self) -> u64 {
        self.0.u64(..)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0.u64(..bound)
    }

    /// A moment of the month, more by day than by night.
    fn moment(&mut self) -> i64 {
        loop {
            let at = self.below((DAYS * 86_400) as u64) as i64;
            let hour = at / 3600 % 24;
            if (8..23).contains(&hour) || self.below(8) == 0 {
                return at;
            }
        }
    }
}

/// Something that really happened.
struct Incident {
    kind: &'static str,
    place: String,
    begins: i64,
    /// The post that reported it first.
    first: PostId,
}

struct World {
    /// By second of the month.
    posts: Vec<(i64, TaggedPost)>,
    incidents: Vec<Incident>,
    storms: Vec<Incident>,
}

const TOPICS: [(&str, Sector); 8] = [
    ("jkh.water", Sector::Jkh),
    ("jkh.heating", Sector::Jkh),
    ("tko.removal", Sector::Tko),
    ("roads.holes", Sector::Roads),
    ("transport.schedule", Sector::Transport),
    ("education.school", Sector::Education),
    ("social.benefits", Sector::Social),
    ("other.animals", Sector::Other),
];

const KINDS: [(&str, Level); 6] = [
    ("fire", Level::Critical),
    ("gas_leak", Level::Critical),
    ("accident_with_victims", Level::High),
    ("utility_accident", Level::High),
    ("mass_outage", Level::High),
    ("road_danger", Level::High),
];

fn post(number: usize, at: i64, random: &mut Random) -> TaggedPost {
    let published = Time::from_second(START + at).unwrap();
    let id = PostId::new(format!("vk:-{}_{number}", 1 + number % 40)).unwrap();
    let mut post = Post::new(id, Platform::Vk, format!("s{}", number % 40), published, format!("Текст {number}"));
    post.seen_at = Some(Time::from_second(START + at + 30).unwrap());
    post.author = Some(format!("{:016x}", random.below(20_000)));
    post.views = Some(random.below(500));
    let (signature, sketch) = (Some(Signature(random.next())), Some(words(random.next())));
    TaggedPost { post, tags: Tags { rules: 1, signature, sketch, ..Tags::default() } }
}

/// The words of a text that nobody else wrote.
fn words(seed: u64) -> Sketch {
    let mut random = Random::new(seed);
    Sketch::new((0..12).map(|n| Term::new(random.next(), 2, n < 4)).collect())
}

fn world(random: &mut Random) -> World {
    let mut posts = Vec::new();
    let mut number = 0;
    let mut new = |at: i64, random: &mut Random| {
        number += 1;
        post(number, at, random)
    };
    for _ in 0..BACKGROUND {
        let at = random.moment();
        let mut tagged = new(at, random);
        // Half of what people write is about nothing of this; the rest has a topic, and one in thirty a mild risk.
        if random.below(2) == 0 {
            let (topic, sector) = TOPICS[random.below(8) as usize];
            (tagged.tags.sector, tagged.tags.topics) = (sector, vec![topic.to_owned()]);
            tagged.tags.places = vec![format!("street-{}", random.below(60))];
            if random.below(30) == 0 {
                let kind = KINDS[random.below(6) as usize].0.to_owned();
                tagged.tags.risks = vec![Risk { kind, level: Level::Medium, why: vec!["«опасно»".into()] }];
            }
        }
        posts.push((at, tagged));
    }
    let mut happen = |count: usize, of: &str, size: u64, hours: u64, random: &mut Random| -> Vec<Incident> {
        let mut incidents = Vec::new();
        for n in 0..count {
            let (kind, level) = KINDS[n % KINDS.len()];
            // Apart in time, so that each is an event of its own even where half a town reports one kind.
            let day = (1 + n as i64) * (DAYS - 2) / (count as i64 + 1);
            let begins = day * 86_400 + random.below(20 * 3600) as i64;
            let place = format!("{of}-{n}");
            let text = random.next();
            let mut first = None;
            for k in 0..size + if size < 1000 { random.below(30) } else { 0 } {
                let at = begins + if k == 0 { 0 } else { random.below(hours * 3600) as i64 };
                let mut tagged = new(at, random);
                tagged.tags.sector = Sector::Jkh;
                tagged.tags.topics = vec!["jkh.water".into()];
                tagged.tags.risks = vec![Risk { kind: kind.into(), level, why: vec!["«авария»".into()] }];
                tagged.tags.places = vec![place.clone()];
                if size >= 1000 {
                    // Reposts: nearly the same text.
                    tagged.tags.signature = Some(Signature(text ^ (1 << random.below(64)) ^ (1 << random.below(64))));
                    tagged.tags.sketch = Some(words(text));
                }
                first.get_or_insert(tagged.post.id.clone());
                posts.push((at, tagged));
            }
            incidents.push(Incident { kind, place, begins, first: first.unwrap() });
        }
        incidents
    };
    let incidents = happen(INCIDENTS, "incident", 4, 6, random);
    let storms = happen(STORMS, "storm", REPOSTS as u64, 8, random);
    posts.sort_by(|a, b| (a.0, &a.1.post.id).cmp(&(b.0, &b.1.post.id)));
    World { posts, incidents, storms }
}

/// The book and everything around it.
struct Centre {
    path: PathBuf,
    config: Arc<Config>,
    now: Arc<AtomicI64>,
    alerts: Alerts,
    sink: alerts::AlertSink,
    /// Keys that a receiver with keys has accepted, and how often each came again.
    accepted: BTreeMap<String, u64>,
    /// Telegram has no keys: what arrived, by key, and how often with the mark «повтор».
    telegram: BTreeMap<String, (u64, u64)>,
}

impl Centre {
    fn open(path: PathBuf, config: Arc<Config>, now: Arc<AtomicI64>) -> (Alerts, alerts::AlertSink) {
        let clock: Clock = Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap());
        let everywhere = vec![Contact { channel: ChannelKind::Webhook, to: "hook".into() }];
        let alerts = Alerts::open(&path, config, clock, everywhere).unwrap();
        let sink = alerts.sink();
        (alerts, sink)
    }

    fn restart(&mut self) {
        (self.alerts, self.sink) = Centre::open(self.path.clone(), Arc::clone(&self.config), Arc::clone(&self.now));
    }

    fn time(&self) -> Time {
        Time::from_second(self.now.load(Ordering::Relaxed)).unwrap()
    }

    /// One look at the outbox, with channels that fail by chance and Telegram down at times.
    fn deliver(&mut self, random: &mut Random, telegram_down: bool) {
        let later =
            |words: &str| DeliveryOutcome::Later { after: None, reason: Reason { name: "down", words: words.into() } };
        for delivery in self.alerts.due(self.time()).unwrap() {
            self.alerts.note_attempt(&delivery.key, self.time()).unwrap();
            let kind = delivery.contact.channel;
            let outcome = match random.below(100) {
                _ if kind == ChannelKind::Telegram && telegram_down => later("нет связи"),
                0..5 => later("занято"),
                chance => {
                    let lost = chance < 8;
                    match kind {
                        ChannelKind::Telegram => {
                            let got = self.telegram.entry(delivery.key.clone()).or_default();
                            got.0 += 1;
                            got.1 += u64::from(delivery.unknown);
                        }
                        _ => *self.accepted.entry(delivery.key.clone()).or_default() += 1,
                    }
                    match lost {
                        true => DeliveryOutcome::Unknown {
                            reason: Reason { name: "lost", words: "ответ потерян".into() },
                        },
                        false => DeliveryOutcome::Accepted { message_id: Some(delivery.key.clone()) },
                    }
                }
            };
            // A crash between the try and its outcome: the key goes again.
            if random.below(500) == 0 {
                continue;
            }
            self.alerts.note_outcome(&delivery, &outcome, self.time()).unwrap();
        }
    }

    /// The officer takes what was told a quarter of an hour ago, has it answered within two hours, and closes it after twelve.
    fn work(&self, taken: &mut BTreeMap<String, i64>) {
        let now = self.now.load(Ordering::Relaxed);
        for alert in self.alerts.list(Filter { open: true, ..Filter::default() }).unwrap() {
            let step = |action, reason: &str| {
                let act = ActionRequest::Alert { alert: alert.id.clone(), action, reason: reason.into(), to: None };
                self.alerts.act(&act, "Дежурный").unwrap();
            };
            if alert.life == "sent" && now - alert.life_at.as_second() >= 900 {
                step(Action::Ack, "");
                taken.insert(alert.id.clone(), now);
            } else if alert.life == "acknowledged" && taken.get(&alert.id).is_some_and(|at| now - at >= 7200) {
                taken.remove(&alert.id);
                let answer =
                    ActionRequest::Answer { alert: alert.id.clone(), mark: Some(alerts::AnswerMark::Substantive) };
                // What is about no post needs no answer.
                let _ = self.alerts.act(&answer, "Дежурный");
            } else if alert.life == "acknowledged" && now - alert.life_at.as_second() >= 12 * 3600 {
                step(Action::Resolve, "устранено");
            }
        }
    }
}

fn about<'a>(alerts: &'a [AlertView], incident: &Incident) -> Vec<&'a AlertView> {
    alerts.iter().filter(|alert| alert.post_ids.contains(&incident.first)).collect()
}

#[test]
fn every_incident_is_told_in_time_few_times_and_nothing_is_told_twice() {
    let seed = std::env::var("OTKLIK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let mut random = Random::new(seed);
    let world = world(&mut random);
    let overlay =
        [("people.toml", PEOPLE), ("channels.toml", CHANNELS)].map(|(path, text)| (path.to_owned(), text.to_owned()));
    let config =
        Arc::new(Config::parse(&Files::shipped().overlay(overlay)).unwrap_or_else(|problems| panic!("{problems}")));
    // Memory, where there is some: a month of commits is a month of disk syncs.
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let now = Arc::new(AtomicI64::new(START));
    let path = folder.path().join("alerts.db");
    let (alerts, sink) = Centre::open(path.clone(), Arc::clone(&config), Arc::clone(&now));
    let mut centre = Centre { path, config, now, alerts, sink, accepted: BTreeMap::new(), telegram: BTreeMap::new() };

    let (mut fed, mut taken, mut restarts, mut offset) = (0, BTreeMap::new(), 0, 0);
    let mut last_batch: Vec<Entry> = Vec::new();
    for minute in 0..DAYS * 86_400 / STEP_S {
        let until = (minute + 1) * STEP_S;
        centre.now.store(START + until, Ordering::Relaxed);
        let mut batch = Vec::new();
        while let Some((_, tagged)) = world.posts.get(fed).filter(|(at, _)| *at < until) {
            offset += 1;
            let key = tagged.post.id.to_string();
            batch.push(Entry { partition: 0, offset, key, payload: wire::write_tagged(tagged) });
            fed += 1;
        }
        if !batch.is_empty() {
            assert!(centre.sink.apply(&batch).unwrap().rejected.is_empty());
            last_batch = batch;
        }
        if random.below(1500) == 0 {
            centre.restart();
            restarts += 1;
            // At least once: what was applied last comes again.
            centre.sink.apply(&last_batch).unwrap();
        }
        centre.alerts.tick(None).unwrap();
        // Three outages of Telegram, of six hours each.
        let hour = until / 3600;
        let down = [100..106, 333..339, 600..606].iter().any(|outage| outage.contains(&hour));
        centre.deliver(&mut random, down);
        if minute % 15 == 0 {
            centre.work(&mut taken);
        }
    }

    let all = centre.alerts.list(Filter::default()).unwrap();
    let mut found = BTreeSet::new();
    let (mut worst_delay, mut most) = (0, 0);
    for incident in world.incidents.iter().chain(&world.storms) {
        let own = about(&all, incident);
        assert_eq!(own.len(), 1, "{} at {}: {own:#?}", incident.kind, incident.place);
        let alert = own[0];
        found.insert(alert.id.clone());
        let told = centre.alerts.audit(Some(&alert.id), None, 1000).unwrap();
        let first = told.iter().find(|entry| entry.what == "told").unwrap_or_else(|| panic!("never told: {alert:#?}"));
        let delay = first.at.as_second() - (START + incident.begins);
        let wait = centre.config.alerts.notify.wait(alert.level).as_secs() as i64;
        assert!(delay <= wait + 2 * STEP_S, "{} at {} was told after {delay} s", incident.kind, incident.place);
        worst_delay = worst_delay.max(delay);
        most = most.max(alert.notifications);
        assert!(alert.notifications <= 5, "{} notifications of {}", alert.notifications, alert.headline);
    }
    let background = all.len() - found.len();
    let repeats: u64 = centre.accepted.values().map(|times| times - 1).sum();
    let (mut doubled, mut marked) = (0, 0);
    for (times, with_mark) in centre.telegram.values() {
        doubled += times - 1;
        marked += with_mark;
    }
    assert!(doubled <= marked, "Telegram got {doubled} messages again, {marked} of them with the mark");
    let counts = centre.alerts.outbox().unwrap();
    assert_eq!((counts.undelivered, counts.critical_late), (0, 0));
    assert_eq!(centre.alerts.verify_audit().unwrap().broken_at, None);
    assert!(background as i64 <= DAYS, "{background} alerts of nothing in {DAYS} days");
    println!(
        "seed {seed}: {} posts, {} alerts ({background} of the background), {} incidents and {} storms each told once within {worst_delay} s, \
         at most {most} notifications; {restarts} restarts; {} keys accepted, {repeats} came again and were recognised; Telegram {} \
         messages, {doubled} again with the mark; {} unconfirmed",
        world.posts.len(),
        all.len(),
        world.incidents.len(),
        world.storms.len(),
        centre.accepted.len(),
        centre.telegram.len(),
        counts.unconfirmed,
    );
}
