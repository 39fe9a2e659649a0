//! `otklik.toml`: how the installation runs.

mod archive;
mod cluster;
mod fetch;
mod max;
mod proxy;
mod secret;
mod trained_model;
mod vk;
mod web;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time as ClockTime;
use jiff::tz::TimeZone;

pub use archive::Archive;
pub use cluster::{Kafka, KafkaLogin, Roles};
pub use fetch::{Fetch, HostPace};
pub use max::{Max, MaxWebhook};
pub use proxy::{Proxy, Way};
pub use secret::{Secret, is_open_to_others};
pub use trained_model::TrainedModel;
pub use vk::{TokenKind, Vk, VkLimits, VkToken};
pub use web::Web;

/// `otklik.toml`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `timezone`: days and hours everywhere are of this zone (default Europe/Moscow).
    pub timezone: TimeZone,
    /// `public_url`: where people reach the page, e.g. `https://otklik.example.ru`. Links in digests lead there;
    /// without it they unfold in the file.
    pub public_url: Option<String>,
    /// `[web]`.
    pub web: Web,
    /// `[journal]`.
    pub journal: JournalLimits,
    /// `[archive]`.
    pub archive: Archive,
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
    /// `[max]`.
    pub max: Max,
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
    /// `model`: the file of a trained model, relative to the configuration's folder; absent: sectors are recognised by the rules alone.
    pub model: Option<Arc<TrainedModel>>,
    /// `heating_season`: first and last day of the year when heat is essential (default `10-01..05-01`).
    pub heating_season: HeatingSeason,
}

/// From one day of the year to another, which may lie in the next year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeatingSeason {
    /// Month and day of the first.
    pub from: (i8, i8),
    /// Month and day of the last.
    pub to: (i8, i8),
}

impl Default for HeatingSeason {
    fn default() -> HeatingSeason {
        HeatingSeason { from: (10, 1), to: (5, 1) }
    }
}

impl HeatingSeason {
    /// Whether a moment falls into it, by the days of a time zone.
    pub fn holds(&self, at: model::Time, zone: &jiff::tz::TimeZone) -> bool {
        let date = at.to_zoned_datetime(zone.clone()).date();
        let day = (date.month(), date.day());
        if self.from <= self.to { self.from <= day && day <= self.to } else { self.from <= day || day <= self.to }
    }
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
    /// `url` of a ClickHouse server's HTTP interface, or of the embedded engine of the role `facts` (default with `listen`: there).
    pub url: String,
    /// `listen`: there is no server; the role `facts` runs the embedded engine and serves it here, at `url`. It has the user
    /// `otklik` and the password in `facts/password` of that role's data folder.
    pub listen: Option<SocketAddr>,
    /// `guests`: whoever is on this machine may read the embedded engine without a password (default false); on the loopback alone.
    pub guests: bool,
    /// `database`.
    pub database: String,
    /// `user` (default: `otklik` with `listen`, else `default`).
    pub user: String,
    /// `cluster`: the server's name for a cluster that the tables are kept on, replicated and in shards; absent: one server.
    pub cluster: Option<String>,
    /// `password_file` or `password_env`.
    pub password: Option<Secret>,
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
    /// `preview`: bases of the public web preview, tried in this order (default t.me, telegram.me, telegram.dog). At least one.
    pub preview: Vec<String>,
    /// `proxy`: of the preview alone, tried in this order; `"direct"`: none (default: those of `[fetch]`). At least one.
    pub ways: Vec<Way>,
}

/// `[digest]`.
#[derive(Debug, Clone)]
pub struct Digest {
    /// `at`: when yesterday's digest is made (default 07:30).
    pub at: ClockTime,
}
