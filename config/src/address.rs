//! Where a source is read, and the keys of `sources.toml` that say so.

use model::{PageLink, Platform};
use url::Url;

use crate::http_url::http_url;

/// VK finds nothing for longer queries.
const MAX_QUERY_CHARS: usize = 200;

/// Where a source is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// Public channel name, lower case, without `@`.
    Telegram(String),
    /// Owner id of a VK wall; a community's is negative.
    Vk(i64),
    /// A query to VK's search of public posts.
    VkSearch(String),
    /// A channel or chat of MAX.
    Max {
        /// Its number; those of groups and channels are below zero.
        chat: i64,
        /// Its public name, under which its posts are opened; none where it has none.
        name: Option<String>,
    },
    /// URL of an RSS, Atom or JSON feed.
    Portal(String),
}

/// A key of `sources.toml` that names an address.
pub(crate) struct AddressKey {
    /// The key.
    pub key: &'static str,
    /// Its value is a whole number, not a text.
    pub is_number: bool,
    /// Reads its value; the error says in Russian what is wrong with it.
    pub read: fn(&str) -> Result<Address, String>,
}

/// Every key that names an address. A source has one of them.
pub(crate) const ADDRESS_KEYS: [AddressKey; 5] = [
    AddressKey { key: "channel", is_number: false, read: channel },
    AddressKey { key: "url", is_number: false, read: portal },
    AddressKey { key: "owner", is_number: true, read: community },
    AddressKey { key: "search", is_number: false, read: search },
    AddressKey { key: "chat", is_number: true, read: chat },
];

/// Said of a source without an address, or with several.
pub(crate) const ONE_ADDRESS: &str =
    "нужен ровно один адрес: `channel` (Telegram), `owner` или `search` (ВКонтакте), `chat` (MAX), `url` (портал)";

impl Address {
    /// The platform that reads it.
    pub fn platform(&self) -> Platform {
        match self {
            Address::Telegram(_) => Platform::Telegram,
            Address::Vk(_) | Address::VkSearch(_) => Platform::Vk,
            Address::Max { .. } => Platform::Max,
            Address::Portal(_) => Platform::Portal,
        }
    }

    /// As text. The collectors keep it, and a source whose address is another begins from the start.
    pub fn identity(&self) -> String {
        match self {
            Address::Telegram(channel) => format!("telegram:{channel}"),
            Address::Vk(owner) => format!("vk:{owner}"),
            Address::VkSearch(query) => format!("vk-search:{query}"),
            Address::Max { chat, .. } => format!("max:{chat}"),
            Address::Portal(url) => format!("portal:{url}"),
        }
    }

    /// Its lines in `sources.toml`, with texts quoted by `quote`.
    pub fn setting(&self, quote: impl Fn(&str) -> String) -> String {
        match self {
            Address::Telegram(channel) => format!("channel = {}", quote(channel)),
            Address::Vk(owner) => format!("owner = {owner}"),
            Address::VkSearch(query) => format!("search = {}", quote(query)),
            Address::Max { chat, name: None } => format!("chat = {chat}"),
            Address::Max { chat, name: Some(name) } => {
                format!("chat = {chat}\nlink = {}", quote(&format!("https://max.ru/{name}")))
            }
            Address::Portal(url) => format!("url = {}", quote(url)),
        }
    }

    /// An id for a source that is read there: latin letters, digits, `-` and `_`.
    pub fn suggested_id(&self) -> String {
        match self {
            Address::Telegram(channel) => channel.clone(),
            Address::Vk(owner) => format!("vk-{}", owner.unsigned_abs()),
            Address::VkSearch(_) => "vk-search".to_owned(),
            Address::Max { name: Some(name), .. } => name.to_ascii_lowercase(),
            Address::Max { chat, name: None } => format!("max-{}", chat.unsigned_abs()),
            Address::Portal(url) => {
                let url = Url::parse(url).ok();
                let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
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
}

/// Names of public channels: 4 to 32 latin letters, digits and underscores, a letter first
/// (<https://core.telegram.org/method/account.checkUsername>; short ones are sold at auction).
fn channel(name: &str) -> Result<Address, String> {
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let rest = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if first && rest && (4..=32).contains(&name.len()) {
        return Ok(Address::Telegram(name.to_ascii_lowercase()));
    }
    Err(format!(
        "{name:?} — не имя открытого канала; пишите то, что стоит после t.me/, без `@`, например \"gubkin_news\""
    ))
}

/// What a search asks for.
fn search(query: &str) -> Result<Address, String> {
    if query.trim().is_empty() || query.chars().count() > MAX_QUERY_CHARS {
        return Err(format!("пишите от 1 до {MAX_QUERY_CHARS} знаков, например \"Губкин вода\""));
    }
    Ok(Address::VkSearch(query.trim().to_owned()))
}

/// Only walls of communities: a person's wall is not ours to read.
fn community(owner: &str) -> Result<Address, String> {
    match owner.parse::<i64>().unwrap_or(0) {
        owner @ ..=-1 => Ok(Address::Vk(owner)),
        0 => Err("0 — не стена; пишите номер сообщества с минусом".to_owned()),
        owner @ 1.. => {
            Err(format!("{owner} — стена человека, такие не читаются; номер сообщества отрицательный: -{owner}"))
        }
    }
}

/// A channel or group. Whether it is not a private dialogue each of its messages tells, and the answer to `source try`.
fn chat(number: &str) -> Result<Address, String> {
    match number.parse::<i64>().unwrap_or(0) {
        0 => Err("0 — не чат; пишите номер, который показывает `otklik source try max`".to_owned()),
        chat => Ok(Address::Max { chat, name: None }),
    }
}

/// The public name in a link to a channel or chat of MAX.
pub(crate) fn max_name(link: &str) -> Result<String, String> {
    let page = PageLink::parse(link).filter(|page| page.platform == Platform::Max);
    let name = page.and_then(|page| {
        let mut parts = page.parts();
        let name = parts.next()?.to_owned();
        let is_name = !matches!(name.as_str(), "c" | "u" | "join") && parts.next().is_none();
        is_name.then_some(name)
    });
    name.ok_or_else(|| format!("{link:?} — не ссылка на канал или чат MAX; пишите, например, \"https://max.ru/gorod\""))
}

/// A page or feed.
fn portal(url: &str) -> Result<Address, String> {
    http_url(url).map(|_| Address::Portal(url.to_owned()))
}
