//! The figures of a digest, as `digest --json` prints them.

use jiff::civil::Date;
use model::{Level, Sector, Time};
use serde::{Deserialize, Serialize};

use crate::SourceSeen;

/// A day in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The day, in the configured time zone.
    pub date: Date,
    /// The cut-off: what came in later is not here but in the next digest.
    pub made_at: Time,
    /// Whether the day was over at the cut-off.
    pub finished: bool,
    /// Whether every source was seen for the whole day; a day that was not is marked and not compared.
    pub complete: bool,
    /// What needs a decision: at most [`Digest::DECISIONS`], the worst first.
    pub decisions: Vec<Decision>,
    /// Posts published on the day.
    pub posts: u64,
    /// Posts published on the day before.
    pub posts_day_before: Option<u64>,
    /// Posts of the day before that came in after its digest was made.
    pub late: Option<u64>,
    /// Every sector.
    pub sectors: Vec<SectorVolume>,
    /// Posts by hour, 0–23.
    pub hours: Vec<u64>,
    /// The most frequent topics.
    pub topics: Vec<TopicLine>,
    /// Posts by kind and level of risk, the worst first.
    pub risks: Vec<RiskLine>,
    /// Alerts opened on the day and what became of them.
    pub alerts: Vec<AlertLine>,
    /// What was held back on the day, and why.
    #[serde(default)]
    pub held: Vec<HeldLine>,
    /// Critical messages that did not arrive.
    #[serde(default)]
    pub undelivered: u64,
    /// Every source that was to be seen, the least seen first.
    pub sources: Vec<SourceSeen>,
}

impl Digest {
    /// A head decides about three things a morning; the rest is in the list of alerts.
    pub const DECISIONS: usize = 3;

    /// Below this a percentage says more about chance than about the district.
    pub const PERCENT_FROM: u64 = 20;
}

/// Something that needs a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The alert.
    pub alert: String,
    /// What, where.
    pub headline: String,
    /// How bad.
    pub level: Level,
    /// `open` or `closed`.
    pub state: String,
    /// Posts.
    pub posts: u64,
    /// Views of these posts.
    pub views: u64,
    /// By when («условный срок»).
    pub deadline: Time,
    /// The deadline had passed at the cut-off.
    pub overdue: bool,
}

/// A sector against the day before and the mean of the seven days before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectorVolume {
    /// The sector.
    pub sector: Sector,
    /// Posts.
    pub posts: u64,
    /// Posts on the day before; null where either day was not fully seen.
    pub day_before: Option<u64>,
    /// Mean of the fully seen ones of the seven days before; null below three such days.
    pub mean: Option<f64>,
    /// Change against the mean in percent; null below [`Digest::PERCENT_FROM`] posts on both sides.
    pub change_percent: Option<i64>,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicLine {
    /// Its id.
    pub topic: String,
    /// Its name.
    pub name: String,
    /// Posts.
    pub posts: u64,
}

/// A kind of risk at one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskLine {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// Posts.
    pub posts: u64,
}

/// An alert of the day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertLine {
    /// Its id.
    pub alert: String,
    /// What, where.
    pub headline: String,
    /// How bad.
    pub level: Level,
    /// `open` or `closed` at the cut-off.
    pub state: String,
    /// What became of it by then: `raised`, `sent`, `acknowledged`, `in_work`, `resolved`, `false_alarm`, …
    #[serde(default)]
    pub life: String,
    /// When it was opened.
    pub opened_at: Time,
    /// Posts.
    pub posts: u64,
}

/// An alert that was held back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeldLine {
    /// The alert.
    pub alert: String,
    /// What, where.
    pub headline: String,
    /// Why: a silence or a known cause.
    pub why: String,
}
