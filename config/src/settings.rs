//! `otklik.toml`: how the installation runs.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time as ClockTime;
use jiff::tz::TimeZone;
use learned::{FormatError, SectorModel};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{Kafka, Roles};

/// `otklik.toml`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `timezone`: days and hours everywhere are of this zone (default Europe/Moscow).
    pub timezone: TimeZone,
    /// `public_url`: where people reach the page, e.g. `https://otklik.example.ru`. Links in digests lead there; without it they unfold in the file.
    pub public_url: Option<String>,
    /// `[web]`.
    pub web: Web,
    /// `[journal]`.
    pub journal: JournalLimits,
    /// `[kafka]`: the journal is Apache Kafka; absent: it is embedded.
    pub kafka: Option<Kafka>,
    /// `[roles]`: roles in processes of their own; absent: one process has them all.
    pub roles: Option<Roles>,
    /// `[facts]`: a ClickHouse server; absent: the embedded engine.
    pub facts: Option<FactsServer>,
    /// `[fetch]`.
    pub fetch: Fetch,
    /// `[vk]`.
    pub vk: Vk,
    /// `[telegram]`.
    pub telegram: Telegram,
    /// `[reread]`.
    pub reread: Reread,
    /// `[digest]`.
    pub digest: Digest,
    /// `[classify]`.
    pub classify: Classify,
}

/// `[classify]`.
#[derive(Debug, Clone, Default)]
pub struct Classify {
    /// `model`: the file of a trained model, relative to the configuration's folder; absent: the rules alone tell the sectors.
    pub model: Option<Arc<TrainedModel>>,
}

/// A trained model as read from its file.
#[derive(Debug)]
pub struct TrainedModel {
    /// Hash of its bytes, a part of the rule set's.
    pub hash: String,
    /// The model.
    pub sectors: SectorModel,
}

/// A model's file beyond this is damage; it would be read whole.
const MAX_MODEL_BYTES: u64 = 512 << 20;

impl TrainedModel {
    /// A model from the bytes of its file.
    pub fn from_bytes(bytes: &[u8]) -> Result<TrainedModel, FormatError> {
        Ok(TrainedModel { hash: crate::parse::hex(&Sha256::digest(bytes)), sectors: SectorModel::from_bytes(bytes)? })
    }

    /// Reads the file of a model; otherwise what is wrong and what to do.
    pub fn read(path: &Path) -> Result<TrainedModel, String> {
        let wrong = |why: String| format!("не читается модель {}: {why}", path.display());
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
        file.take(MAX_MODEL_BYTES + 1).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
        if bytes.len() as u64 > MAX_MODEL_BYTES {
            return Err(wrong(format!("она больше {} МиБ; обучите её заново: `otklik train`", MAX_MODEL_BYTES >> 20)));
        }
        TrainedModel::from_bytes(&bytes).map_err(|error| wrong(error.to_string()))
    }
}

/// `[web]`.
#[derive(Debug, Clone)]
pub struct Web {
    /// `listen`: address of the page and the API (default `127.0.0.1:8686`; the loopback, because there are no users yet).
    pub listen: std::net::SocketAddr,
}

/// `[journal]`.
#[derive(Debug, Clone)]
pub struct JournalLimits {
    /// `keep_days`: messages older than this are dropped once every reader has passed them (default 14).
    pub keep_days: u32,
    /// `max_mb`: at this size intake stops rather than fill the disk (default 20000).
    pub max_mb: u64,
}

/// `[facts]`.
#[derive(Debug, Clone)]
pub struct FactsServer {
    /// `url` of a ClickHouse server's HTTP interface, or of the embedded engine of the role `facts`.
    pub url: String,
    /// `listen`: there is no server; the role `facts` runs the embedded engine and serves it here, at `url`. It has the user
    /// `otklik` and the password in `facts/password` of that role's data folder.
    pub listen: Option<std::net::SocketAddr>,
    /// `database`.
    pub database: String,
    /// `user`.
    pub user: String,
    /// `cluster`: the server's name for a cluster that the tables are kept on, replicated and in shards; absent: one server.
    pub cluster: Option<String>,
    /// `password_file` or `password_env`.
    pub password: Option<Secret>,
}

/// `[fetch]`: manners towards other people's servers.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// `contact`: address or page in the User-Agent, so that an administrator can reach the operator.
    pub contact: Option<String>,
    /// `connect_timeout_s`: until the connection stands, TLS included (default 10).
    pub connect_timeout_s: u32,
    /// `header_timeout_s`: until the headers of the answer are there (default 20).
    pub header_timeout_s: u32,
    /// `timeout_s`: the whole of one request (default 30).
    pub timeout_s: u32,
    /// `max_mb`: a longer body is cut off as hostile, counted after unpacking (default 10).
    pub max_mb: u32,
    /// `host_interval_ms`: between two requests to one host (default 1000).
    pub host_interval_ms: u32,
    /// `host_parallel`: requests at a time to one host (default 2).
    pub host_parallel: usize,
    /// `parallel`: requests at a time over all hosts (default 16).
    pub parallel: usize,
    /// `[[fetch.host]]`: hosts with a pace of their own.
    pub hosts: Vec<HostPace>,
    /// `proxy`: requests go through it, those to `allow_private` aside (default none).
    pub proxy: Option<Proxy>,
    /// `ignore_robots`: hosts whose robots.txt is not asked (default none).
    pub ignore_robots: Vec<String>,
    /// `allow_private`: hosts (`name` or `name:port`) that may resolve to loopback or private addresses (default none).
    pub allow_private: Vec<String>,
}

