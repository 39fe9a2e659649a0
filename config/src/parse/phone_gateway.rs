//! `[sms]` and `[call]` of `channels.toml`.

use super::reader::{Located, Table};
use super::values::{http_url, own_or_common_proxy, secret};
use crate::channels::{GatewayRequest, PhoneGateway};
use crate::settings::Proxy;

/// What stands for the address of a message.
const TO: &str = "{to}";

/// What stands for the secret.
const SECRET: &str = "{secret}";

/// Five parts of Cyrillic: beyond them gateways refuse or networks lose what comes.
const MAX_CHARS: u32 = 300;

pub fn read(mut table: Table, common: Option<Proxy>) -> Option<PhoneGateway> {
    let url = table.required("url").and_then(|url| {
        let checked = http_url(&url.value);
        checked.map_err(|message| table.report().add(&url.at, format!("`url`: {message}"))).ok()
    });
    let request = request(&mut table);
    let headers = pairs(&mut table, "headers", ':');
    let secret = secret(&mut table, "secret_file", "secret_env");
    let accepted = table.list("accepted").into_iter().map(|text| text.value).collect();
    let max_chars = table.number("max_chars", MAX_CHARS, 50..=1_000);
    let proxy = own_or_common_proxy(&mut table, common);
    let gateway = PhoneGateway { url: url?, request: request?, headers, secret, accepted, max_chars, proxy };
    let asks = |mark: &str| {
        let of_pairs = |pairs: &[(String, String)]| pairs.iter().any(|(_, value)| value.contains(mark));
        of_pairs(&gateway.headers)
            || match &gateway.request {
                GatewayRequest::Form(pairs) | GatewayRequest::Query(pairs) => of_pairs(pairs),
                GatewayRequest::Json(document) => document.to_string().contains(mark),
            }
    };
    if !asks(TO) {
        table.report().add(
            &table.at(),
            "в запросе нет {to}: некому было бы отправить; впишите его туда, где у сервиса номер телефона",
        );
    }
    if asks(SECRET) != gateway.secret.is_some() {
        let message = "{secret} в запросе и `secret_file` или `secret_env` пишутся вместе; укажите оба или ни одного";
        table.report().add(&table.at(), message);
    }
    table.finish();
    Some(gateway)
}

/// One of `form`, `query` and `json`.
fn request(table: &mut Table) -> Option<GatewayRequest> {
    let is_given = |table: &Table, key: &str| usize::from(table.holds(key));
    if ["form", "query", "json"].into_iter().map(|key| is_given(table, key)).sum::<usize>() != 1 {
        let message = "чем спрашивать сервис: укажите одно из `form`, `query` и `json` (примеры — docs/channels.ru.md)";
        table.report().add(&table.at(), message);
        ["form", "query"].into_iter().for_each(|key| drop(table.list(key)));
        table.string("json");
        return None;
    }
    if table.holds("json") {
        return table.parsed("json", json).map(GatewayRequest::Json);
    }
    match table.holds("query") {
        true => Some(GatewayRequest::Query(pairs(table, "query", '='))),
        false => Some(GatewayRequest::Form(pairs(table, "form", '='))),
    }
}

fn json(text: &str) -> Result<serde_json::Value, String> {
    serde_json::from_str(text).map_err(|error| format!("не JSON: {error}"))
}

/// A list of names and values with `between` them.
fn pairs(table: &mut Table, key: &'static str, between: char) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for Located { value, at } in table.list(key) {
        match value.split_once(between) {
            Some((name, value)) if is_name(name) => pairs.push((name.to_owned(), value.trim_start().to_owned())),
            _ => {
                let example = format!("имя{between}значение");
                table.report().add(&at, format!("`{key}`: {value:?} — не {example}"));
            }
        }
    }
    pairs
}

/// A name of a field or a header.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.[]".contains(&byte))
}
