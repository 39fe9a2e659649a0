//! Alerts on a clock of their own, with posts to take and people to notify.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use config::{ChannelKind, Config, Contact, Files};
use journal::{Entry, Sink};
use model::{Clock, Event, Level, Post, Risk, Scale, Signature, TaggedPost, Tags, Time, wire};

use crate::notify::channels::DeliveryOutcome;
use crate::stories::alert_members::{recounted_size, size};
use crate::stories::story::{Size, Story};
use crate::stories::{story, sums};
use crate::{Action, ActionRequest, AlertView, Alerts, Filter};

pub const START: i64 = 1_790_000_000;

/// The alerts of an installation, on a clock of their own.
pub struct Centre {
    pub alerts: Alerts,
    pub now: Arc<AtomicI64>,
    next: u64,
    _folder: tempfile::TempDir,
}

impl Centre {
    pub fn new() -> Centre {
        Centre::with(&[])
    }

    /// With these files of the configuration instead of the shipped ones.
    pub fn with(files: &[(&str, &str)]) -> Centre {
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
        Centre { alerts, now, next: 1, _folder: folder }
    }

    pub fn now(&self) -> Time {
        Time::from_second(self.now.load(Ordering::Relaxed)).unwrap()
    }

    /// So many seconds later, with whatever time brings.
    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
        self.alerts.tick(None).unwrap();
    }

    pub fn take(&mut self, posts: &[TaggedPost]) {
        let entries: Vec<Entry> = posts
            .iter()
            .map(|post| {
                self.next += 1;
                let payload = wire::write_tagged(post);
                Entry { partition: 0, offset: self.next, key: post.post.id.to_string(), payload }
            })
            .collect();
        let applied = self.alerts.sink().apply(&entries).unwrap();
        assert!(applied.rejected.is_empty());
    }

    /// All alerts; what is counted along must be what is there, whatever a test did before.
    pub fn list(&self) -> Vec<AlertView> {
        let all = self.alerts.list(Filter::default()).unwrap();
        let ids = |alerts: Vec<AlertView>| alerts.into_iter().map(|alert| alert.id).collect::<Vec<_>>();
        let open = ids(self.alerts.list(Filter { open: true, ..Filter::default() }).unwrap());
        assert_eq!(self.alerts.open_count().unwrap(), open.len() as u64);
        assert_eq!(ids(all.iter().filter(|alert| alert.state == "open").cloned().collect()), open);
        let database = self.alerts.database();
        for (counted, anew) in [
            (
                "SELECT state, messages FROM outbox_size WHERE messages <> 0",
                "SELECT state, count(*) FROM outbox GROUP BY state",
            ),
            (
                "SELECT alert || post, published FROM alert_post WHERE published IS NOT NULL",
                "SELECT alert || post, post.at FROM alert_post JOIN post ON post.id = post WHERE story IS NOT NULL",
            ),
            (
                "SELECT alert, posts FROM alert_size WHERE posts <> 0",
                "SELECT alert, count(*) FROM alert_post JOIN post ON post.id = post WHERE story IS NOT NULL GROUP BY alert",
            ),
        ] {
            let rows = |sql: &str| {
                let mut select = database.prepare(&format!("SELECT * FROM ({sql}) ORDER BY 1")).unwrap();
                let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
                rows.collect::<Result<Vec<_>, _>>().unwrap()
            };
            assert_eq!(rows(counted), rows(anew), "{counted}");
        }
        all
    }

    /// The stories that have posts, as they are counted along and as they add up anew.
    pub fn stories(&self) -> (Vec<Story>, Vec<Story>) {
        let mut database = self.alerts.database();
        let transaction = database.transaction().unwrap();
        let ids: Vec<String> = {
            let mut select = transaction.prepare("SELECT DISTINCT story FROM post WHERE story IS NOT NULL").unwrap();
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let load = || ids.iter().map(|id| story::load(&transaction, id).unwrap().unwrap()).collect();
        let counted = load();
        ids.iter().for_each(|id| sums::recount(&transaction, id).unwrap());
        (counted, load())
    }

    /// Voices and sources of the alerts that are about no single story, as they are counted along and as they add up anew.
    pub fn sizes(&self) -> [Vec<Size>; 2] {
        let database = self.alerts.database();
        let mut select = database.prepare("SELECT id FROM alert WHERE story IS NULL ORDER BY id").unwrap();
        let ids: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let of = |size: &dyn Fn(&crate::store::alert::Alert) -> Size| {
            ids.iter().map(|id| size(&crate::store::alert_table::load(&database, id).unwrap().unwrap())).collect()
        };
        [of(&|alert| size(&database, alert).unwrap()), of(&|alert| recounted_size(&database, alert).unwrap())]
    }

    pub fn only(&self) -> AlertView {
        let mut alerts = self.list();
        assert_eq!(alerts.len(), 1, "{alerts:#?}");
        alerts.remove(0)
    }

    /// Keys of what waits to be sent, at any time.
    pub fn keys(&self) -> Vec<String> {
        let far = Time::from_second(START + 1_000_000_000).unwrap();
        let mut keys: Vec<String> = self.alerts.due(far).unwrap().into_iter().map(|delivery| delivery.key).collect();
        keys.sort();
        keys
    }

    /// Whatever waits is accepted; returns what it was.
    pub fn send(&self) -> Vec<crate::Delivery> {
        let due = self.alerts.due(self.now()).unwrap();
        for (number, delivery) in due.iter().enumerate() {
            self.alerts.note_attempt(&delivery.key, self.now()).unwrap();
            let outcome = DeliveryOutcome::Accepted { message_id: Some(format!("m{number}")) };
            self.alerts.note_outcome(delivery, &outcome, self.now()).unwrap();
        }
        due
    }

    pub fn act(&self, action: Action, reason: &str) -> Result<String, String> {
        let act = ActionRequest::Alert { alert: self.only().id, action, reason: reason.into(), to: None };
        self.alerts.act(&act, "Иванова").map_err(|error| error.to_string())
    }
}

