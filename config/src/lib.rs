//! Otklik's settings and rules as validated types.
//!
//! The files themselves lie beside this crate (`config/*.toml`, `config/taxonomy/`, …) and are also compiled in, so that the
//! binary runs where no folder is given. They are validated as a whole: every problem with its file and line, unknown keys
//! refused. No I/O beyond reading them.

mod address;
mod alerts;
mod channels;
mod config;
mod events;
mod files;
mod http_url;
mod parse;
mod people;
mod places;
mod problems;
mod rules;
mod searches;
mod settings;
mod sources;

pub use address::Address;
pub use alerts::{AlertRule, AlertRules, Burst, BurstBy, Heartbeat, Notify, RULE_KINDS, RuleKind, Shift, SilenceOf};
pub use channels::{
    ChannelKind, Channels, Email, GatewayRequest, MailSecurity, MaxBot, PhoneGateway, TelegramBot, VkCommunity, Webhook,
};
pub use config::Config;
pub use events::{Aside, Case, EventRules, Marker, Named, Object, Reach, Row, Says, State};
pub use files::{Files, ReadError};
pub use http_url::is_on_loopback;
pub use people::{Chain, Contact, Hours, People, Person, PersonRole, Route};
pub use places::{Place, Recipient};
pub use problems::{Problem, Problems};
pub use rules::{Example, Examples, Pattern, RiskKind, SectorRules, Topic};
pub use searches::SavedSearch;
pub use settings::{
    Archive, Classify, Digest, FactsServer, Fetch, HeatingSeason, HostPace, JournalLimits, Kafka, KafkaLogin, Max,
    MaxWebhook, Proxy, Reread, Roles, Secret, Settings, Telegram, TokenKind, TrainedModel, Vk, VkLimits, VkToken, Way,
    Web, is_open_to_others,
};
pub use sources::{Callback, Events, Identity, ListSelectors, Source};
