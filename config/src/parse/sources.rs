//! `sources.toml`.

use std::time::Duration;

use super::settings::{http_url, secret};
use super::table::{Located, Table};
use super::{Ids, Names};
use crate::sources::{Address, Callback, Events, Identity, ListSelectors, Source};

const EVERY: Duration = Duration::from_secs(300);
/// Polling a stranger's server more often is an attack on it.
const EVERY_MIN: Duration = Duration::from_secs(5);
const EVERY_MAX: Duration = Duration::from_secs(31 * 24 * 3600);

/// VK finds nothing for longer queries.
const MAX_QUERY_CHARS: usize = 200;

pub fn read(mut table: Table, names: &mut Names) -> Vec<Source> {
    let mut addresses = Ids::new("источник с адресом");
    let sources = table.tables("source").into_iter().filter_map(|table| source(table, names, &mut addresses)).collect();
    table.finish();
    sources
}

fn source(mut table: Table, names: &mut Names, addresses: &mut Ids) -> Option<Source> {
    let id = table.required("id");
    if let Some(id) = &id {
        names.sources.add(table.report(), id);
        if id.value.contains('.') {
            table.report().add(&id.at, format!("источник: в id {:?} не должно быть точки", id.value));
        }
    }
    let name = table.required("name");
    let address = address(&mut table);
    if let Some(address) = &address {
        addresses.unique(table.report(), &address.key);
    }
    let enabled = table.flag("enabled", true);
    let every = table.duration("every", EVERY, EVERY_MIN..=EVERY_MAX);
    let official = table.flag("official", false);
    let home = table.flag("home", true);
    let portal = address.as_ref().is_none_or(|address| matches!(address.address, Address::Portal(_)));
    if !portal && ["identity", "list", "article"].iter().any(|key| table.holds(key)) {
        let message = "`identity`, `list` и `article` бывают только у портала, то есть у источника с `url`; уберите их";
        table.report().add(&table.at(), message);
    }
    let identity = table.parsed("identity", identity).unwrap_or_default();
    let list = table.table("list").and_then(list);
    let article = table.flag("article", false);
    let comments = table.flag("comments", true);
    let weight = table.float("weight", 1.0, 0.1..=10.0);
    let is_wall = address.as_ref().is_some_and(|found| matches!(found.address, Address::Vk(_)));
    let events = table.table("events").and_then(|table| events(table, is_wall));
    table.finish();
    let (id, name, address) = (id?.value, name?.value, address?.address);
    Some(Source {
        id,
        name,
        address,
        enabled,
        every,
        official,
        identity,
        list,
        article,
        home,
        comments,
        weight,
        events,
    })
}

fn identity(name: &str) -> Result<Identity, String> {
    match name {
        "guid" => Ok(Identity::Guid),
        "link" => Ok(Identity::Link),
        "title-date" => Ok(Identity::TitleDate),
        _ => Err(format!("{name:?} не подходит; пишите \"guid\", \"link\" или \"title-date\"")),
    }
}

fn list(mut table: Table) -> Option<ListSelectors> {
    let item = table.required("item").and_then(|text| {
        selector(&text.value).map_err(|message| table.report().add(&text.at, format!("`item`: {message}"))).ok()
    });
    let mut optional = |key| table.parsed(key, selector);
    let (title, link, date, text) = (optional("title"), optional("link"), optional("date"), optional("text"));
    table.finish();
    Some(ListSelectors { item: item?, title, link: link.unwrap_or_else(|| "a[href]".to_owned()), date, text })
}

fn selector(text: &str) -> Result<String, String> {
    match scraper::Selector::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("{text:?} — не селектор CSS ({error}); пишите, например, \".news-item h3\"")),
    }
}

fn events(mut table: Table, is_wall: bool) -> Option<Events> {
    let long_poll = secret(&mut table, "token_file", "token_env");
    let confirmation = table.string("confirmation");
    let word = secret(&mut table, "secret_file", "secret_env");
    let callback = match (confirmation, word) {
        (Some(confirmation), Some(secret)) => Some(Callback { confirmation: confirmation.value, secret }),
        (None, None) => None,
        _ => {
            let message = "для Callback API нужны и `confirmation`, и секрет (`secret_file` или `secret_env`)";
            table.report().add(&table.at(), message);
            None
        }
    };
    if !is_wall {
        table
            .report()
            .add(&table.at(), "события бывают только у сообщества ВКонтакте (`owner`); уберите `[source.events]`");
    } else if long_poll.is_none() && callback.is_none() {
        let message = "укажите `token_file` для Bots Long Poll либо `confirmation` и `secret_file` для Callback API";
        table.report().add(&table.at(), message);
    }
    table.finish();
    Some(Events { long_poll, callback })
}

struct Found {
    address: Address,
    /// As text, to find two sources that read the same.
    key: Located<String>,
}

fn address(table: &mut Table) -> Option<Found> {
    let given: Vec<bool> = ["channel", "owner", "search", "url"].iter().map(|key| table.holds(key)).collect();
    if given.iter().filter(|given| **given).count() != 1 {
        let message = "нужен ровно один адрес: `channel` (Telegram), `owner` или `search` (ВКонтакте), `url` (портал)";
        table.report().add(&table.at(), message);
    }
    let channel = table.string("channel").and_then(|name| check(table, "channel", name, channel));
    let url = table
        .string("url")
        .and_then(|url| check(table, "url", url, |url| http_url(url).map(|_| Address::Portal(url.to_owned()))));
    let owner = table.integer("owner").and_then(|owner| {
        let text = Located { value: owner.value.to_string(), at: owner.at };
        check(table, "owner", text, |_| community(owner.value))
    });
    let search = table.string("search").and_then(|query| check(table, "search", query, search));
    channel.or(url).or(owner).or(search)
}

fn check(
    table: &Table,
    key: &str,
    text: Located<String>,
    parse: impl FnOnce(&str) -> Result<Address, String>,
) -> Option<Found> {
    match parse(&text.value) {
        Ok(address) => Some(Found { address, key: Located { value: text.value.to_lowercase(), at: text.at } }),
        Err(message) => {
            table.report().add(&text.at, format!("`{key}`: {message}"));
            None
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
fn community(owner: i64) -> Result<Address, String> {
    match owner {
        ..=-1 => Ok(Address::Vk(owner)),
        0 => Err("0 — не стена; пишите номер сообщества с минусом".to_owned()),
        1.. => Err(format!("{owner} — стена человека, такие не читаются; номер сообщества отрицательный: -{owner}")),
    }
}
