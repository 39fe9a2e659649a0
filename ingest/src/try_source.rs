//! `otklik source try URL`: recognises an address, reads it once, and suggests the lines for `sources.toml`.

use std::collections::HashSet;

use config::{Address, Identity, Settings};
use model::{Clock, Post};
use scraper::Selector;
use url::Url;

use crate::PageProblem;
use crate::collector::reading::{Failure, Goal, Net, Reading, parse};
use crate::collector::vk::api::{Api, naps};
use crate::collector::{portal, telegram, vk};
use crate::fetch::{Fetcher, SetupError, Validators};
use crate::outcome::Outcome;
use crate::privacy;
use crate::quota::Call;
use crate::telegram::document;
use crate::vk::{GroupState, parse_response};

/// Feeds that a page names and that are tried, in its order: news first, comments and podcasts after.
const MAX_FEEDS: usize = 3;

/// What an address turned out to be.
#[derive(Debug)]
pub struct Tried {
    /// Where posts would be read; none where even that could not be told.
    pub address: Option<Address>,
    /// How reading ended; [`Outcome::words`] has the Russian words.
    pub outcome: Outcome,
    /// More about a failure, in English.
    pub detail: Option<String>,
    /// The name that the channel or feed gives itself.
    pub name: Option<String>,
    /// Its last posts, authors left out.
    pub posts: Vec<Post>,
    /// Blocks that could not be read.
    pub problems: Vec<PageProblem>,
    /// Lines for `sources.toml`, where it could be read.
    pub toml: Option<String>,
}

/// Why an address was not tried. Said to the operator, in Russian.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// Not an address of anything.
    #[error(
        "«{0}» не похоже на адрес: нужна ссылка на канал t.me, сообщество vk.com, ленту или сайт, либо @имя канала"
    )]
    Address(String),
    /// A link that invites into a closed chat.
    #[error("это приглашение в закрытый чат: читаются только открытые каналы с именем, например t.me/example")]
    Invitation,
    /// The page of a person.
    #[error("это страница человека: читаются только сообщества")]
    Person,
    /// The HTTP client.
    #[error("не удалось подготовить запрос: {0}")]
    Http(#[from] SetupError),
}

/// Reads an address once.
pub async fn try_source(text: &str, settings: &Settings, version: &str, clock: Clock) -> Result<Tried, TryError> {
    let fetcher = Fetcher::new(settings, version, clock.clone())?;
    let vk = Api::new(&settings.vk, None, naps(clock.clone()));
    let net = Net { fetcher: &fetcher, settings, clock: &clock, vk: &vk };
    let mut reading = Reading::new(clock());
    let address = match recognise(text)? {
        Target::Known(address) => address,
        Target::VkName(name) => match resolve(net, &name).await {
            Ok(Some(owner)) if owner > 0 => return Err(TryError::Person),
            Ok(Some(owner)) => Address::Vk(owner),
            Ok(None) => return Ok(failed(Outcome::NotFound.into())),
            Err(failure) => return Ok(failed(failure)),
        },
    };
    let address = read(net, address, &mut reading).await;
    reading.judge();
    let now = reading.started;
    let toml = reading.outcome.is_ok().then(|| source_lines(&address, reading.title.as_deref()));
    let posts = reading.posts.into_iter().filter(|parsed| !parsed.private_wall && !parsed.deleted).map(|parsed| {
        let published_at = if parsed.undated { now } else { parsed.post.published_at };
        let mut parsed = parsed;
        privacy::mask_post(&mut parsed.post, parsed.private_author.is_some());
        Post { seen_at: Some(now), published_at, ..parsed.post }
    });
    Ok(Tried {
        outcome: reading.outcome,
        detail: reading.detail,
        name: reading.title,
        posts: posts.collect(),
        problems: reading.problems,
        toml,
        address: Some(address),
    })
}

/// Reads the newest page. A site that is no feed is asked for the feeds it names; the address that worked comes back.
async fn read(net: Net<'_>, address: Address, reading: &mut Reading) -> Address {
    let id = suggested_id(&address);
    match &address {
        Address::Telegram(channel) => telegram::read(net, channel, &id, Goal::newest_page(), reading).await,
        Address::Vk(owner) => {
            vk::read(net, *owner, &id, Goal::newest_page(), reading).await;
            if let Some(group) = vk::group(net, *owner).await {
                if !reading.outcome.is_ok() && group.state != GroupState::Open {
                    reading.detail = Some(group.state.words().to_owned());
                }
                reading.title = reading.title.take().or(Some(group.name));
            }
        }
        // No address that a person could give leads here.
        Address::VkSearch(_) => {}
        Address::Portal(url) => {
            feed(net, url, reading).await;
            if reading.outcome == Outcome::NotThisFormat {
                for other in named_feeds(net, url).await {
                    let mut attempt = Reading::new(reading.started);
                    feed(net, &other, &mut attempt).await;
                    if attempt.outcome.is_ok() {
                        *reading = attempt;
                        return Address::Portal(other);
                    }
                }
            }
        }
    }
    address
}

