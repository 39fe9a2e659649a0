//! `otklik.toml`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time as ClockTime;
use jiff::tz::TimeZone;
use url::Url;

use super::Ids;
use super::cluster;
use super::table::{Located, Table};
use crate::Files;
use crate::settings::{
    Classify, Digest, FactsServer, Fetch, HostPace, JournalLimits, Proxy, Reread, Secret, Settings, Telegram,
    TokenKind, TrainedModel, Vk, VkLimits, VkToken, Web,
};

pub fn read(mut table: Table, files: &Files) -> Settings {
    let zone = table.parsed("timezone", timezone);
    let public_url = table.parsed("public_url", http_url);
    let web = section(&mut table, "web", web);
    let journal = section(&mut table, "journal", journal);
    let kafka = table.table("kafka").and_then(cluster::kafka);
    let roles = table.table("roles").and_then(cluster::roles);
    let facts = table.table("facts").and_then(facts);
    let fetch = section(&mut table, "fetch", fetch);
    let common = fetch.proxy.clone();
    let settings = Settings {
        timezone: zone.unwrap_or_else(|| timezone("Europe/Moscow").unwrap_or(TimeZone::UTC)),
        public_url,
        web,
        journal,
        kafka,
        roles,
        facts,
        vk: section(&mut table, "vk", |section| vk(section, common.clone())),
        telegram: section(&mut table, "telegram", |section| telegram(section, common)),
        fetch,
        reread: section(&mut table, "reread", reread),
        digest: section(&mut table, "digest", digest),
        classify: section(&mut table, "classify", |section| classify(section, files)),
    };
    table.finish();
    settings
}

/// An address of a server: `http` or `https`, with a host, kept without a slash at the end.
pub fn http_url(text: &str) -> Result<String, String> {
    let wrong = |why: &str| format!("{text:?} {why}; пишите, например, \"https://example.ru/path\"");
    let url = Url::parse(text).map_err(|error| wrong(&format!("— не адрес ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("— не http и не https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "в адресе узла {} стоит имя или пароль; секретам здесь не место, уберите их",
            url.host_str().unwrap_or("?")
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Reads a section that may be absent: then every key of it has its default.
fn section<'a, T>(table: &mut Table<'a>, key: &'static str, read: impl FnOnce(&mut Section<'a>) -> T) -> T {
    let mut section = Section(table.table(key));
    let value = read(&mut section);
    if let Some(table) = section.0 {
        table.finish();
    }
    value
}

/// A table that may be absent.
struct Section<'a>(Option<Table<'a>>);

impl<'a> Section<'a> {
    fn get<T>(&mut self, default: T, read: impl FnOnce(&mut Table<'a>) -> Option<T>) -> T {
        self.0.as_mut().and_then(read).unwrap_or(default)
    }

    fn number(&mut self, key: &'static str, default: u32, bounds: std::ops::RangeInclusive<u32>) -> u32 {
        self.get(default, |table| Some(table.number(key, default, bounds)))
    }
}

fn timezone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("{name:?} — не часовой пояс; пишите, например, \"Europe/Moscow\""))
}

fn web(section: &mut Section) -> Web {
    let default = SocketAddr::from(([127, 0, 0, 1], 8686));
    Web { listen: section.get(default, |table| table.parsed("listen", address)) }
}

/// An address to listen on.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("{text:?} — не адрес с портом; пишите, например, \"127.0.0.1:8686\""))
}

fn journal(section: &mut Section) -> JournalLimits {
    JournalLimits {
        keep_days: section.number("keep_days", 14, 1..=3650),
        max_mb: u64::from(section.number("max_mb", 20_000, 100..=100_000_000)),
    }
}

fn facts(mut table: Table) -> Option<FactsServer> {
    let url = table.required("url").and_then(|url| {
        http_url(&url.value).map_err(|message| table.report().add(&url.at, format!("`url`: {message}"))).ok()
    });
    let listen = table.parsed("listen", address);
    let database = table.string("database").map_or_else(|| "otklik".to_owned(), |name| name.value);
    let user = table.string("user").map_or_else(|| "default".to_owned(), |name| name.value);
    let cluster = table.string("cluster").map(|name| name.value).filter(|name| !name.is_empty());
    let password = secret(&mut table, "password_file", "password_env");
    table.finish();
    Some(FactsServer { url: url?, listen, database, user, cluster, password })
}

