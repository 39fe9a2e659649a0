//! `[web]`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use url::Host;

use super::cluster::certificate;
use super::section::{Section, listen_address};
use crate::settings::Web;

pub fn web(section: &mut Section) -> Web {
    let default = SocketAddr::from(([127, 0, 0, 1], 8686));
    Web {
        listen: section.get(default, |table| table.parsed("listen", listen_address)),
        hosts: each(section, "hosts", host),
        proxies: each(section, "proxies", network),
        certificate: section.get(None, |table| Some(certificate(table))),
    }
}

/// A list whose items `parse` understands.
fn each<T>(section: &mut Section, key: &'static str, parse: fn(&str) -> Result<T, String>) -> Vec<T> {
    section.get(Vec::new(), |table| {
        let mut valid = Vec::new();
        for item in table.list(key) {
            match parse(&item.value) {
                Ok(value) => valid.push(value),
                Err(message) => table.report().add(&item.at, format!("`{key}`: {message}")),
            }
        }
        Some(valid)
    })
}

/// A host as browsers write it: in small latin letters.
fn host(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} — не имя узла; пишите без http:// и без порта, например \"otklik.example.ru\"");
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Ok(format!("[{address}]"));
    }
    Host::parse(text).map(|host| host.to_string()).map_err(|_| wrong())
}

/// `10.0.0.5` or `10.0.0.0/8`.
fn network(text: &str) -> Result<IpNet, String> {
    let wrong = || format!("{text:?} — не адрес и не сеть; пишите, например, \"127.0.0.1\" или \"10.0.0.0/8\"");
    let net = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| wrong())?;
    Ok(net.trunc())
}
