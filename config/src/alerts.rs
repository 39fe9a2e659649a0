//! `alerts.toml`: what makes an alert, and when people are notified.

use std::time::Duration;

use jiff::civil;
use model::Level;

use crate::channels::Webhook;
use crate::settings::Secret;

/// `alerts.toml`.
#[derive(Debug, Clone)]
pub struct AlertRules {
    /// `group_window`: posts of one kind and place this close in time are one story (default 24h).
    pub group_window: Duration,
    /// `wide_kinds`: kinds of risk whose posts from different places are one story within `wide_window`.
    pub wide_kinds: Vec<String>,
    /// `wide_window` (default 6h).
    pub wide_window: Duration,
    /// `quiet_after`: a story without a new post for this long is quiet (default 48h).
    pub quiet_after: Duration,
    /// `max_age`: older posts notify nobody (default 24h).
    pub max_age: Duration,
    /// `copy_distance`: signatures at most this many bits apart are near-copies (default 12).
    pub copy_distance: u32,
    /// `webhook`: URL that receives every alert as JSON with an `Idempotency-Key`.
    pub webhook: Option<String>,
    /// `webhook_secret_file` or `webhook_secret_env`: what these requests are signed with; absent: they are not signed.
    pub webhook_secret: Option<Secret>,
    /// `[notify]`.
    pub notify: Notify,
    /// `[shift]`: the report that goes out even when nothing happened.
    pub shift: Shift,
    /// `[heartbeat]`.
    pub heartbeat: Option<Heartbeat>,
    /// `[[rule]]`, in the order of the file.
    pub rules: Vec<AlertRule>,
}

impl AlertRules {
    /// Name of the webhook of `alerts.toml` among those of `channels.toml`.
    pub const WEBHOOK: &str = "alerts.toml";

    /// From this level on a risk makes an alert: the lowest level of the rules of the kind `risk`.
    pub fn risk_level(&self) -> Level {
        let levels = self.rules.iter().filter_map(|rule| match rule.kind {
            RuleKind::Risk { level } => Some(level),
            _ => None,
        });
        levels.min().unwrap_or(Level::Critical)
    }

    /// `webhook` as a channel.
    pub fn webhook_channel(&self) -> Option<Webhook> {
        let url = self.webhook.clone()?;
        Some(Webhook { name: Self::WEBHOOK.to_owned(), url, secret: self.webhook_secret.clone(), proxy: None })
    }
}

/// `[notify]`.
#[derive(Debug, Clone)]
pub struct Notify {
    /// `wait_low` … `wait_critical`: how long an alert gathers posts before the first notification, in the order of [`Level::ALL`].
    pub wait: [Duration; 4],
    /// `update`: how often those who were notified see what became of it (default 15m).
    pub update: Duration,
}

impl Notify {
    /// How long an alert of a level gathers posts before the first notification.
    pub fn wait(&self, level: Level) -> Duration {
        Level::ALL.iter().zip(self.wait).find(|(of, _)| **of == level).map_or(Duration::ZERO, |(_, wait)| wait)
    }
}

/// `[shift]`.
#[derive(Debug, Clone, Default)]
pub struct Shift {
    /// `at`: hours of the day; none: no report.
    pub at: Vec<civil::Time>,
    /// `to`: codes of roles in `people.toml`.
    pub to: Vec<String>,
}

impl Shift {
    /// The default: morning and evening, to the officer on duty. `at = []` turns the report off.
    pub fn usual() -> Shift {
        Shift { at: vec![civil::time(8, 0, 0, 0), civil::time(20, 0, 0, 0)], to: vec!["officer".to_owned()] }
    }
}

/// `[heartbeat]`.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    /// `url`, requested with GET.
    pub url: String,
    /// `every` (default 1m).
    pub every: Duration,
}

/// A `[[rule]]`.
#[derive(Debug, Clone)]
pub struct AlertRule {
    /// `id`: unique.
    pub id: String,
    /// `reason`: why it is there, as the alert shows it.
    pub reason: String,
    /// `owner`: who answers for its noise.
    pub owner: String,
    /// `kind` with what belongs to it.
    pub kind: RuleKind,
}

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleKind {
    /// A story with a risk of this level or above.
    Risk {
        /// The least level.
        level: Level,
    },
    /// More posts in a window than the same hour of the week has seen.
    Burst(Burst),
    /// One story in many sources or seen by many.
    Spread {
        /// At least this many sources.
        sources: Option<u64>,
        /// At least this many views.
        views: Option<u64>,
        /// Level of the alert.
        level: Level,
    },
    /// A story gains views or reposts fast.
    Growth {
        /// Views within an hour.
        views_per_hour: Option<u64>,
        /// Reposts within an hour.
        reposts_per_hour: Option<u64>,
        /// Level of the alert.
        level: Level,
    },
    /// A saved search matched.
    Query {
        /// Its id in `searches.toml`.
        search: String,
        /// Level of the alert.
        level: Level,
    },
    /// Something was not seen for too long, by the coverage ledger.
    Silence {
        /// What.
        of: SilenceOf,
        /// For how long.
        after: Duration,
        /// Level of the alert.
        level: Level,
    },
    /// A story comes back after its alert was closed.
    Recurrence {
        /// With this many posts.
        posts: u64,
        /// Within this long after the closing.
        within: Duration,
    },
    /// The installation itself.
    System {
        /// A stage is more messages behind.
        lag: u64,
        /// More messages became dead letters since the last hour.
        dead_letters: u64,
        /// Less of the data folder's disk is free, in percent.
        disk_free_percent: u64,
        /// Level of the alert.
        level: Level,
    },
}

/// The codes of the kinds of rules, as rules and routes name them.
pub const RULE_KINDS: [&str; 8] = ["risk", "burst", "spread", "growth", "query", "silence", "recurrence", "system"];

impl RuleKind {
    /// The code in configuration and in routes.
    pub fn code(&self) -> &'static str {
        match self {
            RuleKind::Risk { .. } => "risk",
            RuleKind::Burst(_) => "burst",
            RuleKind::Spread { .. } => "spread",
            RuleKind::Growth { .. } => "growth",
            RuleKind::Query { .. } => "query",
            RuleKind::Silence { .. } => "silence",
            RuleKind::Recurrence { .. } => "recurrence",
            RuleKind::System { .. } => "system",
        }
    }
}

/// A rule of kind `burst`.
#[derive(Debug, Clone, PartialEq)]
pub struct Burst {
    /// `by`: what is counted.
    pub by: BurstBy,
    /// `window`: how far back posts count.
    pub window: Duration,
    /// `minimum`: fewer posts are no burst.
    pub minimum: u64,
    /// `minimum_new`: the same while there are less than four weeks of history, and nothing to compare with.
    pub minimum_new: u64,
    /// `authors`: with fewer voices it is no burst; near-copies are one voice.
    pub authors: u64,
    /// `factor`: how many times as many as usual at this hour of the week.
    pub factor: f64,
    /// Level of the alert.
    pub level: Level,
}

/// What a burst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BurstBy {
    /// Posts of a sector.
    Sector,
    /// Posts of a topic.
    Topic,
    /// Posts that name a place.
    Place,
    /// Posts of a story.
    Story,
}

impl BurstBy {
    /// The code in configuration, and the first part of a counted key.
    pub fn code(self) -> &'static str {
        match self {
            BurstBy::Sector => "sector",
            BurstBy::Topic => "topic",
            BurstBy::Place => "place",
            BurstBy::Story => "story",
        }
    }
}

/// Whose silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceOf {
    /// A source.
    Source,
    /// All sources of a platform.
    Platform,
    /// All sources.
    Everything,
}
