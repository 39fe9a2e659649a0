//! Every host and port that a configuration needs, each with the ways on which it is asked.

use config::{Address, Config, Proxy, Way};
use ingest::Answerer;
use url::Url;

use crate::language::say;

/// A host, a port, and one way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    /// What it is needed for. Of several hosts that are needed for one thing one that answers is enough.
    pub what: Vec<String>,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// On which way.
    pub way: Way,
    /// How it is tried.
    pub try_by: TryBy,
}

/// How a host is tried.
#[derive(Debug, Clone, PartialEq)]
pub enum TryBy {
    /// An address is asked over HTTP.
    Asking(String, Answerer),
    /// A connection is made.
    Connecting,
}

/// What the configuration needs: what the collectors read, what alerts are sent over, what the parts of the installation are to one another.
pub fn needs(config: &Config) -> Vec<Need> {
    let mut needs = Vec::new();
    collectors(config, &mut needs);
    channels(config, &mut needs);
    parts(config, &mut needs);
    proxies(&mut needs);
    let mut unique: Vec<Need> = Vec::new();
    for need in needs {
        let is_same = |other: &&mut Need| (&other.host, other.port, &other.way) == (&need.host, need.port, &need.way);
        match unique.iter_mut().find(is_same) {
            Some(known) => {
                for what in need.what {
                    if !known.what.contains(&what) {
                        known.what.push(what);
                    }
                }
            }
            None => unique.push(need),
        }
    }
    unique
}

fn collectors(config: &Config, needs: &mut Vec<Need>) {
    let settings = &config.settings;
    let enabled = || config.sources.iter().filter(|source| source.enabled);
    let channel = enabled().find_map(|source| match &source.address {
        Address::Telegram(channel) => Some(channel),
        _ => None,
    });
    if let Some(channel) = channel {
        for (base, way) in product(&settings.telegram.preview, &settings.telegram.ways) {
            let url = format!("{base}/s/{channel}");
            needs.extend(asked("Telegram", &url, way, Answerer::Telegram));
        }
    }
    if enabled().any(|source| matches!(source.address, Address::Vk(_) | Address::VkSearch(_))) {
        for (base, way) in product(&settings.vk.api, &settings.vk.ways) {
            // Without a token it is answered with an error, which is an answer.
            let url = format!("{base}/utils.getServerTime?v=5.199");
            needs.extend(asked(say("ВКонтакте", "VK"), &url, way, Answerer::Vk));
        }
    }
    if enabled().any(|source| matches!(source.address, Address::Max { .. })) {
        for (base, way) in product(&settings.max.api, &settings.max.ways) {
            // Without a token it is answered with an error, which is an answer.
            needs.extend(asked("MAX", &format!("{base}/me"), way, Answerer::Max));
        }
    }
    // The server that VK names to who asks for events (<https://dev.vk.com/ru/api/bots-long-poll/getting-started>).
    if enabled().any(|source| source.events.as_ref().is_some_and(|events| events.long_poll.is_some())) {
        for way in &settings.fetch.ways {
            let what = say("события ВКонтакте", "events of VK");
            needs.extend(asked(what, "https://lp.vk.com/", way, Answerer::Site));
        }
    }
    for source in enabled() {
        let Address::Portal(url) = &source.address else { continue };
        for way in &settings.fetch.ways {
            needs.extend(asked(&source.id, url, way, Answerer::Site));
        }
    }
    // Hosts of one's own network are asked without a proxy.
    for need in needs.iter_mut() {
        let with_port = format!("{}:{}", need.host, need.port);
        if settings.fetch.allow_private.iter().any(|host| *host == need.host || *host == with_port) {
            need.way = Way::Direct;
        }
    }
}

fn channels(config: &Config, needs: &mut Vec<Need>) {
    let through = |proxy: &Option<Proxy>| proxy.clone().map_or(Way::Direct, Way::Through);
    let mut add = |what: &str, url: &str, proxy: &Option<Proxy>| {
        needs.extend(asked(what, url, &through(proxy), Answerer::Server));
    };
    let channels = &config.channels;
    channels.telegram.iter().for_each(|bot| add(say("тревоги: Telegram", "alerts: Telegram"), &bot.api, &bot.proxy));
    channels.vk.iter().for_each(|vk| add(say("тревоги: ВКонтакте", "alerts: VK"), &vk.api, &vk.proxy));
    channels.max.iter().for_each(|bot| add(say("тревоги: MAX", "alerts: MAX"), &bot.api, &bot.proxy));
    let gateways = [
        (say("тревоги: СМС", "alerts: SMS"), &channels.sms),
        (say("тревоги: звонки", "alerts: calls"), &channels.call),
    ];
    for (what, gateway) in gateways {
        gateway.iter().for_each(|gateway| add(what, &gateway.url, &gateway.proxy));
    }
    for webhook in &channels.webhooks {
        add(&format!("{} {}", say("тревоги: webhook", "alerts: webhook"), webhook.name), &webhook.url, &webhook.proxy);
    }
    config.alerts.heartbeat.iter().for_each(|beat| add(say("признак жизни", "heartbeat"), &beat.url, &None));
    if let Some(email) = &channels.email {
        needs.push(connected(say("тревоги: почта", "alerts: e-mail"), &email.server, email.port));
    }
}

