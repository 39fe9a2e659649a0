//! Makes posts of the items of a feed or of a page of news.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::time::Duration;

use config::Identity;
use jiff::tz::TimeZone;
use model::wire::{MAX_AHEAD_S, MAX_TEXT_BYTES};
use model::{Platform, Post, PostId, Time};
use sha2::{Digest, Sha256};
use url::Url;

use super::date::{self, Calendar, Dated};
use super::entry::Entry;
use crate::parsing::{NO_DATE, Page, PageProblem, Parsed, is_possible};
use crate::time::later;

/// How the items of a feed or of a page of news are read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// What tells its items apart.
    pub identity: Identity,
    /// Where it was fetched: links that are relative to nothing else are to it.
    pub address: Option<&'a Url>,
    /// The zone of dates without one.
    pub zone: &'a TimeZone,
    /// When it was fetched; none: dates that count from now («вчера») are not read.
    pub now: Option<Time>,
    /// Id of the source.
    pub source: &'a str,
    /// [`Page::go_on`] of the poll before: the item after the top at which it ended.
    pub go_on: usize,
}

/// Of the top of a feed each poll takes so much: news stand there. A feed has tens of items.
const TOP: Share = Share { items: 1000, bytes: 2 * 1024 * 1024 };

/// And so much of what follows, from where the poll before ended. What is beyond is left for the next poll: each item becomes a
/// message, and all of a poll are in memory together.
const REST: Share = Share { items: 4000, bytes: 6 * 1024 * 1024 };

/// A longer link opens in no browser, and thousands of them would be most of what is kept.
const MAX_LINK_BYTES: usize = 4096;

/// So much of a date that cannot be read is told.
const MAX_SHOWN_CHARS: usize = 40;

/// How much of a feed may still be taken.
#[derive(Clone, Copy)]
struct Share {
    items: usize,
    bytes: usize,
}

impl Share {
    fn is_used_up(&self) -> bool {
        self.items == 0 || self.bytes == 0
    }
}

/// The items that a poll may take, of the top and of the rest: others need not even be kept in memory.
pub(super) fn reach(go_on: usize) -> (Range<usize>, Range<usize>) {
    let from = go_on.max(TOP.items);
    (0..TOP.items, from..from.saturating_add(REST.items))
}

/// The posts read so far.
pub(super) struct Posts<'a> {
    how: Reading<'a>,
    pub(super) page: Page,
    /// The site that the feed says it is of: no item is told by that.
    pub(super) site: Option<String>,
    /// What is left of the top's share and of the other, and which of them is being used.
    shares: [Share; 2],
    at: usize,
    /// The first item that is left.
    left_from: Option<usize>,
    /// The items taken, by id.
    taken: HashMap<PostId, Taken>,
    /// What was met as the key of two different items, and tells none.
    shared: HashSet<String>,
}

/// An item that was taken: what tells it apart, and which of the page's posts it is.
struct Taken {
    keys: Keys,
    post: usize,
}

/// What can tell an item apart, the most certain first.
#[derive(Clone, PartialEq)]
struct Keys {
    guid: Option<String>,
    link: Option<String>,
    title: String,
    /// The date as it is certain, else the text: of what has nothing but words.
    content: String,
}

impl<'a> Posts<'a> {
    pub(super) fn new(how: Reading<'a>) -> Posts<'a> {
        Posts {
            how,
            page: Page::default(),
            site: None,
            shares: [TOP, REST],
            at: 0,
            left_from: None,
            taken: HashMap::new(),
            shared: HashSet::new(),
        }
    }

    /// Whether this poll takes the item of a number. They are asked for in their order.
    pub(super) fn takes(&mut self, number: usize) -> bool {
        if self.at == 0 && self.shares[0].is_used_up() {
            self.at = 1;
        }
        if self.left_from.is_some() || (self.at == 1 && number < self.how.go_on) {
            return false;
        }
        if self.shares[self.at].is_used_up() {
            self.left_from = Some(number);
            return false;
        }
        self.shares[self.at].items -= 1;
        self.page.blocks += 1;
        true
    }

    /// The page, which had so many items.
    pub(super) fn finish(mut self, items: usize) -> Page {
        let beyond = reach(self.how.go_on).1.end;
        if let Some(from) = self.left_from.or((items > beyond).then_some(beyond)) {
            (self.page.go_on, self.page.left) = (from, items - from);
        }
        self.page
    }

    /// Takes one item, or notes what is wrong with it.
    pub(super) fn add(&mut self, number: usize, entry: Entry) {
        if entry.is_empty() {
            return self.page.problem(number, "empty: neither title nor text, link or guid");
        }
        let published = self.date(number, entry.published.as_deref());
        let updated = self.date(number, entry.updated.as_deref());
        let dated = published.or(updated);
        let exact = dated.filter(|dated| !dated.coarse).map(|dated| dated.time.to_string());
        let keys = Keys {
            guid: entry.guid,
            link: entry.link,
            title: entry.title,
            content: exact.unwrap_or_else(|| entry.text.clone()),
        };
        let Some(id) = self.id_of(&keys, number) else { return };
        let edited = updated.zip(published).filter(|(updated, published)| updated.time > published.time);
        let post = Post {
            url: keys.link.clone().and_then(|link| self.absolute(link)),
            edited_at: edited.map(|(updated, _)| updated.time),
            title: (!keys.title.is_empty()).then(|| keys.title.clone()),
            ..Post::new(
                id.clone(),
                Platform::Portal,
                self.how.source,
                dated.map_or(NO_DATE, |dated| dated.time),
                entry.text,
            )
        };
        let (undated, coarse) = (dated.is_none(), dated.is_some_and(|dated| dated.coarse));
        let bytes = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let bytes = post.text.len().min(MAX_TEXT_BYTES) + bytes(&post.title) + bytes(&post.url);
        self.shares[self.at].bytes = self.shares[self.at].bytes.saturating_sub(bytes);
        self.taken.insert(id, Taken { keys, post: self.page.posts.len() });
        self.page.admit(Parsed { undated, coarse, ..Parsed::plain(post) }, &number.to_string());
    }

    /// A date that an item can have. Others are those of an empty field of the site's, of a wrong clock or of what is announced: the item counts
    /// from when it is first seen.
    fn date(&mut self, number: usize, text: Option<&str>) -> Option<Dated> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        let calendar = Calendar { zone: self.how.zone, now: self.how.now };
        let latest = self.how.now.map(|now| later(now, Duration::from_secs(MAX_AHEAD_S)));
        let is_ahead = |time: Time| latest.is_some_and(|latest| time > latest);
        let dated = date::read(text, calendar).filter(|dated| is_possible(dated.time) && !is_ahead(dated.time));
        if dated.is_none() {
            let shown: String = text.chars().take(MAX_SHOWN_CHARS).collect();
            let reason = format!("unreadable_date: {shown:?}; the item is dated by when it was first seen");
            self.page.notes.push(PageProblem { position: number.to_string(), reason });
        }
        dated
    }