fn fetch(section: &mut Section) -> Fetch {
    let host_interval_ms = section.number("host_interval_ms", 1000, 0..=600_000);
    let host_parallel = section.number("host_parallel", 2, 1..=1024);
    Fetch {
        contact: section.get(None, |table| Some(table.parsed("contact", contact))),
        connect_timeout_s: section.number("connect_timeout_s", 10, 1..=600),
        header_timeout_s: section.number("header_timeout_s", 20, 1..=600),
        timeout_s: section.number("timeout_s", 30, 1..=600),
        max_mb: section.number("max_mb", 10, 1..=1000),
        host_interval_ms,
        host_parallel: host_parallel as usize,
        parallel: section.number("parallel", 16, 1..=1024) as usize,
        hosts: section.get(Vec::new(), |table| {
            let mut names = Ids::new("темп для узла");
            let paces = table.tables("host").into_iter();
            Some(paces.filter_map(|table| host_pace(table, host_interval_ms, host_parallel, &mut names)).collect())
        }),
        proxy: proxy(section, None),
        ignore_robots: hosts(section, "ignore_robots"),
        allow_private: hosts(section, "allow_private"),
    }
}

fn hosts(section: &mut Section, key: &'static str) -> Vec<String> {
    section.get(Vec::new(), |table| {
        Some(table.list(key).into_iter().map(|host| host.value.to_ascii_lowercase()).collect())
    })
}

fn host_pace(mut table: Table, interval_ms: u32, parallel: u32, names: &mut Ids) -> Option<HostPace> {
    let name = table.required("name").map(|name| Located { value: name.value.to_ascii_lowercase(), ..name });
    if let Some(name) = &name {
        names.unique(table.report(), name);
        if name.value.contains(['/', ':', ' ']) {
            table.report().add(&name.at, format!("`name`: {:?} — не имя узла; пишите, например, \"t.me\"", name.value));
        }
    }
    let interval_ms = table.number("interval_ms", interval_ms, 0..=600_000);
    let parallel = table.number("parallel", parallel, 1..=1024) as usize;
    table.finish();
    Some(HostPace { name: name?.value, interval_ms, parallel })
}

/// The section's own proxy, else `common`. `"direct"` is none at all.
fn proxy(section: &mut Section, common: Option<Proxy>) -> Option<Proxy> {
    section.get(common.clone(), |table| Some(proxy_of(table, common)))
}

/// The same of a section that is there.
pub fn proxy_of(table: &mut Table, common: Option<Proxy>) -> Option<Proxy> {
    let given = table.holds("proxy");
    let url = table.parsed("proxy", proxy_url);
    let auth = secret(table, "proxy_auth_file", "proxy_auth_env");
    if given {
        // A wrong address is reported, so that nothing comes of what is given here.
        return url.flatten().map(|url| Proxy { url, auth });
    }
    if auth.is_some() {
        table
            .report()
            .add(&table.at(), "`proxy_auth_file` и `proxy_auth_env` имеют смысл только рядом с `proxy`; добавьте его");
    }
    common
}

/// Address of a proxy; none for `direct`.
fn proxy_url(text: &str) -> Result<Option<String>, String> {
    if text == "direct" {
        return Ok(None);
    }
    let wrong = |why: String| {
        format!("{why}; пишите, например, \"http://proxy.example.ru:3128\", \"socks5://127.0.0.1:1080\" или \"direct\"")
    };
    let url = Url::parse(text).map_err(|error| wrong(format!("это не адрес ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "в адресе стоит имя или пароль; положите `имя:пароль` в файл и назовите его в `proxy_auth_file`".to_owned()
        );
    }
    if !matches!(url.scheme(), "http" | "https" | "socks5") || !url.has_host() {
        return Err(wrong(format!("{text:?} — не http, не https и не socks5 с именем узла")));
    }
    Ok(Some(text.trim_end_matches('/').to_owned()))
}

/// It becomes a part of a header.
fn contact(text: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > 200 || !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
        return Err("пишите почту или адрес страницы латиницей, не длиннее 200 знаков: это уходит в заголовке запроса"
            .to_owned());
    }
    Ok(text.to_owned())
}

