//! `stories/*.toml`.

use std::collections::BTreeMap;

use model::Sector;
use serde::Deserialize;

/// A file of `stories/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Story {
    pub id: String,
    pub sector: Sector,
    /// The alerts that must ring for it, and no others.
    pub rings: Vec<Ring>,
    /// When it begins, in hours before the end of the world.
    pub before_end_h: f64,
    /// Hours of the day in which it may begin, the last excluded; otherwise it waits for the next such hour.
    #[serde(default)]
    pub hours: Option<[i64; 2]>,
    /// Fixed slots.
    #[serde(default)]
    pub slots: BTreeMap<String, String>,
    #[serde(default)]
    pub post: Vec<ScriptedPost>,
    #[serde(default)]
    pub wave: Vec<Wave>,
}

/// An alert that must ring.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// Kind of risk, as the alert tells it.
    pub kind: String,
    /// The level that it comes to.
    pub level: model::Level,
}

/// A post of a story. Times are hours from its start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptedPost {
    pub at: f64,
    pub source: String,
    pub text: String,
    #[serde(default)]
    /// The name by which later posts refer to it.
    pub key: Option<String>,
    #[serde(default)]
    pub reply_to: Option<String>,
    #[serde(default)]
    pub repost_of: Option<String>,
    /// Hours after publication and the new text.
    #[serde(default)]
    pub edits: Vec<(f64, String)>,
    /// Hours after publication.
    #[serde(default)]
    pub deleted: Option<f64>,
    #[serde(default)]
    pub pinned: bool,
    #[serde(default)]
    pub photo: bool,
}

/// Many posts of a story, ever denser.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wave {
    pub from: f64,
    pub to: f64,
    pub count: usize,
    pub sources: Vec<String>,
    pub texts: Vec<String>,
}
