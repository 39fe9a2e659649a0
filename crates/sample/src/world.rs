//! The world of the sample: every post that will have been published by its end, and what is to be seen of it at a moment.

use jiff::SignedDuration;
use model::{Poll, PostId, Sector, Time};

use crate::clock::{before, floor_to_minute};
use crate::content::{Address, Content, Kind, Source};
use crate::generate;
use crate::rng::hash;

/// How long the world lasts.
pub const DAYS: i64 = 15;

/// Fifteen days of a district. The same end and seed make the same world.
#[derive(Debug)]
pub struct World {
    start: Time,
    end: Time,
    sources: Vec<Source>,
    /// In the order of publication.
    posts: Vec<Post>,
    /// By source: when it answers 503.
    down: Vec<Option<(Time, Time)>>,
}

/// A post of the world with all that becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// Index of its source in [`World::sources`].
    pub source: usize,
    /// Its number on the platform; grows with time within a source and has gaps.
    pub number: u64,
    /// When it appears.
    pub published_at: Time,
    /// Headline, in feeds.
    pub title: Option<String>,
    /// The text as published.
    pub text: String,
    /// Later texts, in the order of time.
    pub edits: Vec<(Time, String)>,
    /// When it disappears.
    pub deleted_at: Option<Time>,
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub sector: Sector,
    /// Invented number of a private author.
    pub author: Option<i64>,
    /// Marked as an advertisement.
    pub ad: bool,
    /// Attached poll.
    pub poll: Option<Poll>,
    /// Index in [`World::posts`] of the post of the same source that it answers.
    pub reply_to: Option<usize>,
    /// Index in [`World::posts`] of the post that it reposts or forwards.
    pub repost_of: Option<usize>,
    /// Stands above newer posts.
    pub pinned: bool,
    /// Has a photo.
    pub photo: bool,
    /// What its views grow towards.
    pub(crate) reach: u32,
}

/// A post as it is to be seen at a moment.
#[derive(Debug, Clone, Copy)]
pub struct View<'w> {
    /// The post.
    pub post: &'w Post,
    /// Its text by now.
    pub text: &'w str,
    /// When it was last edited by now.
    pub edited_at: Option<Time>,
    /// Views by now.
    pub views: u64,
    /// Likes or reactions by now.
    pub likes: u64,
    /// Reposts by now.
    pub reposts: u64,
    /// Comments by now.
    pub comments: u64,
}

/// What an end-to-end test finds in the product when it has read everything up to a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// Id as the collectors make it.
    pub id: PostId,
    /// Id of the source.
    pub source: String,
    /// When it was published.
    pub published_at: Time,
    /// Headline, in feeds.
    pub title: Option<String>,
    /// Latest text to be seen; empty if deleted. Paragraph breaks of feeds may come out as one line break or two.
    pub text: String,
    /// VK: the text of the post that this one reposts, which stands in `copy_history`. Elsewhere a forward's text is its own.
    pub reposted: Option<String>,
    /// Attached poll.
    pub poll: Option<Poll>,
    /// Gone at the source: the product has a tombstone, or never saw it.
    pub deleted: bool,
}

impl World {
    /// The world that ends at a time, floored to the minute.
    pub fn new(end: Time, seed: u64) -> World {
        let end = floor_to_minute(end);
        let start = before(end, SignedDuration::from_hours(24 * DAYS));
        let content = Content::read();
        let posts = generate::posts(&content, start, end, seed);
        let down = content.sources.iter().map(|source| generate::down(&content, source, end)).collect();
        World { start, end, sources: content.sources, posts, down }
    }

    /// When its first day begins.
    pub fn start(&self) -> Time {
        self.start
    }

    /// When its last day ends.
    pub fn end(&self) -> Time {
        self.end
    }