fn vk(section: &mut Section, proxied: Option<Proxy>) -> Vk {
    let service = section.get(None, |table| Some(secret(table, "token_file", "token_env")));
    let service = service.map(|secret| VkToken { kind: TokenKind::Service, secret });
    let others = section.0.as_mut().map(|table| table.tables("token")).unwrap_or_default();
    let mut limits = Section(section.0.as_mut().and_then(|table| table.table("limits")));
    let vk = Vk {
        api: section.get("https://api.vk.com/method".to_owned(), |table| table.parsed("api", http_url)),
        tokens: service.into_iter().chain(others.into_iter().filter_map(token)).collect(),
        slowest: section.get(SLOWEST, |table| Some(table.duration("slowest", SLOWEST, MINUTE..=7 * DAY))),
        limits: vk_limits(&mut limits),
        proxy: proxy(section, proxied),
        callback: section.get(None, |table| Some(table.parsed("callback", address))),
    };
    if let Some(table) = limits.0 {
        table.finish();
    }
    vk
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const SLOWEST: Duration = Duration::from_secs(6 * 3600);

fn token(mut table: Table) -> Option<VkToken> {
    let kind = table.required("kind");
    let kind = kind.and_then(|kind| match kind.value.as_str() {
        "service" => Some(TokenKind::Service),
        "user" => Some(TokenKind::User),
        "community" => Some(TokenKind::Community),
        other => {
            let message = format!("`kind`: {other:?} не подходит; пишите \"service\", \"user\" или \"community\"");
            table.report().add(&kind.at, message);
            None
        }
    });
    let secret = secret(&mut table, "file", "env");
    if secret.is_none() {
        table.report().add(&table.at(), "укажите, где лежит токен: `file = \"…\"` или `env = \"…\"`");
    }
    table.finish();
    Some(VkToken { kind: kind?, secret: secret? })
}

fn vk_limits(section: &mut Section) -> VkLimits {
    VkLimits {
        service_per_second: section.number("service_per_second", 5, 1..=1000),
        user_per_second: section.number("user_per_second", 3, 1..=1000),
        community_per_second: section.number("community_per_second", 20, 1..=1000),
        wall_get_per_day: section.number("wall_get_per_day", 5000, 1..=100_000_000),
        wall_search_per_day: section.number("wall_search_per_day", 1000, 1..=100_000_000),
        newsfeed_search_per_day: section.number("newsfeed_search_per_day", 1000, 1..=100_000_000),
    }
}

fn reread(section: &mut Section) -> Reread {
    let first = Duration::from_secs(1800);
    Reread {
        days: section.number("days", 3, 0..=30),
        first: section.get(first, |table| Some(table.duration("first", first, MINUTE..=DAY))),
    }
}

fn telegram(section: &mut Section, proxied: Option<Proxy>) -> Telegram {
    Telegram {
        preview: section.get("https://t.me".to_owned(), |table| table.parsed("preview", http_url)),
        proxy: proxy(section, proxied),
    }
}

fn digest(section: &mut Section) -> Digest {
    let at = |text: &str| {
        ClockTime::strptime("%H:%M", text)
            .map_err(|_| format!("{text:?} — не время суток; пишите, например, \"07:30\""))
    };
    Digest { at: section.get(ClockTime::constant(7, 30, 0, 0), |table| table.parsed("at", at)) }
}

fn classify(section: &mut Section, files: &Files) -> Classify {
    let model = |path: &str| TrainedModel::read(&files.path(path)).map(Arc::new);
    Classify { model: section.get(None, |table| Some(table.parsed("model", model))) }
}

/// A secret's whereabouts: a file or a variable of the environment, not both.
pub fn secret(table: &mut Table, file_key: &'static str, env_key: &'static str) -> Option<Secret> {
    let file = table.string(file_key);
    let env = table.string(env_key);
    if let (Some(_), Some(env)) = (&file, &env) {
        table.report().add(&env.at, format!("указаны и `{file_key}`, и `{env_key}`; оставьте что-то одно"));
    }
    match (file, env) {
        (Some(file), _) => Some(Secret::File(PathBuf::from(file.value))),
        (None, Some(env)) => Some(Secret::Env(env.value)),
        (None, None) => None,
    }
}
