//! Makes posts of the items of a feed or of a page of news.

use std::collections::HashMap;
use std::ops::Range;

use config::Identity;
use model::wire::MAX_TEXT_BYTES;
use model::{Platform, Post, PostId, Time};
use sha2::{Digest, Sha256};
use url::Url;

use super::date;
use super::entry::Entry;
use crate::parsing::{NO_DATE, Page, Parsed};

/// Of the top of a feed each poll takes so much: news stand there. A feed has tens of items.
const TOP: Share = Share { items: 1000, bytes: 2 * 1024 * 1024 };

/// And so much of what follows, from where the poll before ended. What is beyond is left for the next poll: each item becomes a
/// message, and all of a poll are in memory together.
const REST: Share = Share { items: 4000, bytes: 6 * 1024 * 1024 };

/// A longer link opens in no browser, and thousands of them would be most of what is kept.
const MAX_LINK_BYTES: usize = 4096;

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
    identity: Identity,
    address: Option<&'a Url>,
    source: &'a str,
    pub(super) page: Page,
    go_on: usize,
    /// What is left of the top's share and of the other, and which of them is being used.
    shares: [Share; 2],
    at: usize,
    /// The first item that is left.
    left_from: Option<usize>,
    /// Ids taken, with the link and title that came with each.
    seen: HashMap<PostId, (Option<String>, String)>,
}

impl<'a> Posts<'a> {
    /// `go_on`: the first item after the top that earlier polls have not read.
    pub(super) fn new(identity: Identity, address: Option<&'a Url>, source: &'a str, go_on: usize) -> Posts<'a> {
        let (page, seen) = (Page::default(), HashMap::new());
        Posts { identity, address, source, page, go_on, shares: [TOP, REST], at: 0, left_from: None, seen }
    }

    /// Whether this poll takes the item of a number. They are asked for in their order.
    pub(super) fn takes(&mut self, number: usize) -> bool {
        if self.at == 0 && self.shares[0].is_used_up() {
            self.at = 1;
        }
        if self.left_from.is_some() || (self.at == 1 && number < self.go_on) {
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
        let beyond = reach(self.go_on).1.end;
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
        let published = entry.published.as_deref().and_then(date::parse);
        let updated = entry.updated.as_deref().and_then(date::parse);
        let Some(id) = self.id(&entry, published.or(updated)) else {
            return self.page.problem(number, "no_identity: no id can be made of the source's name");
        };
        if let Some((link, title)) = self.seen.get(&id) {
            let same = *link == entry.link && *title == entry.title;
            let reason = if same { "repeated: the same item again" } else { "shared_guid: another item has it too" };
            return self.page.problem(number, reason);
        }
        self.seen.insert(id.clone(), (entry.link.clone(), entry.title.clone()));
        let post = Post {
            url: entry.link.and_then(|link| self.absolute(link)),
            edited_at: updated.filter(|updated| published.is_some_and(|published| *updated > published)),
            title: (!entry.title.is_empty()).then_some(entry.title),
            ..Post::new(id, Platform::Portal, self.source, published.or(updated).unwrap_or(NO_DATE), entry.text)
        };
        let undated = published.or(updated).is_none();
        let bytes = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let bytes = post.text.len().min(MAX_TEXT_BYTES) + bytes(&post.title) + bytes(&post.url);
        self.shares[self.at].bytes = self.shares[self.at].bytes.saturating_sub(bytes);
        self.page.admit(Parsed { undated, ..Parsed::plain(post) }, &number.to_string());
    }

    /// A link that can be opened.
    fn absolute(&self, link: String) -> Option<String> {
        let is_web =
            |link: &str| link.len() <= MAX_LINK_BYTES && (link.starts_with("http://") || link.starts_with("https://"));
        if is_web(&link) {
            return Some(link);
        }
        let joined = self.address.filter(|_| Url::parse(&link).is_err())?.join(&link).ok()?;
        Some(String::from(joined)).filter(|link| is_web(link))
    }

    /// The id of an item. What does not fit an id, and what has nothing but words, goes by a hash.
    fn id(&self, entry: &Entry, date: Option<Time>) -> Option<PostId> {
        let key = match self.identity {
            Identity::Guid => entry.guid.as_ref().or(entry.link.as_ref()),
            Identity::Link => entry.link.as_ref().or(entry.guid.as_ref()),
            Identity::TitleDate => None,
        };
        let written = key.and_then(|key| PostId::new(format!("portal:{}/{key}", self.source)).ok());
        written.or_else(|| {
            let content = match key {
                Some(key) => key.clone(),
                None => {
                    format!("{}\n{}", entry.title, date.map_or_else(|| entry.text.clone(), |date| date.to_string()))
                }
            };
            let hash = hex::encode(&Sha256::digest(content.as_bytes())[..16]);
            PostId::new(format!("portal:{}/sha256:{hash}", self.source)).ok()
        })
    }
}
