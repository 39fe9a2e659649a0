//! `sources.toml`.

use std::time::Duration;

use model::Platform;

use super::names::Names;
use super::reader::{Ids, Located, Table};
use super::values::secret;
use crate::address::{ADDRESS_KEYS, Address, AddressKey, ONE_ADDRESS, max_name};
use crate::sources::{Callback, Events, Identity, ListSelectors, Source};

const EVERY: Duration = Duration::from_secs(300);
/// Polling a stranger's server more often is an attack on it.
const EVERY_MIN: Duration = Duration::from_secs(5);
const EVERY_MAX: Duration = Duration::from_secs(31 * 24 * 3600);

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
    let mut address = address(&mut table);
    let link = table.parsed("link", max_name);
    match address.as_mut().map(|found| &mut found.address) {
        Some(Address::Max { name, .. }) => *name = link,
        Some(_) if link.is_some() => {
            table
                .report()
                .add(&table.at(), "`link` бывает только у чата MAX, то есть у источника с `chat`; уберите его");
        }
        _ => {}
    }
    if let Some(address) = &address {
        addresses.unique(table.report(), &address.key);
    }
    let enabled = table.flag("enabled", true);
    let every = table.duration("every", EVERY, EVERY_MIN..=EVERY_MAX);
    let official = table.flag("official", false);
    let home = table.flag("home", true);
    let portal = address.as_ref().is_none_or(|found| found.address.platform() == Platform::Portal);
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
    if ADDRESS_KEYS.iter().filter(|known| table.holds(known.key)).count() != 1 {
        table.report().add(&table.at(), ONE_ADDRESS);
    }
    let found: Vec<Found> = ADDRESS_KEYS.iter().filter_map(|known| address_under(table, known)).collect();
    found.into_iter().next()
}

fn address_under(table: &mut Table, known: &AddressKey) -> Option<Found> {
    let text = if known.is_number {
        let number = table.integer(known.key)?;
        Located { value: number.value.to_string(), at: number.at }
    } else {
        table.string(known.key)?
    };
    match (known.read)(&text.value) {
        Ok(address) => {
            // Numbers of different platforms may be the same.
            let value =
                if known.is_number { format!("{} = {}", known.key, text.value) } else { text.value.to_lowercase() };
            Some(Found { address, key: Located { value, at: text.at } })
        }
        Err(message) => {
            table.report().add(&text.at, format!("`{}`: {message}", known.key));
            None
        }
    }
}