/// `[[fetch.host]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPace {
    /// `name` of the host, e.g. `t.me`.
    pub name: String,
    /// `interval_ms`: between two requests to it (default: `host_interval_ms`).
    pub interval_ms: u32,
    /// `parallel`: requests at a time to it (default: `host_parallel`).
    pub parallel: usize,
}

/// A proxy that requests go through. It resolves the names itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// `http`, `https` or `socks5`, its host and port; never with a password.
    pub url: String,
    /// `proxy_auth_file` or `proxy_auth_env`: `user:password`.
    pub auth: Option<Secret>,
}

impl Proxy {
    /// Its address with the login read and, for `socks5`, with names left to it. Never to be shown: it holds the password.
    pub fn address(&self) -> Result<Url, String> {
        let url = self.url.replacen("socks5://", "socks5h://", 1);
        let mut url = Url::parse(&url).map_err(|error| error.to_string())?;
        if let Some(secret) = &self.auth {
            let login = secret.read()?;
            let (user, password) = login.split_once(':').unwrap_or((&login, ""));
            let set = url.set_username(user).and_then(|()| url.set_password(Some(password)));
            set.map_err(|()| "имя пользователя в него не вставить".to_owned())?;
        }
        Ok(url)
    }
}

/// `[vk]`.
#[derive(Debug, Clone)]
pub struct Vk {
    /// `api`: base of the API (default `https://api.vk.com/method`).
    pub api: String,
    /// `token_file` or `token_env` (a service token), and each `[[vk.token]]`: without any VK sources are not polled and
    /// shown as not seen.
    pub tokens: Vec<VkToken>,
    /// `proxy`: of this API alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
    /// `slowest`: no wall is left unread for longer while the limits allow it (default 6h).
    pub slowest: Duration,
    /// `[vk.limits]`.
    pub limits: VkLimits,
    /// `callback`: address on which events of communities of one's own are taken from the Callback API (default none). VK must
    /// reach it by HTTPS through a proxy; the path is `/vk`.
    pub callback: Option<std::net::SocketAddr>,
}

/// A `[[vk.token]]`.
#[derive(Debug, Clone)]
pub struct VkToken {
    /// `kind`: what VK issued it as; each kind has its own methods and limits.
    pub kind: TokenKind,
    /// `file` or `env`.
    pub secret: Secret,
}

/// What a token of VK was issued as (<https://dev.vk.com/ru/api/access-token/getting-started>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// Of an application.
    Service,
    /// Of a person.
    User,
    /// Of a community.
    Community,
}

/// `[vk.limits]`: what VK allows a token (<https://dev.vk.com/ru/api/api-requests>). More calls are answered with errors 6 and 29.
#[derive(Debug, Clone)]
pub struct VkLimits {
    /// `service_per_second`: calls of a service token (default 5).
    pub service_per_second: u32,
    /// `user_per_second`: calls of a user's token (default 3).
    pub user_per_second: u32,
    /// `community_per_second`: calls of a community's token (default 20).
    pub community_per_second: u32,
    /// `wall_get_per_day`: calls of `wall.get` a token (default 5000).
    pub wall_get_per_day: u32,
    /// `wall_search_per_day`: calls of `wall.search` a token (default 1000).
    pub wall_search_per_day: u32,
    /// `newsfeed_search_per_day`: calls of `newsfeed.search` a token (default 1000).
    pub newsfeed_search_per_day: u32,
}

/// `[reread]`: recent posts are read again for edits, counters and deletions, the rarer the older they are.
#[derive(Debug, Clone)]
pub struct Reread {
    /// `days`: posts older than this are left alone once they are off the newest page (default 3).
    pub days: u32,
    /// `first`: the shortest pause between two readings; an older post rests a quarter of its age (default 30m).
    pub first: Duration,
}

/// `[telegram]`.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// `preview`: base of the public web preview (default `https://t.me`).
    pub preview: String,
    /// `proxy`: of the preview alone; `"direct"`: none (default: that of `[fetch]`).
    pub proxy: Option<Proxy>,
}

/// `[digest]`.
#[derive(Debug, Clone)]
pub struct Digest {
    /// `at`: when yesterday's digest is made (default 07:30).
    pub at: ClockTime,
}

/// Where a secret is read from when it is used; the value itself is never in the configuration.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A file whose trimmed content is the secret.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

impl Secret {
    /// Reads the secret. The error names where it was looked for, never what was found.
    pub fn read(&self) -> Result<String, String> {
        let value = match self {
            Secret::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("не читается секрет из {}: {error}", path.display()))?,
            Secret::Env(name) => std::env::var(name).map_err(|_| format!("не задана переменная окружения {name}"))?,
        };
        let value = value.trim();
        if value.is_empty() { Err(format!("секрет пуст: {self:?}")) } else { Ok(value.to_owned()) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Secret::File(path) => write!(f, "file {}", path.display()),
            Secret::Env(name) => write!(f, "${name}"),
        }
    }
}
