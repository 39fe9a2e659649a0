//! The parts behind the routes, made once and shared by the tests that run at the same time: a process has one ClickHouse.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alerts::{Alerts, LinkKey};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use config::{Config, Files};
use journal::{Entry, Sink};
use model::{Clock, Coverage, Level, Platform, Post, PostId, Risk, Sector, TaggedPost, Tags, Time, wire};
use reports::Reports;
use serde_json::Value;
use store::facts::{Engine, Facts};
use store::search::SearchIndex;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::status::{JournalStatus, RoleStatus, Status};
use crate::{AskStatus, Web, Works};

/// The release of ClickHouse that deploy/setup.sh brings.
const RELEASE: &str = "26.7.3-stable.1";

/// Who gets letters, and the source of the posts.
const FILES: [(&str, &str); 4] = [
    (
        "people.toml",
        "[[person]]\nid = 'anna'\nname = 'Анна'\nrole = 'officer'\n\
         addresses = [{ channel = 'email', to = 'anna@example.ru' }]\n[chain]\nsteps = ['officer']\n",
    ),
    ("channels.toml", "[email]\nserver = 'mail.example.ru'\nfrom = 'otklik@example.ru'\n"),
    ("otklik.toml", "public_url = 'https://otklik.example.ru/'\n"),
    ("sources.toml", "[[source]]\nid = 'city'\nname = 'Город'\nowner = -1\n"),
];

static SHARED: Mutex<(usize, Option<Shared>)> = Mutex::new((0, None));

struct Shared {
    runtime: Runtime,
    engine: Engine,
    router: Router,
    /// The path of a one-time link in the letter about the alert.
    link: String,
    _folder: TempDir,
}

/// A test's hold on the parts; the last one stops the engine and removes its folder.
pub struct Served {
    router: Router,
    runtime: tokio::runtime::Handle,
    pub link: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub kind: String,
    /// The header `Link`.
    pub link: Option<String>,
    pub body: String,
}

fn shared() -> MutexGuard<'static, (usize, Option<Shared>)> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Served {
    pub fn new() -> Served {
        let mut shared = shared();
        let parts = shared.1.get_or_insert_with(open);
        let served =
            Served { router: parts.router.clone(), runtime: parts.runtime.handle().clone(), link: parts.link.clone() };
        shared.0 += 1;
        served
    }

    pub fn ask(&self, method: &str, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        self.runtime.block_on(async {
            let answer = tower::ServiceExt::oneshot(self.router.clone(), request).await.unwrap();
            let status = answer.status().as_u16();
            let kind = answer.headers().get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap()).to_owned();
            let link = answer.headers().get(header::LINK).map(|link| link.to_str().unwrap().to_owned());
            let hardened = answer.headers().get(header::X_CONTENT_TYPE_OPTIONS).is_some_and(|value| value == "nosniff");
            assert!(hardened, "{path} lacks the headers that every answer has");
            let body = axum::body::to_bytes(answer.into_body(), 1 << 24).await.unwrap();
            Answer { status, kind, link, body: String::from_utf8(body.to_vec()).unwrap() }
        })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let mut shared = shared();
        shared.0 -= 1;
        if shared.0 == 0
            && let Some(last) = shared.1.take()
        {
            last.runtime.block_on(last.engine.stop());
        }
    }
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn open() -> Shared {
    let runtime = Runtime::new().unwrap();
    let folder = TempDir::new().unwrap();
    let overlay = FILES.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let config = Config::parse(&Files::shipped().overlay(overlay)).unwrap_or_else(|problems| panic!("{problems}"));
    let config = Arc::new(config);
    let now: Time = "2026-11-24T09:30:00Z".parse().unwrap();
    let clock: Clock = Arc::new(move || now);
    let tagged = [
        tagged("vk:-1_1", "2026-11-24T08:30:00Z", "Горит <b>дом</b>, дети внутри", Some("fire")),
        tagged("vk:-1_2", "2026-11-23T08:30:00Z", "Спасибо за праздник", None),
    ]
    .map(|tagged| wire::write_tagged(&tagged));

    let index = SearchIndex::open(&folder.path().join("index"), config.timezone().clone()).unwrap();
    put(&mut index.sink().unwrap(), &tagged);
    let engine = runtime.block_on(Engine::start(&library(), &folder.path().join("facts"), None, false)).unwrap();
    let facts = Facts::connect(engine.url(), engine.database(), engine.user(), engine.password(), config.timezone());
    runtime.block_on(facts.migrate()).unwrap();
    put(&mut facts.posts_sink(runtime.handle().clone(), store::Corrections::default()), &tagged);
    put(&mut facts.coverage_sink(runtime.handle().clone()), &[poll("2026-11-24T09:00:00Z")]);
    let alerts =
        Alerts::open(&folder.path().join("alerts.db"), Arc::clone(&config), Arc::clone(&clock), Vec::new()).unwrap();
    alerts.sign_links(LinkKey::open(&folder.path().join("link-key"), [7; 32]).unwrap());
    put(&mut alerts.sink(), &tagged);
    alerts.tick(None).unwrap();
    let reports = Reports::open(
        &folder.path().join("reports.db"),
        Arc::clone(&config),
        facts.clone(),
        alerts.clone(),
        Arc::clone(&clock),
    )
    .unwrap();
    let letter = alerts.due("2026-11-24T09:31:00Z".parse().unwrap()).unwrap().remove(0).letter;
    let url = letter.buttons[0].2.clone().unwrap();
    let router = crate::router(Web {
        config,
        clock,
        index: Some(index),
        remote_search: None,
        facts: Some(facts),
        alerts: Some(alerts),
        reports: Some(reports),
        work: Arc::new(Works::default()),
        status: told(Status { now, roles: vec![stage(None)], ..Status::default() }),
        ready: told(Status { roles: vec![stage(None)], journal: JournalStatus::default(), ..Status::default() }),
    });
    let link = url.strip_prefix("https://otklik.example.ru").unwrap().to_owned();
    Shared { runtime, engine, router, link, _folder: folder }
}

