//! Against the real engine. A process has one engine at a time, so the tests share it, each in a database of its own.

mod cluster;
mod corrections;
mod figures;
mod http;
mod sinks;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use journal::{Applied, Entry, Sink, SinkError};
use model::{Level, PostId, Risk, Sector, TaggedPost, Tags, Time, wire};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::{Engine, Facts};
use crate::Corrections;

/// The release that deploy/setup.sh brings.
const RELEASE: &str = "26.7.3-stable.1";

/// The engine that the tests under way share, and how many they are.
static SHARED: Mutex<(usize, Option<Shared>)> = Mutex::new((0, None));

struct Shared {
    engine: Engine,
    runtime: Runtime,
    folder: TempDir,
}

/// A test's hold on the engine. The last one stops it and removes its folder.
pub struct Held {
    pub url: String,
    pub password: String,
    pub library: PathBuf,
    pub folder: PathBuf,
    runtime: tokio::runtime::Handle,
}

fn shared() -> MutexGuard<'static, (usize, Option<Shared>)> {
    SHARED.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn engine() -> Held {
    let mut shared = shared();
    let library = library();
    let running = shared.1.get_or_insert_with(|| {
        let runtime = Runtime::new().unwrap();
        let folder = TempDir::new().unwrap();
        let engine = runtime.block_on(Engine::start(&library, folder.path(), None, true)).unwrap();
        Shared { engine, runtime, folder }
    });
    let held = Held {
        url: running.engine.url().to_owned(),
        password: running.engine.password().to_owned(),
        folder: running.folder.path().to_owned(),
        runtime: running.runtime.handle().clone(),
        library,
    };
    shared.0 += 1;
    held
}

impl Drop for Held {
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

impl Held {
    pub fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Migrated tables in a database of this name.
    pub fn facts(&self, database: &str) -> Facts {
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        let facts = Facts::connect(&self.url, database, "otklik", &self.password, &moscow);
        self.run(facts.migrate()).unwrap();
        facts
    }

    /// Puts posts through the sink as one batch.
    pub fn take_in(&self, facts: &Facts, posts: &[TaggedPost]) {
        let payloads: Vec<Vec<u8>> = posts.iter().map(wire::write_tagged).collect();
        let applied = put(&mut self.posts_sink(facts), &payloads).unwrap();
        assert!(applied.rejected.is_empty(), "{applied:?}");
    }

    /// The sink of the posts, where nobody corrects any.
    pub fn posts_sink(&self, facts: &Facts) -> impl Sink + use<> {
        facts.posts_sink(self.runtime.clone(), Corrections::default())
    }
}

/// Applies and flushes.
pub fn put(sink: &mut impl Sink, payloads: &[Vec<u8>]) -> Result<Applied, SinkError> {
    let applied = sink.apply(&entries(payloads))?;
    sink.flush()?;
    Ok(applied)
}

pub fn entries(payloads: &[Vec<u8>]) -> Vec<Entry> {
    let entry = |(offset, payload): (usize, &Vec<u8>)| Entry {
        partition: 0,
        offset: offset as u64,
        key: String::new(),
        payload: payload.clone(),
    };
    payloads.iter().enumerate().map(entry).collect()
}

fn library() -> PathBuf {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = || variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
    let path = variable("OTKLIK_CHDB")
        .or_else(|| cache().map(|cache| cache.join("otklik/chdb").join(RELEASE).join("libchdb.so")))
        .unwrap_or_default();
    assert!(Path::new(&path).exists(), "no libchdb at {path:?}: run deploy/setup.sh or set OTKLIK_CHDB");
    path
}

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// An invented post, seen when it was published.
pub fn post(id: &str, published_at: &str, sector: Sector) -> TaggedPost {
    let json = format!(
        r#"{{"id":"{id}","platform":"vk","source":"city","published_at":"{published_at}","text":"Нет воды на Речной"}}"#
    );
    TaggedPost {
        post: wire::read_post(json.as_bytes(), None).unwrap(),
        tags: Tags { rules: 1, sector, sectors: vec![sector], ..Tags::default() },
    }
}

/// The same post, read later, with another text.
pub fn edited(post: &TaggedPost, seen_at: &str, text: &str) -> TaggedPost {
    let mut edited = post.clone();
    edited.post.seen_at = Some(time(seen_at));
    edited.post.text = text.to_owned();
    edited
}

pub fn deleted(post: &TaggedPost, at: &str) -> TaggedPost {
    TaggedPost { post: post.post.tombstone(time(at)), tags: Tags { rules: 1, ..Tags::default() } }
}

pub fn risk(kind: &str, level: Level) -> Risk {
    Risk { kind: kind.into(), level, why: vec!["слово".into()] }
}

pub fn id(text: &str) -> PostId {
    PostId::new(text).unwrap()
}
