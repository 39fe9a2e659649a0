//! Feeds of portals: RSS 0.9–2.0, RDF, Atom 0.3 and 1.0, JSON Feed.
//!
//! The reader is our own, on a tolerant XML tokenizer: a strict feed library refuses documents that are damaged in one place,
//! and with them the items that are whole.

mod article;
mod date;
mod entry;
mod list;
mod text;
mod xml;

use std::collections::HashMap;

pub use config::Identity;
use model::{Platform, Post, PostId, Time};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use crate::decode::decode;
use crate::page::NO_DATE;
use crate::{Page, PageError, Parsed};
pub use article::article_text;
use entry::Entry;
pub use list::parse_list;
pub(crate) use text::from_html as text_of_html;
use xml::Element;

/// A larger feed is an archive or an attack; read at once it would hold several times its size in memory.
const MAX_FEED_BYTES: usize = 32 * 1024 * 1024;

/// More items are not read: a feed has tens of them, and each becomes a message.
const MAX_ITEMS: usize = 10_000;

/// Pauses beyond a week are a mistake in the feed.
const MAX_TTL_MINUTES: u32 = 7 * 24 * 60;

/// Reads a feed; `content_type` is the HTTP header. Items are told apart by guid.
pub fn parse_feed(bytes: &[u8], content_type: Option<&str>, source: &str) -> Result<Page, PageError> {
    parse_feed_by(Identity::Guid, bytes, content_type, None, source)
}

/// Reads a feed whose items are told apart as `identity` says. `address` is where it was fetched: links that are relative to
/// nothing else are to it.
///
/// # Errors
/// [`PageError::Format`] for HTML and other documents, [`PageError::Broken`] for what ends before its first item.
pub fn parse_feed_by(
    identity: Identity,
    bytes: &[u8],
    content_type: Option<&str>,
    address: Option<&Url>,
    source: &str,
) -> Result<Page, PageError> {
    if bytes.len() > MAX_FEED_BYTES {
        return Err(PageError::Broken(format!("a feed of {} bytes, at most {MAX_FEED_BYTES} are read", bytes.len())));
    }
    let text = decode(bytes, content_type);
    let mut builder = Builder::new(identity, address, source);
    match text.trim_start().chars().next() {
        Some('{') => builder.read_json(&text)?,
        Some(_) => builder.read_xml(&text)?,
        None => return Err(PageError::Broken("an empty document".into())),
    }
    Ok(builder.page)
}

struct Builder<'a> {
    identity: Identity,
    address: Option<&'a Url>,
    source: &'a str,
    page: Page,
    /// Ids taken, with the link and title that came with each.
    seen: HashMap<PostId, (Option<String>, String)>,
}

impl<'a> Builder<'a> {
    fn new(identity: Identity, address: Option<&'a Url>, source: &'a str) -> Builder<'a> {
        Builder { identity, address, source, page: Page::default(), seen: HashMap::new() }
    }

    fn read_json(&mut self, text: &str) -> Result<(), PageError> {
        let feed: Value = serde_json::from_str(text).map_err(|error| PageError::Broken(error.to_string()))?;
        let Value::Array(items) = &feed["items"] else {
            return Err(PageError::Format("JSON without the `items` of a JSON Feed".into()));
        };
        self.page.title = feed["title"].as_str().map(text::tidy).filter(|title| !title.is_empty());
        self.page.blocks = items.len();
        for (number, item) in items.iter().take(MAX_ITEMS).enumerate() {
            self.add(number, Entry::from_json(item));
        }
        Ok(())
    }

    fn read_xml(&mut self, text: &str) -> Result<(), PageError> {
        let (top, stopped) = xml::read(text);
        let Some(root) = top.iter().find(|element| is_feed(&element.name)) else {
            return Err(match (top.first(), stopped) {
                (Some(other), _) => PageError::Format(format!("<{}> instead of a feed", limit(&other.name, 40))),
                (None, Some(error)) => PageError::Broken(error),
                (None, None) => PageError::Format("no markup at all".into()),
            });
        };
        let channel = root.all("channel").next().unwrap_or(root);
        let root_base = entry::inherit(None, root);
        let base = entry::inherit(root_base.as_ref(), channel)
            .or_else(|| entry::link(channel, None).and_then(|link| Url::parse(&link).ok()));
        self.page.title = channel.all("title").map(entry::plain).find(|title| !title.is_empty());
        self.page.ttl_minutes = ttl(channel);
        self.page.skip_hours = skip_hours(channel);
        // RDF puts items beside the channel; some generators wrap them in an <items> of their own.
        let beside = (!std::ptr::eq(root, channel)).then_some(root);
        let holders = [Some(channel), beside].into_iter().flatten();
        let holders = holders.flat_map(|holder| std::iter::once(holder).chain(holder.all("items")));
        let items: Vec<&Element> = holders.flat_map(|holder| holder.all("item").chain(holder.all("entry"))).collect();
        self.page.blocks = items.len();
        for (number, item) in items.iter().take(MAX_ITEMS).enumerate() {
            if item.whole {
                self.add(number, Entry::from_xml(item, base.as_ref()));
            } else {
                self.page.problem(number, "cut: the document ends inside the item");
            }
        }
        match stopped {
            Some(error) if items.is_empty() => Err(PageError::Broken(error)),
            Some(error) => {
                self.page.problem("end", format!("broken: {error}"));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn add(&mut self, number: usize, entry: Entry) {
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
        self.page.admit(Parsed { undated, ..Parsed::plain(post) }, &number.to_string());
    }

    /// A link that can be opened.
    fn absolute(&self, link: String) -> Option<String> {
        let is_web = |link: &str| link.starts_with("http://") || link.starts_with("https://");
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
            let hash = Sha256::digest(content.as_bytes());
            let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            PostId::new(format!("portal:{}/sha256:{hex}", self.source)).ok()
        })
    }
}

fn is_feed(name: &str) -> bool {
    matches!(name, "rss" | "rdf:rdf" | "rdf" | "feed" | "channel")
}

/// `ttl` of RSS, or `sy:updatePeriod` and `sy:updateFrequency`.
fn ttl(channel: &Element) -> Option<u32> {
    let number = |name: &str| channel.all(name).find_map(|element| element.text().trim().parse::<u32>().ok());
    let minutes = number("ttl").or_else(|| {
        let period = match channel.all("sy:updateperiod").next()?.text().trim() {
            "hourly" => 60,
            "daily" => 24 * 60,
            "weekly" => 7 * 24 * 60,
            _ => return None,
        };
        Some(period / number("sy:updatefrequency").unwrap_or(1).max(1))
    })?;
    (minutes > 0).then_some(minutes.min(MAX_TTL_MINUTES))
}

/// `skipHours` of RSS: hours of Greenwich at which the feed asks not to be read, a bit each.
fn skip_hours(channel: &Element) -> u32 {
    let hours = channel.all("skiphours").flat_map(|hours| hours.all("hour"));
    let hours = hours.filter_map(|hour| hour.text().trim().parse::<u32>().ok());
    // Old versions of the format count 1 to 24.
    hours.filter(|hour| *hour <= 24).fold(0, |mask, hour| mask | 1 << (hour % 24))
}

fn limit(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

#[cfg(test)]
mod tests;
