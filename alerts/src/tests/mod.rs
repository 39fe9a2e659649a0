//! The book of alerts as a whole, on a clock of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use config::{ChannelKind, Config, Contact, Files};
use journal::{Checkpoint, Entry, Sink};
use model::{Clock, Coverage, Level, Origin, Platform, Post, Risk, Signature, TaggedPost, Tags, Time, wire};
use proptest::prelude::*;

use crate::channels::Outcome;
use crate::stories::{self, Story};
use crate::{Act, AlertView, Alerts, Filter, Matcher, Step};

mod people;

const START: i64 = 1_790_000_000;

/// A book on a clock of its own.
struct Book {
    alerts: Alerts,
    now: Arc<AtomicI64>,
    next: u64,
    _folder: tempfile::TempDir,
}

impl Book {
    fn new() -> Book {
        Book::with(&[])
    }

    /// With these files of the configuration instead of the shipped ones.
    fn with(files: &[(&str, &str)]) -> Book {
        let overlay = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let files = Files::shipped().overlay(overlay.collect::<Vec<_>>());
        let config = Config::parse(&files).unwrap_or_else(|problems| panic!("{problems}"));
        let folder = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicI64::new(START));
        let clock: Clock = {
            let now = Arc::clone(&now);
            Arc::new(move || Time::from_second(now.load(Ordering::Relaxed)).unwrap())
        };
        let everywhere = vec![Contact { channel: ChannelKind::Webhook, to: "hook".into() }];
        let alerts = Alerts::open(&folder.path().join("alerts.db"), Arc::new(config), clock, everywhere).unwrap();
        Book { alerts, now, next: 1, _folder: folder }
    }

    fn now(&self) -> Time {
        Time::from_second(self.now.load(Ordering::Relaxed)).unwrap()
    }

    /// So many seconds later, with whatever time brings.
    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
        self.alerts.tick(None).unwrap();
    }

    fn take(&mut self, posts: &[TaggedPost]) {
        let entries: Vec<Entry> = posts
            .iter()
            .map(|post| {
                self.next += 1;
                let payload = wire::write_tagged(post);
                Entry { partition: 0, offset: self.next, key: post.post.id.to_string(), payload }
            })
            .collect();
        let applied = self.alerts.sink().apply(&entries).unwrap();
        assert!(applied.refused.is_empty());
    }

    fn list(&self) -> Vec<AlertView> {
        self.alerts.list(Filter::default()).unwrap()
    }

    /// The stories that have posts, as they are counted along and as they add up anew.
    fn stories(&self) -> (Vec<Story>, Vec<Story>) {
        let mut database = self.alerts.database();
        let transaction = database.transaction().unwrap();
        let ids: Vec<String> = {
            let mut select = transaction.prepare("SELECT DISTINCT story FROM post WHERE story IS NOT NULL").unwrap();
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let load = || ids.iter().map(|id| stories::load(&transaction, id).unwrap().unwrap()).collect();
        let counted = load();
        ids.iter().for_each(|id| stories::recount(&transaction, id).unwrap());
        (counted, load())
    }

    /// Voices and sources of the alerts that are about no single story, as they are counted along and as they add up anew.
    fn sizes(&self) -> [Vec<(u64, u64)>; 2] {
        let database = self.alerts.database();
        let mut select = database.prepare("SELECT id FROM alert WHERE story IS NULL ORDER BY id").unwrap();
        let ids: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let of = |size: &dyn Fn(&crate::alert::Alert) -> (u64, u64)| {
            ids.iter().map(|id| size(&crate::alert::load(&database, id).unwrap().unwrap())).collect()
        };
        [
            of(&|alert| self.alerts.size_by_now(&database, alert).unwrap()),
            of(&|alert| self.alerts.size(&database, alert).unwrap()),
        ]
    }

    fn only(&self) -> AlertView {
        let mut alerts = self.list();
        assert_eq!(alerts.len(), 1, "{alerts:#?}");
        alerts.remove(0)
    }

    /// Keys of what waits to be sent, at any time.
    fn keys(&self) -> Vec<String> {
        let far = Time::from_second(START + 1_000_000_000).unwrap();
        let mut keys: Vec<String> = self.alerts.due(far).unwrap().into_iter().map(|delivery| delivery.key).collect();
        keys.sort();
        keys
    }

    /// Whatever waits is accepted; returns what it was.
    fn send(&self) -> Vec<crate::Delivery> {
        let due = self.alerts.due(self.now()).unwrap();
        for (number, delivery) in due.iter().enumerate() {
            self.alerts.note_attempt(&delivery.key, self.now()).unwrap();
            let outcome = Outcome::Accepted { message_id: Some(format!("m{number}")) };
            self.alerts.note_outcome(delivery, &outcome, self.now()).unwrap();
        }
        due
    }

    fn step(&self, step: Step, reason: &str) -> Result<String, String> {
        let act = Act::Step { alert: self.only().id, step, reason: reason.into(), to: None };
        self.alerts.act(&act, "Иванова").map_err(|error| error.to_string())
    }
}