fn stage(error: Option<&str>) -> RoleStatus {
    RoleStatus { role: "search".into(), done: 2, error: error.map(Into::into), ..RoleStatus::default() }
}

pub fn told(status: Status) -> AskStatus {
    Arc::new(move || {
        let status = status.clone();
        Box::pin(async move { Ok(status) })
    })
}

/// A post that was seen when it was published, with a critical risk where one is named.
pub fn tagged(id: &str, at: &str, text: &str, kind: Option<&str>) -> TaggedPost {
    let at: Time = at.parse().unwrap();
    let post = Post::new(PostId::new(id).unwrap(), Platform::Vk, "city", at, text.into());
    let risk = |kind: &str| Risk { kind: kind.into(), level: Level::Critical, why: Vec::new() };
    let (sector, risks) = (Sector::Other, kind.map(|kind| vec![risk(kind)]).unwrap_or_default());
    TaggedPost { post, tags: Tags { rules: 1, sector, sectors: vec![sector], risks, ..Tags::default() } }
}

/// A poll of the source that read everything.
fn poll(at: &str) -> Vec<u8> {
    let poll = serde_json::json!({
        "source": "city", "platform": "vk", "at": at, "outcome": "ok", "pages": 1, "posts": 2,
    });
    let poll: Coverage = serde_json::from_value(poll).unwrap();
    wire::write(&poll)
}

pub fn put(sink: &mut impl Sink, payloads: &[Vec<u8>]) {
    let entry = |(payload, offset): (&Vec<u8>, u64)| Entry {
        partition: 0,
        offset,
        key: String::new(),
        payload: payload.clone(),
    };
    let entries: Vec<Entry> = payloads.iter().zip(1..).map(entry).collect();
    let applied = sink.apply(&entries).unwrap();
    assert!(applied.rejected.is_empty(), "{applied:?}");
    sink.flush().unwrap();
}

fn library() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
    let path = variable("OTKLIK_CHDB")
        .or_else(|| cache().map(|cache| cache.join("otklik/chdb").join(RELEASE).join("libchdb.so")))
        .unwrap_or_default();
    assert!(path.exists(), "no libchdb at {path:?}: run deploy/setup.sh or set OTKLIK_CHDB");
    path
}
