//! `people.toml`.

use std::time::Duration;

use deadlines::ByLevel;
use model::{Level, Sector};

use super::channels;
use super::names::Names;
use super::reader::{Ids, Located, Table};
use super::values::{by_level, duration_between, level, sector};
use crate::alerts::RULE_KINDS;
use crate::channels::ChannelKind;
use crate::people::{Chain, Contact, Hours, People, Person, PersonRole, Route};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// So long somebody has who was told of a critical alert, before his telephone rings.
const CALL_AFTER: Duration = Duration::from_secs(3 * 60);
const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

pub fn read(mut table: Table, names: &mut Names) -> People {
    let mut ids = Ids::new("человек");
    let given = table.holds("person");
    let persons: Vec<Person> = table.tables("person").into_iter().filter_map(|table| person(table, &mut ids)).collect();
    let persons = if given { persons } else { nobody_yet() };
    let routes = table.tables("route").into_iter().filter_map(|table| route(table, &persons, names)).collect();
    let chain = chain(&mut table, &persons);
    table.finish();
    People { persons, routes, chain }
}

/// The persons of the shipped chain, whose addresses nobody has filled in.
fn nobody_yet() -> Vec<Person> {
    let persons = [
        (PersonRole::Officer, "Дежурный", Hours::Always),
        (PersonRole::Lead, "Ответственный за мониторинг и риски", Hours::Always),
        (PersonRole::Head, "Руководитель МЦУ", Hours::Working),
        (PersonRole::Curator, "Куратор", Hours::Working),
    ];
    persons
        .map(|(role, name, hours)| Person {
            id: role.as_str().to_owned(),
            name: name.to_owned(),
            role,
            addresses: Vec::new(),
            call: None,
            hours,
        })
        .into()
}

fn person(mut table: Table, ids: &mut Ids) -> Option<Person> {
    let id = table.required("id");
    if let Some(id) = &id {
        ids.add(table.report(), id);
    }
    let name = table.required("name");
    let given = table.holds("role");
    let role = table.parsed("role", role);
    if !given {
        table.report().add(&table.at(), "нет ключа `role`; добавьте его");
    }
    let hours = table.parsed("hours", hours).unwrap_or(Hours::Always);
    let mut addresses: Vec<Contact> = Vec::new();
    for contact in table.tables("addresses") {
        let at = contact.at();
        let Some(contact) = read_contact(contact) else { continue };
        if addresses.contains(&contact) {
            table.report().add(&at, format!("`{}` указан дважды; оставьте что-то одно", contact.to));
        }
        addresses.push(contact);
    }
    // Whom nobody else reaches is not to hear of everything by telephone.
    let (mut calls, addresses): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|contact| contact.channel == ChannelKind::Call);
    if calls.len() > 1 || (!calls.is_empty() && addresses.is_empty()) {
        let message = "номер для звонка бывает один и в дополнение к другому адресу: звонят о критическом, которое никто не принял";
        table.report().add(&table.at(), message);
    }
    let call = calls.pop();
    table.finish();
    Some(Person { id: id?.value, name: name?.value, role: role?, addresses, call, hours })
}

fn read_contact(mut table: Table) -> Option<Contact> {
    let given = table.holds("channel");
    let channel = table.parsed("channel", |code| {
        ChannelKind::parse(code).ok_or_else(|| {
            format!("{code:?} — не канал; бывают {}", ChannelKind::ALL.map(ChannelKind::as_str).join(", "))
        })
    });
    if !given {
        table.report().add(&table.at(), "нет ключа `channel`; добавьте его");
    }
    let to = match channel {
        Some(ChannelKind::Terminal) => Some(String::new()),
        _ => table.required("to").and_then(|to| {
            match channel.map_or(Ok(()), |channel| channels::address(channel, &to.value)) {
                Ok(()) => Some(to.value),
                Err(message) => {
                    table.report().add(&to.at, format!("`to`: {message}"));
                    None
                }
            }
        }),
    };
    table.finish();
    Some(Contact { channel: channel?, to: to? })
}