fn parts(config: &Config, needs: &mut Vec<Need>) {
    let settings = &config.settings;
    let server = settings.facts.as_ref().filter(|facts| facts.listen.is_none());
    needs.extend(server.and_then(|facts| of_url(say("цифры", "figures"), &facts.url)));
    let brokers = settings.kafka.iter().flat_map(|kafka| kafka.brokers.split(','));
    for (host, port) in brokers.filter_map(|broker| broker.trim().rsplit_once(':')) {
        needs.extend(port.parse().ok().map(|port| connected("Kafka", host, port)));
    }
    for (role, address) in settings.roles.iter().flat_map(|roles| roles.addresses()) {
        needs.extend(of_url(&format!("{} {role}", say("роль", "role")), address));
    }
}

/// What goes through a proxy needs the proxy first.
fn proxies(needs: &mut Vec<Need>) {
    let through: Vec<Proxy> = needs.iter().filter_map(|need| need.way.proxy().cloned()).collect();
    for proxy in through {
        let Some(url) = Url::parse(&proxy.url).ok() else { continue };
        // RFC 1928; the URL standard knows no default port of it.
        let port = url.port_or_known_default().unwrap_or(1080);
        let host = url.host_str().unwrap_or_default();
        needs.push(connected(&format!("{} {}", say("прокси", "proxy"), proxy.url), host, port));
    }
}

fn product<'a>(bases: &'a [String], ways: &'a [Way]) -> impl Iterator<Item = (&'a str, &'a Way)> {
    ways.iter().flat_map(|way| bases.iter().map(move |base| (base.as_str(), way)))
}

fn asked(what: &str, url: &str, way: &Way, answerer: Answerer) -> Option<Need> {
    let need = of_url(what, url)?;
    Some(Need { way: way.clone(), try_by: TryBy::Asking(url.to_owned(), answerer), ..need })
}

fn of_url(what: &str, url: &str) -> Option<Need> {
    let url = Url::parse(url).ok()?;
    Some(connected(what, url.host_str()?, url.port_or_known_default()?))
}

fn connected(what: &str, host: &str, port: u16) -> Need {
    let (what, host) = (vec![what.to_owned()], host.trim_matches(['[', ']']).to_owned());
    Need { what, host, port, way: Way::Direct, try_by: TryBy::Connecting }
}

#[cfg(test)]
mod tests {
    use config::Files;

    use super::*;

    /// Each need as `host:port way`, in their order.
    fn of(files: &[(&str, &str)]) -> Vec<String> {
        let overlay = files.iter().map(|(path, text)| (path.to_string(), text.to_string()));
        let config = Config::parse(&Files::shipped().overlay(overlay)).unwrap_or_else(|problems| panic!("{problems}"));
        let way = |way: &Way| way.proxy().map_or("direct".to_owned(), |proxy| proxy.url.clone());
        needs(&config).iter().map(|need| format!("{}:{} {}", need.host, need.port, way(&need.way))).collect()
    }

    #[test]
    fn each_host_is_needed_once_on_each_of_its_ways() {
        let sources = "[[source]]\nid = 'a'\nname = 'А'\nchannel = 'gorod'\n[[source]]\nid = 'b'\nname = 'Б'\nchannel = 'selo'\n\
                       [[source]]\nid = 'c'\nname = 'В'\nowner = -1\n[[source]]\nid = 'd'\nname = 'Г'\nurl = 'https://city.example/rss'\n\
                       [[source]]\nid = 'e'\nname = 'Д'\nurl = 'http://city.example:8080/rss'\nenabled = false\n\
                       [[source]]\nid = 'f'\nname = 'Е'\nchat = -7\n";
        let settings = "[telegram]\npreview = ['https://t.me', 'https://telegram.me']\nproxy = ['direct', 'socks5://proxy.example']\n";
        let found = of(&[("sources.toml", sources), ("otklik.toml", settings), ("channels.toml", "")]);
        assert_eq!(
            found,
            [
                "t.me:443 direct",
                "telegram.me:443 direct",
                "t.me:443 socks5://proxy.example",
                "telegram.me:443 socks5://proxy.example",
                "api.vk.ru:443 direct",
                "api.vk.com:443 direct",
                "platform-api2.max.ru:443 direct",
                "city.example:443 direct",
                "proxy.example:1080 direct",
            ]
        );
    }

    #[test]
    fn what_alerts_and_parts_need_is_among_it() {
        let channels = "[telegram]\ntoken_env = 'A'\n[email]\nserver = 'mail.example.ru'\nfrom = 'otklik@example.ru'\n\
                        [[webhook]]\nname = 'n'\nurl = 'http://hook.example:8080/x'\nproxy = 'http://proxy.example:3128'\n";
        let settings = "[kafka]\nbrokers = 'kafka1:9092, kafka2:9093'\n[facts]\nurl = 'http://figures.example:8123'\n";
        let found = of(&[("sources.toml", ""), ("otklik.toml", settings), ("channels.toml", channels)]);
        for need in [
            "api.telegram.org:443 direct",
            "mail.example.ru:465 direct",
            "hook.example:8080 http://proxy.example:3128",
            "proxy.example:3128 direct",
            "kafka1:9092 direct",
            "kafka2:9093 direct",
            "figures.example:8123 direct",
        ] {
            assert!(found.contains(&need.to_owned()), "{need} is missing in {found:?}");
        }
        assert!(!found.iter().any(|need| need.contains("t.me:")), "no source needs it: {found:?}");
    }
}