async fn feed(net: Net<'_>, url: &str, reading: &mut Reading) {
    let source = suggested_id(&Address::Portal(url.to_owned()));
    let portal = portal::Portal { url: url.to_owned(), source, identity: Identity::default(), list: None };
    portal::read(net, portal, &Validators::default(), HashSet::new(), reading).await;
}

/// The feeds that an HTML page links to as alternates of itself.
async fn named_feeds(net: Net<'_>, url: &str) -> Vec<String> {
    let Ok(response) = net.get(url).await else { return Vec::new() };
    let links = parse(move || Ok(feed_links(&response.body, &response.final_url))).await;
    links.unwrap_or_default()
}

fn feed_links(html: &[u8], base: &Url) -> Vec<String> {
    let Ok(page) = document(html) else { return Vec::new() };
    let Ok(links) = Selector::parse("link[rel~=alternate][type][href]") else { return Vec::new() };
    let is_feed = |kind: &str| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(kind.as_str(), "application/rss+xml" | "application/atom+xml" | "application/feed+json")
    };
    page.select(&links)
        .filter(|link| link.attr("type").is_some_and(is_feed))
        .filter_map(|link| base.join(link.attr("href")?).ok())
        .map(String::from)
        .take(MAX_FEEDS)
        .collect()
}

/// What an address names.
#[derive(Debug, PartialEq)]
enum Target {
    Known(Address),
    /// A community's name, whose number only VK knows.
    VkName(String),
}

fn recognise(text: &str) -> Result<Target, TryError> {
    let text = text.trim();
    let unknown = || TryError::Address(text.to_owned());
    if let Some(name) = text.strip_prefix('@') {
        return channel(name).ok_or_else(unknown);
    }
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&with_scheme).map_err(|_| unknown())?;
    let host = url.host_str().filter(|host| host.contains(['.', ':']) || *host == "localhost").ok_or_else(unknown)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unknown());
    }
    let mut path = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty());
    match host.trim_start_matches("www.").trim_start_matches("m.") {
        "t.me" | "telegram.me" => match path.next() {
            Some("s") => path.next().and_then(channel).ok_or_else(unknown),
            Some("joinchat") => Err(TryError::Invitation),
            Some(name) if name.starts_with('+') => Err(TryError::Invitation),
            name => name.and_then(channel).ok_or_else(unknown),
        },
        "vk.com" | "vk.ru" => community(path.next().ok_or_else(unknown)?),
        _ => Ok(Target::Known(Address::Portal(url.into()))),
    }
}

fn channel(name: &str) -> Option<Target> {
    let fits = (4..=32).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| Target::Known(Address::Telegram(name.to_ascii_lowercase())))
}

fn community(name: &str) -> Result<Target, TryError> {
    let number = |prefix: &str| name.strip_prefix(prefix)?.split('_').next()?.parse::<i64>().ok();
    if let Some(id) = ["club", "public", "event", "wall-"].iter().find_map(|prefix| number(prefix)) {
        return Ok(Target::Known(Address::Vk(-id.abs())));
    }
    if ["id", "wall"].iter().any(|prefix| number(prefix).is_some()) {
        return Err(TryError::Person);
    }
    Ok(Target::VkName(name.to_owned()))
}

/// The owner id of a name, by `utils.resolveScreenName`. None: VK knows no such name.
async fn resolve(net: Net<'_>, name: &str) -> Result<Option<i64>, Failure> {
    let form = [("screen_name", name)];
    let answer = net.vk.call(net, Call::of("utils.resolveScreenName"), &form, parse_response).await?;
    let number = answer["object_id"].as_i64();
    Ok(match answer["type"].as_str() {
        Some("group" | "page" | "event") => number.map(|id| -id),
        Some("user") => number,
        _ => None,
    })
}