fn route(mut table: Table, persons: &[Person], names: &mut Names) -> Option<Route> {
    let codes = table.list("to");
    if codes.is_empty() {
        table.report().add(&table.at(), "в `to` нет ни одной роли; добавьте");
    }
    let to = held_roles(&table, &codes, persons);
    let level = table.parsed("level", level).unwrap_or(Level::Low);
    let sectors: Vec<Sector> = table.list("sectors").iter().filter_map(|code| sector(&table, code)).collect();
    let places = table.list("places");
    let when = table.parsed("when", hours);
    let kinds = table.list("kinds");
    for kind in kinds.iter().filter(|kind| !RULE_KINDS.contains(&kind.value.as_str())) {
        let message = format!("{:?} — не вид правила; бывают {}", kind.value, RULE_KINDS.join(", "));
        table.report().add(&kind.at, message);
    }
    table.finish();
    let values = |list: &[Located<String>]| list.iter().map(|item| item.value.clone()).collect();
    let route = Route { to, level, sectors, places: values(&places), when, kinds: values(&kinds) };
    names.places_used.extend(places);
    Some(route)
}

fn chain(table: &mut Table, persons: &[Person]) -> Chain {
    let default_wait = ByLevel::new(|level| match level {
        Level::Critical => 10 * MINUTE,
        Level::High => 30 * MINUTE,
        Level::Medium => 4 * HOUR,
        Level::Low => 24 * HOUR,
    });
    let Some(mut table) = table.table("chain") else {
        let codes: Vec<Located<String>> =
            Chain::STEPS.iter().map(|role| Located { value: role.as_str().to_owned(), at: table.at() }).collect();
        held_roles(table, &codes, persons);
        return Chain { steps: Chain::STEPS.into(), wait: default_wait, repeat_most: 6 * HOUR, call_after: CALL_AFTER };
    };
    let given = table.holds("steps");
    let mut codes = table.list("steps");
    if given && codes.is_empty() {
        table.report().add(&table.at(), "в `steps` нет ни одной роли; добавьте");
    } else if codes.is_empty() {
        codes = Chain::STEPS.map(|role| Located { value: role.as_str().to_owned(), at: table.at() }).into();
    }
    let mut seen = Ids::new("ступень");
    codes.iter().for_each(|code| seen.unique(table.report(), code));
    let chain = Chain {
        steps: held_roles(&table, &codes, persons),
        wait: by_level(&mut table, "wait", &default_wait, duration_between(MINUTE..=MONTH)),
        repeat_most: table.duration("repeat_most", 6 * HOUR, MINUTE..=MONTH),
        call_after: table.duration("call_after", CALL_AFTER, MINUTE..=10 * MINUTE),
    };
    table.finish();
    chain
}

/// Roles by their codes. A role that nobody holds is reported: what goes to it would reach nobody.
fn held_roles(table: &Table, codes: &[Located<String>], persons: &[Person]) -> Vec<PersonRole> {
    let mut roles = Vec::new();
    for code in codes {
        match role(&code.value) {
            Ok(role) if persons.iter().any(|person| person.role == role) => roles.push(role),
            Ok(_) => {
                let message = format!(
                    "роли `{}` нет ни у одного [[person]]; добавьте человека или уберите роль отсюда",
                    code.value
                );
                table.report().add(&code.at, message);
            }
            Err(message) => table.report().add(&code.at, message),
        }
    }
    roles
}

fn role(code: &str) -> Result<PersonRole, String> {
    PersonRole::parse(code)
        .ok_or_else(|| format!("{code:?} — не роль; бывают {}", PersonRole::ALL.map(PersonRole::as_str).join(", ")))
}

fn hours(code: &str) -> Result<Hours, String> {
    match code {
        "always" => Ok(Hours::Always),
        "working" => Ok(Hours::Working),
        _ => Err(format!("{code:?} не подходит; пишите \"always\" или \"working\"")),
    }
}