/// Alerts at once, and the rule of risks alone.
const AT_ONCE: &str = "
[notify]
wait_low = '0s'
wait_medium = '0s'
wait_high = '0s'
[[rule]]
id = 'risk'
kind = 'risk'
level = 'high'
reason = 'риск'
owner = 'о'
";

/// Beside these, bursts of few posts.
const BURSTS: &str = "
[[rule]]
id = 'burst'
kind = 'burst'
by = 'place'
window = '30m'
minimum = 3
minimum_new = 6
authors = 2
factor = 2.0
level = 'high'
reason = 'всплеск'
owner = 'о'
";

#[test]
fn a_token_that_vk_refuses_is_one_alert_until_it_is_mended() {
    let sources = "[[source]]\nid = 'a'\nname = 'А'\nowner = -1\n[[source]]\nid = 'b'\nname = 'Б'\nowner = -2\n";
    let book = Book::with(&[("sources.toml", sources)]);
    let mut offset = 0;
    let mut poll = |source: &str, outcome: &str| {
        offset += 1;
        let at = book.now();
        let covers_from = (outcome == "ok").then_some(at);
        let seen = Coverage { covers_from, ..Coverage::new(source, Platform::Vk, at, outcome) };
        let entry = Entry { partition: 0, offset, key: source.to_owned(), payload: wire::write(&seen) };
        assert!(book.alerts.coverage_sink().apply(&[entry]).unwrap().refused.is_empty());
        book.now.fetch_add(60, Ordering::Relaxed);
        book.alerts.tick(Some(&crate::Vitals::default())).unwrap();
    };
    poll("a", "timeout");
    assert!(book.list().is_empty(), "what passes by itself is no alarm");
    poll("a", "vk_token");
    poll("b", "vk_token");
    let alert = book.only();
    assert_eq!(alert.headline, "Сбор: токен ВКонтакте не подходит");
    poll("a", "ok");
    poll("b", "ok");
    assert_eq!(book.alerts.list(Filter { open: true, ..Filter::default() }).unwrap().len(), 0, "{:#?}", book.list());
}

fn post(number: u32, place: Option<&str>, level: Option<Level>) -> TaggedPost {
    let json = format!(
        r#"{{"id":"vk:-1_{number}","platform":"vk","source":"s{}","published_at":"{}","text":"Тревожный текст {number}","views":10}}"#,
        number % 2,
        Time::from_second(START - 60).unwrap()
    );
    let mut post: Post = wire::read_post(json.as_bytes(), None).unwrap();
    post.seen_at = Some(Time::from_second(START).unwrap());
    let risks = level.map(|level| Risk { kind: "fire".into(), level, why: vec!["«горит»".into()] });
    let tags = Tags {
        rules: 1,
        risks: risks.into_iter().collect(),
        places: place.map(Into::into).into_iter().collect(),
        signature: Some(Signature(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15))),
        ..Tags::default()
    };
    TaggedPost { post, tags }
}

fn later(mut tagged: TaggedPost, seconds: i64) -> TaggedPost {
    tagged.post.seen_at = Some(Time::from_second(START + seconds).unwrap());
    tagged
}

#[test]
fn posts_of_one_event_are_one_alert_and_one_message() {
    let mut book = Book::new();
    book.take(&[post(1, Some("mira"), Some(Level::High)), post(2, Some("mira"), Some(Level::High))]);
    book.take(&[post(3, None, Some(Level::High)), post(4, Some("mira"), Some(Level::Low))]);
    let alerts = book.list();
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].posts, alerts[0].sources, alerts[0].views), (4, 2, 40), "a milder post of it too");
    assert!(book.keys().is_empty(), "an alert gathers posts before it is told");
    book.pass(61);
    assert_eq!(book.keys(), [format!("{}:raised-high:webhook", alerts[0].id)]);
}

