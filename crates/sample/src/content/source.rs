//! `sources.toml`.

use serde::Deserialize;

/// A source of the sample, as the world has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id in the `sources.toml` of [`crate::config_files()`].
    pub id: String,
    /// The name people see.
    pub name: String,
    /// Where it is served.
    pub address: Address,
    /// What its page says of itself.
    pub about: String,
    /// Background posts a day.
    pub(crate) per_day: f64,
    /// Readers: what views grow towards.
    pub(crate) reach: u32,
    /// When its posts come.
    pub(crate) rhythm: Rhythm,
    /// Number of its first post.
    pub(crate) first: u64,
    /// Written by private people rather than in the source's own name.
    #[serde(default)]
    pub(crate) private: bool,
    /// Hours of the last day in which it answers 503: first and last, counted from the start of the story of the water main.
    #[serde(default)]
    pub(crate) down: Option<[f64; 2]>,
}

/// Where a source of the sample is served.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Address {
    /// A community's wall, by its negative owner id and short name.
    Vk {
        /// Negative: a community.
        owner: i64,
        /// Name in links.
        screen_name: String,
    },
    /// A channel, by its public name and number.
    Telegram {
        /// Name in links, lower case.
        channel: String,
        /// Number in `data-view`.
        number: u64,
    },
    /// A feed, by the last part of its path.
    Feed {
        /// `/feeds/{file}`.
        file: String,
        /// Format.
        format: Format,
        /// The site that its links lead to.
        site: String,
    },
}

/// Formats of the sample's feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0, UTF-8, full text in `content:encoded`.
    Rss,
    /// RSS 2.0 in windows-1251.
    Rss1251,
    /// Atom 1.0.
    Atom,
}

/// When posts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rhythm {
    /// Working hours, little at weekends.
    Office,
    /// From morning to late evening.
    People,
}