    /// The id of an item that is to be taken. Where another item has the same, their key tells neither of them, and the next one is looked at:
    /// a site may give all its items one guid, or one link.
    fn id_of(&mut self, keys: &Keys, number: usize) -> Option<PostId> {
        loop {
            let key = self.key(keys);
            let Some(id) = self.written(&key) else {
                self.page.problem(number, "no_identity: no id can be made of the source's name");
                return None;
            };
            let Some(other) = self.taken.get(&id) else { return Some(id) };
            // One article in two sections has two links.
            let same =
                other.keys.title == keys.title && (other.keys.link == keys.link || other.keys.content == keys.content);
            let (Key::Guid(shared) | Key::Link(shared)) = key else {
                self.page.problem(number, "repeated: the same item again");
                return None;
            };
            if same {
                self.page.problem(number, "repeated: the same item again");
                return None;
            }
            self.shared.insert(shared);
            self.tell_otherwise(&id, number);
        }
    }

    /// Gives the item that has an id another, of what is left to tell it by.
    fn tell_otherwise(&mut self, id: &PostId, number: usize) {
        let Some(taken) = self.taken.remove(id) else { return };
        let other = self.written(&self.key(&taken.keys)).filter(|other| !self.taken.contains_key(other));
        let Some((other, parsed)) = other.zip(self.page.posts.get_mut(taken.post)) else { return };
        parsed.post.id = other.clone();
        self.taken.insert(other, taken);
        let reason =
            "shared_guid: several items have the same; they are told apart by their links or titles".to_owned();
        self.page.notes.push(PageProblem { position: number.to_string(), reason });
    }

    /// What tells an item apart: by the source's policy, and as long as no other item has the same.
    fn key(&self, keys: &Keys) -> Key {
        let usable = |key: &&String| {
            let is_site =
                self.site.as_deref().is_some_and(|site| site.trim_end_matches('/') == key.trim_end_matches('/'));
            !is_site && !self.shared.contains(*key)
        };
        let guid = keys.guid.as_ref().filter(usable).cloned().map(Key::Guid);
        let link = keys.link.as_ref().filter(usable).cloned().map(Key::Link);
        let content = || Key::Content(format!("{}\n{}", keys.title, keys.content));
        match self.how.identity {
            Identity::Guid => guid.or(link),
            Identity::Link => link.or(guid),
            Identity::TitleDate => None,
        }
        .unwrap_or_else(content)
    }

    /// The id that a key gives. What does not fit an id, and what has nothing but words, goes by a hash.
    fn written(&self, key: &Key) -> Option<PostId> {
        let source = self.how.source;
        let (Key::Guid(text) | Key::Link(text) | Key::Content(text)) = key;
        let written = match key {
            Key::Content(_) => None,
            _ => PostId::new(format!("portal:{source}/{text}")).ok(),
        };
        written.or_else(|| {
            let hash = hex::encode(&Sha256::digest(text.as_bytes())[..16]);
            PostId::new(format!("portal:{source}/sha256:{hash}")).ok()
        })
    }

    /// A link that can be opened.
    fn absolute(&self, link: String) -> Option<String> {
        let is_web =
            |link: &str| link.len() <= MAX_LINK_BYTES && (link.starts_with("http://") || link.starts_with("https://"));
        if is_web(&link) {
            return Some(link);
        }
        let joined = self.how.address.filter(|_| Url::parse(&link).is_err())?.join(&link).ok()?;
        Some(String::from(joined)).filter(|link| is_web(link))
    }
}

/// By what an item is told apart.
enum Key {
    Guid(String),
    Link(String),
    Content(String),
}