#[test]
fn the_alert_of_a_burst_counts_along_what_leaves_it_and_what_comes_back() {
    let mut book = Book::with(&[("alerts.toml", &format!("{AT_ONCE}{BURSTS}"))]);
    // Each of a kind of its own: they are no one story.
    let of = |number: u32| {
        let mut tagged = post(number, Some("mira"), Some(Level::Low));
        tagged.tags.risks[0].kind = format!("kind{number}");
        tagged.post.source = format!("s{number}");
        tagged
    };
    let check = |book: &Book, voices: u64, sources: u64| {
        assert_eq!(book.sizes(), [vec![(voices, sources)], vec![(voices, sources)]]);
    };
    let gone = |tagged: &TaggedPost, seconds: i64| {
        let post = tagged.post.tombstone(Time::from_second(START + seconds).unwrap());
        TaggedPost { post, tags: Tags { rules: 1, ..Tags::default() } }
    };
    let posts: Vec<TaggedPost> = (1..=8).map(of).collect();
    book.take(&posts);
    check(&book, 8, 8);
    book.take(&[gone(&posts[0], 60)]);
    check(&book, 7, 7);
    // Edited: of the voice that another has.
    let said_by = |number: u32, seconds: i64| {
        let mut tagged = later(of(number), seconds);
        tagged.tags.risks[0].kind = "other".into();
        tagged.post.author = Some("somebody".into());
        tagged
    };
    book.take(&[said_by(2, 120), said_by(3, 120)]);
    check(&book, 6, 7);
    book.take(&[later(of(1), 180)]);
    check(&book, 7, 8);
    let all: Vec<TaggedPost> = posts.iter().map(|post| gone(post, 240)).collect();
    book.take(&all);
    check(&book, 0, 0);
    assert_eq!(book.only().life, "gone");
}

#[test]
fn an_alert_without_new_posts_is_quiet_and_opens_again_with_one() {
    let mut book = Book::new();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    let open = |book: &Book| book.alerts.list(Filter { open: true, ..Filter::default() }).unwrap().len();
    book.pass(61);
    book.pass(49 * 3600);
    assert_eq!((open(&book), book.only().state.as_str()), (1, "open"), "nobody has acknowledged it");
    book.step(Step::Ack, "").unwrap();
    assert_eq!((open(&book), book.only().state.as_str()), (0, "quiet"));
    let mut again = post(2, Some("mira"), Some(Level::High));
    again.post.published_at = Time::from_second(START + 23 * 3600).unwrap();
    again.post.seen_at = Some(again.post.published_at);
    book.now.store(START + 24 * 3600, Ordering::Relaxed);
    book.take(&[again]);
    assert_eq!(open(&book), 1);
}

#[test]
fn a_rise_of_the_level_is_told_once() {
    let mut book = Book::new();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(61);
    book.take(&[post(2, Some("mira"), Some(Level::Critical)), post(3, Some("mira"), Some(Level::Critical))]);
    book.pass(1);
    book.pass(1);
    let id = book.only().id;
    assert_eq!(book.keys(), [format!("{id}:level-critical:webhook"), format!("{id}:raised-high:webhook")]);
    let due = book.only().clocks.unwrap().first.due.as_second() - START;
    assert_eq!(due, 61 + 4 * 3600, "a critical one is to be answered within four hours of becoming one");
}

#[test]
fn imported_replayed_and_old_posts_group_and_never_notify() {
    let mut book = Book::new();
    let mut imported = post(1, Some("mira"), Some(Level::High));
    imported.post.origin = Origin::Import;
    let mut replayed = post(2, Some("mira"), Some(Level::High));
    replayed.post.origin = Origin::Replay;
    let mut old = post(3, Some("mira"), Some(Level::High));
    old.post.published_at = Time::from_second(START - 24 * 3600 - 1).unwrap();
    book.take(&[imported, replayed, old]);
    book.pass(3600);
    assert_eq!((book.only().posts, book.keys().len()), (3, 0));
    book.take(&[post(4, Some("mira"), Some(Level::High))]);
    book.pass(61);
    assert_eq!((book.only().posts, book.keys().len()), (4, 1), "a fresh live post of it does");
}

#[test]
fn a_repeat_changes_nothing_and_an_older_version_loses() {
    let mut book = Book::new();
    let new = later(post(1, Some("mira"), Some(Level::High)), 60);
    book.take(&[new.clone(), post(2, Some("mira"), Some(Level::High))]);
    let before = book.list();
    book.take(&[new, post(1, Some("lenina"), Some(Level::Critical)), post(2, Some("mira"), Some(Level::High))]);
    assert_eq!(book.list(), before);
}

#[test]
fn an_edit_that_takes_the_risk_away_takes_the_post_out() {
    let mut book = Book::new();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.take(&[later(post(1, Some("mira"), None), 60)]);
    let alerts = book.list();
    assert_eq!((alerts[0].posts, alerts[0].state.as_str()), (0, "closed"));
}

