//! `[facts]`.

use super::section::listen_address;
use crate::parse::reader::Table;
use crate::parse::values::{http_url, secret};
use crate::settings::FactsServer;

pub fn facts(mut table: Table) -> Option<FactsServer> {
    let listen = table.parsed("listen", listen_address);
    let url = match listen {
        // The engine of this process, at a fixed address.
        Some(address) if !table.holds("url") => Some(format!("http://{address}")),
        _ => table.required("url").and_then(|url| {
            http_url(&url.value).map_err(|message| table.report().add(&url.at, format!("`url`: {message}"))).ok()
        }),
    };
    let guests = table.flag("guests", false);
    if guests && !listen.is_some_and(|address| address.ip().is_loopback()) {
        let message = "`guests`: без пароля отвечает только встроенный ClickHouse и только на петле; укажите рядом `listen`, например \"127.0.0.1:8123\", или уберите `guests`";
        table.report().add(&table.at(), message);
    }
    let database = table.string("database").map_or_else(|| "otklik".to_owned(), |name| name.value);
    let user = table.string("user").map(|name| name.value);
    let user = user.unwrap_or_else(|| if listen.is_some() { "otklik" } else { "default" }.to_owned());
    let cluster = table.string("cluster").map(|name| name.value).filter(|name| !name.is_empty());
    let password = secret(&mut table, "password_file", "password_env");
    table.finish();
    Some(FactsServer { url: url?, listen, guests, database, user, cluster, password })
}