    /// All sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// All posts, in the order of publication.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// What is to be seen at a moment, oldest first.
    pub fn visible(&self, now: Time) -> impl DoubleEndedIterator<Item = View<'_>> {
        self.posts.iter().filter_map(move |post| post.seen_at(now))
    }

    /// What a source shows at a moment, oldest first.
    pub fn visible_of(&self, source: usize, now: Time) -> impl DoubleEndedIterator<Item = View<'_>> {
        self.visible(now).filter(move |view| view.post.source == source)
    }

    /// Whether a source answers 503 at a moment.
    pub fn is_down(&self, source: usize, now: Time) -> bool {
        self.down.get(source).is_some_and(|down| down.is_some_and(|(from, to)| from <= now && now < to))
    }

    /// What the product must hold when it has read everything up to a moment, in the order of publication.
    pub fn expected(&self, now: Time) -> Vec<Expected> {
        let published = self.posts.iter().filter(|post| post.published_at <= now);
        published.filter_map(|post| self.expect(post, now)).collect()
    }

    fn expect(&self, post: &Post, now: Time) -> Option<Expected> {
        let source = self.sources.get(post.source)?;
        let view = post.seen_at(now);
        let is_vk = matches!(source.address, Address::Vk { .. });
        let reposted = post.repost_of.and_then(|at| self.posts.get(at)).filter(|_| is_vk && view.is_some());
        Some(Expected {
            id: PostId::new(self.post_id(post)).ok()?,
            source: source.id.clone(),
            published_at: post.published_at,
            title: view.and(post.title.clone()),
            text: view.map_or_else(String::new, |view| view.text.to_owned()),
            reposted: reposted.map(|original| original.text.clone()),
            poll: view.and(post.poll.clone()),
            deleted: view.is_none(),
        })
    }

    fn post_id(&self, post: &Post) -> String {
        let source = &self.sources[post.source];
        match &source.address {
            Address::Vk { owner, .. } => format!("vk:{owner}_{}", post.number),
            Address::Telegram { channel, .. } => format!("tg:{channel}/{}", post.number),
            Address::Feed { .. } => format!("portal:{}/{}", source.id, guid(source, post)),
        }
    }
}

/// The guid of a feed's item: a link, a number or a URN, as sites do.
pub(crate) fn guid(source: &Source, post: &Post) -> String {
    use crate::content::Format;
    match &source.address {
        Address::Feed { format: Format::Rss1251, .. } => format!("{}-{}", source.id, post.number),
        Address::Feed { format: Format::Atom, site, .. } => format!("urn:{site}:news:{}", post.number),
        _ => link(source, post),
    }
}

/// Where a person would open a post.
pub(crate) fn link(source: &Source, post: &Post) -> String {
    match &source.address {
        Address::Vk { owner, .. } => format!("https://vk.com/wall{owner}_{}", post.number),
        Address::Telegram { channel, .. } => format!("https://t.me/{channel}/{}", post.number),
        Address::Feed { site, .. } => format!("https://{site}/news/{}", post.number),
    }
}

impl Post {
    /// What is to be seen of it at a moment; nothing before its publication and after its deletion.
    pub fn seen_at(&self, now: Time) -> Option<View<'_>> {
        if self.published_at > now || self.deleted_at.is_some_and(|deleted| deleted <= now) {
            return None;
        }
        let edit = self.edits.iter().rev().find(|(at, _)| *at <= now);
        let views = self.views(now);
        // Shares of the viewers who act, different from post to post and the same at every reading.
        let share = |of: &str, per_mille: u64| {
            let luck = hash(format!("{of}{}{}", self.number, self.source).as_bytes()) % (2 * per_mille + 1);
            views * luck / 1000
        };
        Some(View {
            post: self,
            text: edit.map_or(&self.text, |(_, text)| text),
            edited_at: edit.map(|(at, _)| *at),
            views,
            likes: share("likes", 14),
            reposts: share("reposts", 3),
            comments: share("comments", 6),
        })
    }

    /// Half of the reach after four hours, ever slower then; never falls.
    fn views(&self, now: Time) -> u64 {
        let age_min = (now.duration_since(self.published_at).as_secs() / 60).max(0) as u64;
        1 + u64::from(self.reach) * age_min / (age_min + 240)
    }
}
