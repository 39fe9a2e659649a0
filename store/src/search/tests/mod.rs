//! The index as its users meet it: fed through the sink, asked through requests.

mod answers;
mod budget;
mod corrections;
mod differential;
mod feeding;
mod files;
mod threads;
mod versions;
mod words;

use jiff::tz::TimeZone;
use journal::{Entry, Sink};
use model::{Kind, Origin, Platform, Post, PostId, TaggedPost, Tags, Time, wire};
use tempfile::TempDir;

use super::{Budget, SearchIndex, SearchRequest, SearchResult, SearchSink};

/// An index in a folder of its own.
struct Fixture {
    pub folder: TempDir,
    pub index: SearchIndex,
    pub sink: SearchSink,
    next: u64,
}

impl Fixture {
    pub fn new() -> Fixture {
        Fixture::in_folder(tempfile::tempdir().unwrap(), 1)
    }

    fn in_folder(folder: TempDir, next: u64) -> Fixture {
        let index = SearchIndex::open(folder.path(), TimeZone::get("Europe/Moscow").unwrap()).unwrap();
        let sink = index.sink().unwrap();
        Fixture { folder, index, sink, next }
    }

    fn with(posts: &[TaggedPost]) -> Fixture {
        let mut fixture = Fixture::new();
        fixture.feed(posts);
        fixture
    }

    /// One batch.
    pub fn feed(&mut self, posts: &[TaggedPost]) {
        let rejected = self.apply(posts.iter().map(wire::write_tagged).collect());
        assert_eq!(rejected, [""; 0]);
    }

    /// One batch of payloads; returns the reasons of those rejected.
    fn apply(&mut self, payloads: Vec<Vec<u8>>) -> Vec<String> {
        let entry = |payload| {
            self.next += 1;
            Entry { partition: 0, offset: self.next - 1, key: String::new(), payload }
        };
        let entries: Vec<Entry> = payloads.into_iter().map(entry).collect();
        let applied = self.sink.apply(&entries).unwrap();
        self.sink.flush().unwrap();
        applied.rejected.into_iter().map(|rejected| rejected.reason).collect()
    }

    fn reopen(self) -> Fixture {
        let Fixture { folder, index, sink, next } = self;
        drop((index, sink));
        Fixture::in_folder(folder, next)
    }

    pub fn ids(&self, request: &SearchRequest) -> Vec<String> {
        let result = self.index.search(request, &Budget::unlimited()).unwrap();
        assert!(result.total as usize >= result.hits.len());
        let json = self.index.search_json(request, &Budget::unlimited()).unwrap();
        assert_eq!(serde_json::from_slice::<SearchResult>(&json).unwrap(), result);
        result.hits.iter().map(short).collect()
    }

    /// A search must find these posts, newest first.
    #[track_caller]
    fn check(&self, query: &str, expect: &[&str]) {
        let found = self.ids(&SearchRequest { query: query.into(), ..SearchRequest::default() });
        assert_eq!(found, expect, "{query}");
    }

    /// As [`Fixture::check`] for a whole request.
    #[track_caller]
    fn finds(&self, request: SearchRequest, expect: &[&str]) {
        assert_eq!(self.ids(&request), expect, "{request:?}");
    }
}

fn short(tagged: &TaggedPost) -> String {
    tagged.post.id.as_str().trim_start_matches("tg:town/").to_owned()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

/// A post of this number, published that many minutes after noon of November 1, so that a greater number is newer.
fn post(number: u32, text: &str) -> TaggedPost {
    let published_at = time("2026-11-01T12:00:00Z") + jiff::Span::new().minutes(number);
    let post = Post {
        v: wire::FORMAT,
        id: PostId::new(format!("tg:town/{number}")).unwrap(),
        platform: Platform::Telegram,
        source: "town".into(),
        kind: Kind::Post,
        url: Some(format!("https://t.me/town/{number}")),
        published_at,
        edited_at: None,
        seen_at: Some(published_at),
        deleted_at: None,
        title: None,
        text: text.into(),
        poll: None,
        views: None,
        reactions: None,
        reposts: None,
        comments: None,
        author: None,
        in_reply_to: None,
        answers: None,
        forwarded_from: None,
        advert: false,
        origin: Origin::Live,
    };
    TaggedPost { post, tags: Tags { rules: 1, ..Tags::default() } }
}

fn tombstone(of: &TaggedPost, at: &str) -> TaggedPost {
    TaggedPost { post: of.post.tombstone(time(at)), tags: Tags { rules: of.tags.rules, ..Tags::default() } }
}
