//! `[max]`: the bot that reads chats and channels of MAX.

use super::section::{Section, bases, listen_address, ways};
use crate::files::Files;
use crate::parse::reader::Table;
use crate::parse::values::{http_url, secret};
use crate::settings::{Max, MaxWebhook, Way};

/// The API answers there since 19 July 2026 (<https://dev.max.ru/docs-api/changelog-api>).
const API: [&str; 1] = ["https://platform-api2.max.ru"];

pub fn max(section: &mut Section, common: &[Way], files: &Files) -> Max {
    Max {
        api: bases(section, "api", &API),
        token: section.get(None, |table| Some(secret(table, "token_file", "token_env"))),
        ca_file: section.get(None, |table| Some(table.string("ca_file").map(|path| files.path(&path.value)))),
        ways: ways(section, common),
        webhook: section.get(None, |table| Some(webhook(table))),
    }
}

fn webhook(table: &mut Table) -> Option<MaxWebhook> {
    let listen = table.parsed("webhook", listen_address);
    let url = table.parsed("webhook_url", https_url);
    match (listen, url, secret(table, "secret_file", "secret_env")) {
        (Some(listen), Some(url), Some(secret)) => Some(MaxWebhook { listen, url, secret }),
        (None, None, None) => None,
        _ => {
            let message = "чтобы MAX присылал события сам, нужны `webhook`, `webhook_url` и `secret_file` (или `secret_env`); без всех трёх бот спрашивает сам";
            table.report().add(&table.at(), message);
            None
        }
    }
}

/// MAX sends events by HTTPS alone (<https://dev.max.ru/docs-api/methods/POST/subscriptions>).
fn https_url(text: &str) -> Result<String, String> {
    let url = http_url(text)?;
    if url.starts_with("https://") {
        Ok(url)
    } else {
        Err(format!("{text:?}: MAX шлёт события только по https://"))
    }
}
