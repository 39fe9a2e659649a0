//! Feeds: RSS 0.9–2.0, RDF, Atom 0.3 and 1.0, JSON Feed.
//!
//! The reader is our own, on a tolerant XML tokenizer: a strict feed library refuses documents that are damaged in one place,
//! and with them the items that are whole.

use config::Identity;
use jiff::tz::TimeZone;
use url::Url;

use super::entry::{self, Entry, MAX_BASE_BYTES};
use super::json::read_json;
use super::posts::{Posts, Reading, reach};
use super::xml::{self, Document, Element};
use crate::parsing::{Budget, Page, PageError, decode, json};

/// A larger feed is an archive or an attack; read at once it would hold several times its size in memory.
const MAX_FEED_BYTES: usize = 32 * 1024 * 1024;

/// Pauses beyond a week are a mistake in the feed.
pub(super) const MAX_TTL_MINUTES: u32 = 7 * 24 * 60;

/// Reads a feed, however long that takes; `content_type` is the HTTP header. Items are told apart by guid, dates without a zone are of Greenwich.
pub fn parse_feed(bytes: &[u8], content_type: Option<&str>, source: &str) -> Result<Page, PageError> {
    let how = Reading { identity: Identity::Guid, address: None, zone: &TimeZone::UTC, now: None, source, go_on: 0 };
    parse_feed_by(how, bytes, content_type, &Budget::untimed())
}

/// Reads a feed.
///
/// # Errors
/// [`PageError::Format`] for HTML and other documents, [`PageError::Broken`] for what ends before its first item,
/// [`PageError::Overrun`] for what costs more than its budget.
pub fn parse_feed_by(
    how: Reading<'_>,
    bytes: &[u8],
    content_type: Option<&str>,
    budget: &Budget,
) -> Result<Page, PageError> {
    if bytes.len() > MAX_FEED_BYTES {
        return Err(PageError::Broken(format!("a feed of {} bytes, at most {MAX_FEED_BYTES} are read", bytes.len())));
    }
    let text = decode(bytes, content_type);
    let mut posts = Posts::new(how);
    let items = match text.trim_start().chars().next() {
        Some('{') => read_json(&mut posts, &json::mended(&text), budget)?,
        Some(_) => read_xml(&mut posts, &text, how.go_on, budget)?,
        None => return Err(PageError::Broken("an empty document".into())),
    };
    Ok(posts.finish(items))
}

/// Reads the posts of a feed and returns the number of its items.
fn read_xml(posts: &mut Posts<'_>, text: &str, go_on: usize, budget: &Budget) -> Result<usize, PageError> {
    let (top, rest) = reach(go_on);
    let within_reach = |number: usize| top.contains(&number) || rest.contains(&number);
    let Document { top, stopped, items } = xml::read(text, within_reach, budget)?;
    let Some(root) = top.iter().find(|element| is_feed(&element.name)) else {
        return Err(match (top.first(), stopped) {
            (Some(other), _) => PageError::Format(format!("<{}> instead of a feed", limit(&other.name, 40))),
            (None, Some(error)) => PageError::Broken(error),
            (None, None) => PageError::Format("no markup at all".into()),
        });
    };
    let channel = root.all("channel").next().unwrap_or(root);
    let root_base = entry::inherit(None, root);
    let own_link = || entry::link(channel, None).filter(|link| link.len() <= MAX_BASE_BYTES);
    let base = entry::inherit(root_base.as_ref(), channel).or_else(|| Url::parse(&own_link()?).ok());
    posts.site = own_link();
    posts.page.title = channel.all("title").map(entry::plain).find(|title| !title.is_empty());
    posts.page.ttl_minutes = ttl(channel);
    posts.page.skip_hours = skip_hours(channel);
    for item in items_of(root, channel) {
        budget.look()?;
        let number = item.number.unwrap_or_default();
        if !posts.takes(number) {
            continue;
        }
        if item.whole {
            posts.add(number, Entry::from_xml(item, base.as_ref()));
        } else {
            posts.page.problem(number, "cut: the document ends inside the item");
        }
    }
    match stopped {
        Some(error) if items == 0 => Err(PageError::Broken(error)),
        Some(error) => {
            posts.page.problem("end", format!("broken: {error}"));
            Ok(items)
        }
        None => Ok(items),
    }
}

/// The items in the order of the document.
fn items_of<'a>(root: &'a Element, channel: &'a Element) -> Vec<&'a Element> {
    // RDF puts items beside the channel; some generators wrap them in an <items> of their own.
    let beside = (!std::ptr::eq(root, channel)).then_some(root);
    let holders = [Some(channel), beside].into_iter().flatten();
    let holders = holders.flat_map(|holder| std::iter::once(holder).chain(holder.all("items")));
    let items = holders.flat_map(|holder| holder.elements()).filter(|item| item.number.is_some());
    let mut items: Vec<&Element> = items.collect();
    items.sort_by_key(|item| item.number);
    items
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
