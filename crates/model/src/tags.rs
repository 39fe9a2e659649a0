//! What was recognised in a post.

use serde::{Deserialize, Serialize};

use crate::corrected::Corrected;
use crate::event::Event;
use crate::risk::Risk;
use crate::sector::Sector;
use crate::signature::Signature;
use crate::sketch::Sketch;
use crate::time::Time;

/// Everything classification adds to a post.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tags {
    /// Number of the rule set that made these tags; grows with each change of the rules.
    #[serde(default)]
    pub rules: u32,
    /// ISO 639-1; null where the text is too short to decide.
    #[serde(default)]
    pub language: Option<String>,
    /// The main sector.
    #[serde(default)]
    pub sector: Sector,
    /// All sectors recognised, the main one first; `other` alone where none is.
    #[serde(default)]
    pub sectors: Vec<Sector>,
    /// Topics, ids of `config/taxonomy/`.
    #[serde(default)]
    pub topics: Vec<String>,
    /// What the post reports, the gravest first.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Risks, the worst first.
    #[serde(default)]
    pub risks: Vec<Risk>,
    /// Places named, ids of `config/places/`.
    #[serde(default)]
    pub places: Vec<String>,
    /// The organisation that answers for it, an id of `config/recipients.toml`.
    #[serde(default)]
    pub recipient: Option<String>,
    /// One line: what, where.
    #[serde(default)]
    pub subject: Option<String>,
    /// Since when, as the post states it.
    #[serde(default)]
    pub since: Option<Time>,
    /// Until when, as the post states it: the end of announced work, a promised repair.
    #[serde(default)]
    pub until: Option<Time>,
    /// Why the post is not about the district, in Russian; null where it is. Such a post alerts nobody.
    #[serde(default)]
    pub elsewhere: Option<String>,
    /// The rule and the words behind each sector, topic and place.
    #[serde(default)]
    pub why: Vec<String>,
    /// Saved searches it matches, ids of `searches.toml`.
    #[serde(default)]
    pub matched: Vec<String>,
    /// Near-copy fingerprint; null for texts too short to have one.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// The telling words, by which posts on one event are known; null for texts too short to have any.
    #[serde(default)]
    pub sketch: Option<Sketch>,
    /// What a person corrected, and what the rules had said; absent where the tags are those of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Box<Corrected>>,
}
