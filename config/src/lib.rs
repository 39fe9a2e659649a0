//! Otklik's settings and rules as validated types.
//!
//! The files themselves lie beside this crate (`config/*.toml`, `config/taxonomy/`, …) and are also compiled in, so that the
//! binary runs where no folder is given. They are validated as a whole: every problem with its file and line, unknown keys
//! refused. No I/O beyond reading them.

mod alerts;
mod by_level;
mod calendar;
mod channel_kind;
mod channels;
mod cluster;
mod deadlines;
mod files;
mod parse;
mod people;
mod places;
mod rules;
mod searches;
mod settings;
mod sources;

use jiff::tz::TimeZone;

pub use alerts::{AlertRule, AlertRules, Burst, BurstBy, Heartbeat, Notify, RuleKind, Shift, SilenceOf};
pub use by_level::ByLevel;
pub use calendar::{Calendar, CalendarYear, DayKind, DayPart, Moved};
pub use channel_kind::ChannelKind;
pub use channels::{Channels, Email, MailSecurity, MaxBot, TelegramBot, VkCommunity, Webhook};
pub use cluster::{Kafka, KafkaLogin, Roles};
pub use deadlines::{DeadlineRules, Term};
pub use files::{Files, ReadError};
pub use parse::{Problem, Problems, hex};
pub use people::{Chain, Contact, Hours, People, Person, PersonRole, RULE_KINDS, Route};
pub use places::{Place, Recipient};
pub use rules::{Effect, Example, Examples, List, Pattern, RiskRules, SectorRules, Topic};
pub use searches::SavedSearch;
pub use settings::{
    Classify, Digest, FactsServer, Fetch, HostPace, JournalLimits, Proxy, Reread, Secret, Settings, Telegram,
    TokenKind, TrainedModel, Vk, VkLimits, VkToken, Web,
};
pub use sources::{Address, Callback, Events, Identity, ListSelectors, Source};

/// Everything configured, valid as a whole.
#[derive(Debug, Clone)]
pub struct Config {
    /// `otklik.toml`.
    pub settings: Settings,
    /// `sources.toml`, switched-off ones included.
    pub sources: Vec<Source>,
    /// `taxonomy/*.toml`, one file a sector, in the order of [`model::Sector::ALL`].
    pub taxonomy: Vec<SectorRules>,
    /// `risks/*.toml`.
    pub risks: Vec<RiskRules>,
    /// `[[list]]` of `risks/*.toml`, which the risks share.
    pub lists: Vec<List>,
    /// `places/*.toml`.
    pub places: Vec<Place>,
    /// `recipients.toml`.
    pub recipients: Vec<Recipient>,
    /// `searches.toml`.
    pub searches: Vec<SavedSearch>,
    /// `alerts.toml`.
    pub alerts: AlertRules,
    /// `people.toml`.
    pub people: People,
    /// `calendar.toml`.
    pub calendar: Calendar,
    /// `deadlines.toml`, the oldest rules first; at least one.
    pub deadlines: Vec<DeadlineRules>,
    /// `channels.toml`.
    pub channels: Channels,
    /// Hash of everything that classification reads: when it changes, the rule set gets the next number.
    pub rules_hash: String,
}

impl Config {
    /// Validates files as a whole.
    pub fn parse(files: &Files) -> Result<Config, Problems> {
        parse::config(files)
    }

    /// The one time zone of days and hours.
    pub fn timezone(&self) -> &TimeZone {
        &self.settings.timezone
    }

    /// The name people see for a topic; its id where the rules no longer have it.
    pub fn topic_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.taxonomy
            .iter()
            .flat_map(|sector| &sector.topics)
            .find(|topic| topic.id == id)
            .map_or(id, |topic| &topic.name)
    }

    /// The name people see for a kind of risk.
    pub fn risk_name<'a>(&'a self, kind: &'a str) -> &'a str {
        self.risks.iter().find(|risk| risk.kind == kind).map_or(kind, |risk| &risk.name)
    }

    /// The name people see for a place.
    pub fn place_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.places.iter().find(|place| place.id == id).map_or(id, |place| &place.name)
    }

    /// The name people see for a saved search.
    pub fn search_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.searches.iter().find(|search| search.id == id).map_or(id, |search| &search.name)
    }

    /// The name people see for a source.
    pub fn source_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.sources.iter().find(|source| source.id == id).map_or(id, |source| &source.name)
    }

    /// The name people see for a recipient.
    pub fn recipient_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.recipients.iter().find(|recipient| recipient.id == id).map_or(id, |recipient| &recipient.name)
    }
}