#[test]
fn a_deletion_takes_the_text_out_of_alert_and_outbox_and_stays() {
    let mut book = Book::new();
    let gone = post(1, Some("mira"), Some(Level::High));
    book.take(&[gone.clone(), post(2, Some("mira"), Some(Level::High))]);
    book.pass(61);
    let tombstone = gone.post.tombstone(Time::from_second(START + 60).unwrap());
    book.take(&[TaggedPost { post: tombstone, tags: Tags { rules: 1, ..Tags::default() } }, gone]);
    assert_eq!(book.list()[0].posts, 1);
    let far = Time::from_second(START + 1_000_000_000).unwrap();
    let sent = format!("{:?}", book.alerts.due(far).unwrap());
    assert!(!sent.contains("Тревожный текст 1") && sent.contains("Тревожный текст 2"), "{sent}");
}

#[test]
fn a_message_that_was_not_accepted_goes_again_under_its_key_with_growing_pauses() {
    let mut book = Book::new();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(61);
    let refused =
        Outcome::Later { after: None, reason: crate::channels::Reason { name: "http", words: "HTTP 500".into() } };
    let mut pauses = Vec::new();
    for _ in 0..12 {
        let due = book.alerts.due(book.now()).unwrap();
        assert_eq!(due.len(), 1);
        book.alerts.note_attempt(&due[0].key, book.now()).unwrap();
        book.alerts.note_outcome(&due[0], &refused, book.now()).unwrap();
        let waits = (0..).find(|wait| {
            let then = Time::from_second(book.now().as_second() + wait).unwrap();
            !book.alerts.due(then).unwrap().is_empty()
        });
        pauses.push(waits.unwrap());
        book.now.fetch_add(waits.unwrap(), Ordering::Relaxed);
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
    book.send();
    assert_eq!((book.keys().len(), book.alerts.outbox().unwrap().sent), (0, 1));
}

#[test]
fn a_try_that_was_killed_in_the_middle_goes_again_under_its_key() {
    let mut book = Book::new();
    book.take(&[post(1, Some("mira"), Some(Level::High))]);
    book.pass(61);
    let first = book.alerts.due(book.now()).unwrap().remove(0);
    assert!(!first.unknown);
    book.alerts.note_attempt(&first.key, book.now()).unwrap();
    book.now.fetch_add(10, Ordering::Relaxed);
    let again = book.alerts.due(book.now()).unwrap().remove(0);
    assert_eq!((again.key, again.unknown), (first.key, true));
}

#[test]
fn the_position_is_stored_with_the_alerts() {
    let mut book = Book::new();
    assert_eq!(book.alerts.sink().position().unwrap(), None);
    book.take(&[post(1, None, None), post(2, None, None)]);
    assert_eq!(book.alerts.sink().position().unwrap(), Some(Checkpoint::at(4)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Batches may be cut anywhere, as a crash cuts them: the book ends the same, message for message.
    #[test]
    fn batches_do_not_matter(
        posts in prop::collection::vec((0u32..40, 0usize..3, 0usize..5, 0i64..4, 0i64..30, prop::bool::weighted(0.1)), 1..80),
        cuts in prop::collection::vec(1usize..9, 80),
    ) {
        let posts: Vec<TaggedPost> = posts
            .into_iter()
            .map(|(number, place, level, seen, at, deleted)| {
                let place = [None, Some("mira"), Some("lenina")][place];
                let mut tagged = later(post(number, place, Level::ALL.get(level).copied()), seen);
                // Some are of an archive: what they say of an hour is known from there on.
                let weeks = if at < 20 { 0 } else { at - 20 };
                let ago = weeks * 7 * 24 * 3600 + i64::from(number % 5) * 900;
                tagged.post.published_at = Time::from_second(START - 60 - ago).unwrap();
                tagged.post.author = Some(format!("a{}", number % 7));
                if deleted {
                    tagged.post = tagged.post.tombstone(Time::from_second(START + 60).unwrap());
                }
                tagged
            })
            .collect();
        let rules = format!("{AT_ONCE}{BURSTS}");
        let files = [("alerts.toml", rules.as_str())];
        let (mut whole, mut cut) = (Book::with(&files), Book::with(&files));
        whole.take(&posts);
        let mut rest = &posts[..];
        for size in cuts {
            let (now, later) = rest.split_at(size.min(rest.len()));
            cut.take(now);
            rest = later;
        }
        // Before time passes: then the oldest rows are cleared away, and the sums keep them.
        let (counted, anew) = cut.stories();
        prop_assert_eq!(counted, anew, "what stories add up to");
        whole.pass(61);
        cut.pass(61);
        prop_assert_eq!(whole.list(), cut.list());
        prop_assert_eq!(whole.keys(), cut.keys());
    }
}
