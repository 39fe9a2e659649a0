//! Questions about figures, and their answers.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::{Level, Sector, Time};
use serde::{Deserialize, Serialize};

/// What figures are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FigureBy {
    /// Main sector.
    #[default]
    Sector,
    /// Each topic of a post.
    Topic,
    /// Each kind of risk of a post.
    Risk,
    /// Each object of a post's events.
    Object,
    /// Each state of a post's events.
    State,
    /// Source.
    Source,
    /// Platform.
    Platform,
}

/// Width of a column of figures, in the configured time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Hours.
    Hour,
    /// Days.
    #[default]
    Day,
}

/// Numbers of posts published in `[from, to)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiguresRequest {
    /// Start.
    pub from: Time,
    /// End, not included.
    pub to: Time,
    /// What they are broken down by.
    #[serde(default)]
    pub by: FigureBy,
    /// Width of a column.
    #[serde(default)]
    pub step: Step,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Start of the hour or day.
    pub at: Time,
    /// Code of the sector, id of the topic, …
    pub key: String,
    /// Posts.
    pub posts: u64,
}

/// The figures of one day of the configured time zone, for the digest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DayFigures {
    /// The day.
    pub date: Date,
    /// Posts published on it.
    pub posts: u64,
    /// By main sector; every sector is present.
    pub by_sector: BTreeMap<Sector, u64>,
    /// By topic, most first, at most 20.
    pub by_topic: Vec<(String, u64)>,
    /// By kind and level of risk.
    pub by_risk: Vec<(String, Level, u64)>,
    /// By source.
    pub by_source: BTreeMap<String, u64>,
    /// By hour 0–23.
    pub by_hour: Vec<u64>,
}

/// The volumes of one day of the configured time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayVolumes {
    /// The day.
    pub date: Date,
    /// Posts published on it.
    pub posts: u64,
    /// By main sector; every sector is present.
    pub by_sector: BTreeMap<Sector, u64>,
}

/// Which posts are behind a figure; each field narrows the choice the way the figure counted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostsFilter {
    /// Published at or after.
    pub from: Option<Time>,
    /// Published before.
    pub to: Option<Time>,
    /// The main sector.
    pub sector: Option<Sector>,
    /// One of its topics.
    pub topic: Option<String>,
    /// One of its kinds of risk.
    pub risk: Option<String>,
    /// A risk of exactly this level, that of `risk` if that is given.
    pub risk_level: Option<Level>,
    /// The object of one of its events.
    pub object: Option<String>,
    /// The state of one of its events, that of `object` if that is given.
    pub state: Option<String>,
    /// Its source.
    pub source: Option<String>,
    /// One of these ids; empty: any.
    pub ids: Vec<String>,
}