/// The lines of a source for `sources.toml`. JSON's escapes are TOML's as well, once control characters are gone.
pub fn source_lines(address: &Address, title: Option<&str>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text.replace(char::is_control, " ")).to_string();
    let id = suggested_id(address);
    let name = title.map(str::trim).filter(|title| !title.is_empty()).unwrap_or(&id);
    let place = match address {
        Address::Telegram(channel) => format!("channel = {}", quoted(channel)),
        Address::Vk(owner) => format!("owner = {owner}"),
        Address::VkSearch(query) => format!("search = {}", quoted(query)),
        Address::Portal(url) => format!("url = {}", quoted(url)),
    };
    format!("[[source]]\nid = {}\nname = {}\n{place}\n", quoted(&id), quoted(name))
}

/// An id for a source: latin letters, digits, `-` and `_`.
fn suggested_id(address: &Address) -> String {
    match address {
        Address::Telegram(channel) => channel.clone(),
        Address::Vk(owner) => format!("vk-{}", owner.unsigned_abs()),
        Address::VkSearch(_) => "vk-search".to_owned(),
        Address::Portal(url) => {
            let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            let id: String = host
                .trim_start_matches("www.")
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
                .collect();
            let id = id.trim_matches('-');
            if id.is_empty() { "feed".to_owned() } else { id.to_owned() }
        }
    }
}

fn failed(failure: Failure) -> Tried {
    Tried {
        address: None,
        outcome: failure.outcome,
        detail: failure.detail,
        name: None,
        posts: Vec::new(),
        problems: Vec::new(),
        toml: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let found = match recognise(text) {
            Ok(Target::Known(Address::Telegram(channel))) => format!("telegram {channel}"),
            Ok(Target::Known(Address::Vk(owner))) => format!("vk {owner}"),
            Ok(Target::Known(Address::VkSearch(query))) => format!("vk search {query}"),
            Ok(Target::Known(Address::Portal(url))) => format!("portal {url}"),
            Ok(Target::VkName(name)) => format!("vk name {name}"),
            Err(TryError::Address(_)) => "unknown".to_owned(),
            Err(TryError::Invitation) => "invitation".to_owned(),
            Err(TryError::Person) => "person".to_owned(),
            Err(TryError::Http(_)) => "http".to_owned(),
        };
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn addresses_are_recognised_as_people_paste_them() {
        check("@Gorod_News", "telegram gorod_news");
        check("https://t.me/gorod_news", "telegram gorod_news");
        check("t.me/s/gorod_news?before=5", "telegram gorod_news");
        check("https://t.me/gorod_news/123", "telegram gorod_news");
        check("https://t.me/+AbCdEf", "invitation");
        check("https://t.me/joinchat/AbCdEf", "invitation");
        check("https://vk.com/club123", "vk -123");
        check("vk.com/public45", "vk -45");
        check("https://m.vk.com/wall-12_345", "vk -12");
        check("https://vk.com/id77", "person");
        check("https://vk.com/wall77_1", "person");
        check("https://vk.com/gorod", "vk name gorod");
        check("https://city.example/rss?x=1", "portal https://city.example/rss?x=1");
        check("city.example", "portal https://city.example/");
        check("http://localhost:8080/feed", "portal http://localhost:8080/feed");
        check("ftp://city.example/rss", "unknown");
        check("просто слова", "unknown");
        check("", "unknown");
        check("@a", "unknown");
        check("t.me/", "unknown");
    }

    #[test]
    fn a_page_names_its_feeds() {
        let base = Url::parse("https://city.example/news/").unwrap();
        let html = r#"<html><head><link rel="stylesheet" type="text/css" href="a.css">
            <link rel="alternate" type="application/rss+xml; charset=utf-8" href="/rss.xml">
            <link rel="alternate" type="text/html" hreflang="en" href="/en">
            <link rel="home alternate" type="application/feed+json" href="feed.json"></head></html>"#;
        assert_eq!(
            feed_links(html.as_bytes(), &base),
            ["https://city.example/rss.xml", "https://city.example/news/feed.json"]
        );
    }

    #[test]
    fn the_suggested_lines_are_toml_whatever_the_title_holds() {
        let address = Address::Portal("https://www.Gorod-1.example/rss".into());
        let lines = source_lines(&address, Some(" Новости \"Города\"\n\u{7f}\\ "));
        assert_eq!(
            lines,
            "[[source]]\nid = \"gorod-1-example\"\nname = \"Новости \\\"Города\\\"  \\\\\"\nurl = \"https://www.Gorod-1.example/rss\"\n"
        );
    }
}