/// Alerts at once, and the rule of risks alone.
pub const AT_ONCE: &str = "
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
pub const BURSTS: &str = "
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

pub fn post(number: u32, place: Option<&str>, level: Option<Level>) -> TaggedPost {
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

/// The same post, which tells an event.
pub fn telling(mut tagged: TaggedPost, object: &str, state: &str, scale: Option<Scale>) -> TaggedPost {
    let words = vec!["слова".to_owned()];
    tagged.tags.events = vec![Event { words, ..crate::stories::relation::tests::event(object, state, scale) }];
    tagged
}

pub fn later(mut tagged: TaggedPost, seconds: i64) -> TaggedPost {
    tagged.post.seen_at = Some(Time::from_second(START + seconds).unwrap());
    tagged
}

pub const PEOPLE: &str = "
[[person]]
id = 'anna'
name = 'Анна'
role = 'officer'
addresses = [{ channel = 'telegram', to = '1' }, { channel = 'email', to = 'anna@example.ru' }]
[[person]]
id = 'vera'
name = 'Вера'
role = 'lead'
addresses = [{ channel = 'telegram', to = '2' }]
[[person]]
id = 'gleb'
name = 'Глеб'
role = 'head'
addresses = [{ channel = 'telegram', to = '3' }]
[[person]]
id = 'daria'
name = 'Дарья'
role = 'curator'
addresses = [{ channel = 'email', to = 'daria@example.ru' }]
";

pub const CHANNELS: &str = "
[telegram]
token_env = 'TOKEN'
[email]
server = 'mail.example.ru'
from = 'otklik@example.ru'
";

/// With people, who are notified at once.
pub fn with_people() -> Centre {
    Centre::with(&[("people.toml", PEOPLE), ("channels.toml", CHANNELS), ("alerts.toml", AT_ONCE)])
}

/// Who was told what, in the order of sending; the webhook aside.
pub fn told(centre: &Centre) -> Vec<String> {
    let sent = centre.send();
    let to_people = sent.into_iter().filter_map(|delivery| Some(format!("{} {}", delivery.person?, delivery.purpose)));
    to_people.collect()
}
