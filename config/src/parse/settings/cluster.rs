//! `[kafka]` and `[roles]` of `otklik.toml`.

use std::path::PathBuf;

use crate::parse::reader::Table;
use crate::parse::values::{http_url, secret};
use crate::settings::{Kafka, KafkaLogin, Roles};

/// Mechanisms that the client is built with.
const MECHANISMS: [&str; 3] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

pub fn kafka(mut table: Table) -> Option<Kafka> {
    let begin = table.at();
    let brokers = table.required("brokers").and_then(|brokers| match valid_brokers(&brokers.value) {
        Ok(()) => Some(brokers.value),
        Err(message) => {
            table.report().add(&brokers.at, format!("`brokers`: {message}"));
            None
        }
    });
    let prefix = table.parsed("prefix", valid_prefix).unwrap_or_else(|| "otklik.".to_owned());
    let partitions = table.number("partitions", 6, 1..=1_000);
    let replication = table.number("replication", 1, 1..=9);
    let tls = table.flag("tls", false);
    let text = |table: &mut Table, key| table.string(key).map(|text| text.value);
    let ca_file = text(&mut table, "ca_file");
    let certificate = certificate::<String>(&mut table);
    if !tls && (ca_file.is_some() || certificate.is_some()) {
        table.report().add(&begin, "сертификаты указаны, а `tls` не true; включите его или уберите их");
    }
    let login = login(&mut table);
    table.finish();
    Some(Kafka { brokers: brokers?, prefix, partitions, replication, tls, ca_file, certificate, login })
}

/// A certificate and its key, which stand together.
pub fn certificate<T: From<String>>(table: &mut Table) -> Option<(T, T)> {
    match ["cert_file", "key_file"].map(|key| table.string(key).map(|text| text.value)) {
        [Some(certificate), Some(key)] => Some((certificate.into(), key.into())),
        [None, None] => None,
        _ => {
            let message = "`cert_file` и `key_file` пишутся вместе; укажите оба или ни одного";
            table.report().add(&table.at(), message);
            None
        }
    }
}

fn login(table: &mut Table) -> Option<KafkaLogin> {
    let mechanism = table.parsed("sasl_mechanism", |name| {
        let known = MECHANISMS.contains(&name).then(|| name.to_owned());
        known.ok_or_else(|| format!("{name:?} не подходит; бывают {}", MECHANISMS.join(", ")))
    });
    let user = table.string("user").map(|user| user.value);
    let password = secret(table, "password_file", "password_env");
    match (mechanism, user, password) {
        (Some(mechanism), Some(user), Some(password)) => Some(KafkaLogin { mechanism, user, password }),
        (None, None, None) => None,
        _ => {
            let message = "для входа нужны `sasl_mechanism`, `user` и `password_file` или `password_env`";
            table.report().add(&table.at(), message);
            None
        }
    }
}

fn valid_brokers(text: &str) -> Result<(), String> {
    let wrong = |broker: &&str| {
        let port = broker.rsplit_once(':').filter(|(host, _)| !host.is_empty()).map(|(_, port)| port.parse::<u16>());
        !matches!(port, Some(Ok(_)))
    };
    match text.split(',').map(str::trim).find(wrong) {
        Some(broker) => Err(format!("{broker:?} — не узел:порт; пишите \"kafka1:9092,kafka2:9092\"")),
        None => Ok(()),
    }
}

/// Kafka's own bounds on names of topics, with room for the stream's.
fn valid_prefix(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.len() > 200 || !text.chars().all(fits) {
        return Err(format!("{text:?}: должно быть не больше 200 латинских букв, цифр, `.`, `_` или `-`"));
    }
    Ok(text.to_owned())
}

pub fn roles(mut table: Table) -> Option<Roles> {
    let begin = table.at();
    let secret = secret(&mut table, "secret_file", "secret_env");
    if secret.is_none() {
        table
            .report()
            .add(&begin, "нет ключа `secret_file`: роли отвечали бы кому угодно; положите длинную случайную строку в файл и назовите его");
    }
    let certificate = certificate::<PathBuf>(&mut table);
    let ca_file = table.string("ca_file").map(|path| path.value.into());
    let encrypted = certificate.is_some();
    let mut addresses = |key| {
        let mut valid = Vec::new();
        for address in table.list(key) {
            match http_url(&address.value) {
                // The page is for people, whom a proxy with a certificate of its own asks.
                Ok(url) if encrypted && key != "web" && url.starts_with("http://") => {
                    let message =
                        format!("`{key}`: рядом `cert_file`, по этому адресу отвечают зашифрованно; пишите https://");
                    table.report().add(&address.at, message);
                }
                Ok(url) => valid.push(url),
                Err(message) => table.report().add(&address.at, format!("`{key}`: {message}")),
            }
        }
        valid
    };
    let (ingest, classify, store) = (addresses("ingest"), addresses("classify"), addresses("store"));
    let (facts, alerts, web) = (addresses("facts"), addresses("alerts"), addresses("web"));
    table.finish();
    Some(Roles { secret: secret?, certificate, ca_file, ingest, classify, store, facts, alerts, web })
}
