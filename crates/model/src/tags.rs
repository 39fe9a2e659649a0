//! What was recognised in a post.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::flat::Flat;
use crate::{Post, Sketch, Version};

/// One of the six sectors a municipality answers for, or everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sector {
    /// ЖКХ: housing and utilities.
    Jkh,
    /// ТКО: municipal solid waste.
    Tko,
    /// Social policy.
    Social,
    /// Education.
    Education,
    /// Roads.
    Roads,
    /// Public transport.
    Transport,
    /// None of the six.
    #[default]
    Other,
}

impl Sector {
    /// All sectors, in the order people see them.
    pub const ALL: [Sector; 7] =
        [Sector::Jkh, Sector::Tko, Sector::Social, Sector::Education, Sector::Roads, Sector::Transport, Sector::Other];

    /// The code on the wire and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Sector::Jkh => "jkh",
            Sector::Tko => "tko",
            Sector::Social => "social",
            Sector::Education => "education",
            Sector::Roads => "roads",
            Sector::Transport => "transport",
            Sector::Other => "other",
        }
    }

    /// The sector of a code.
    pub fn parse(code: &str) -> Option<Sector> {
        Sector::ALL.into_iter().find(|sector| sector.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Sector::Jkh => "ЖКХ",
            Sector::Tko => "ТКО",
            Sector::Social => "Социальная политика",
            Sector::Education => "Образование",
            Sector::Roads => "Дороги",
            Sector::Transport => "Транспорт",
            Sector::Other => "Прочее",
        }
    }
}

impl fmt::Display for Sector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bad a risk is. What each level means is written in `config/risks/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Low,
    /// Needs a look within the day.
    Medium,
    /// Needs somebody now.
    High,
    /// Life, health or the whole district at stake.
    Critical,
}

impl Level {
    /// All levels, mildest first.
    pub const ALL: [Level; 4] = [Level::Low, Level::Medium, Level::High, Level::Critical];

    /// The code on the wire and in configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// The level of a code.
    pub fn parse(code: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.as_str() == code)
    }

    /// The name people see.
    pub fn name_ru(self) -> &'static str {
        match self {
            Level::Low => "низкий",
            Level::Medium => "средний",
            Level::High => "высокий",
            Level::Critical => "критический",
        }
    }
}

/// A risk recognised in a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// Kind, an id of `config/risks/`.
    pub kind: String,
    /// Level after everything that raises or lowers it.
    pub level: Level,
    /// Every contribution in words: the rule, what matched, what raised or lowered.
    pub why: Vec<String>,
}

/// A fingerprint whose Hamming distance to another tells near-copies. Written as 16 hex digits, since JSON numbers lose bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature(pub u64);

impl TryFrom<String> for Signature {
    type Error = std::num::ParseIntError;

    fn try_from(hex: String) -> Result<Signature, Self::Error> {
        u64::from_str_radix(&hex, 16).map(Signature)
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> String {
        format!("{:016x}", signature.0)
    }
}

/// Everything classification adds to a post.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tags {
    /// Number of the rule set that made these tags; grows with each change of the rules.
    #[serde(default)]
    pub rules: u32,
    /// ISO 639-1, where the text is long enough to tell.
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
    pub since: Option<crate::Time>,
    /// Until when, as the post states it: the end of announced work, a promised repair.
    #[serde(default)]
    pub until: Option<crate::Time>,
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
}

/// A post with its tags; flat on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Flat")]
pub struct TaggedPost {
    /// What was read.
    #[serde(flatten)]
    pub post: Post,
    /// What was recognised.
    #[serde(flatten)]
    pub tags: Tags,
}

impl TaggedPost {
    /// Its place in the order of versions.
    pub fn version(&self) -> Version {
        Version::new(self.post.seen(), self.tags.rules)
    }

    /// The worst level of its risks.
    pub fn level(&self) -> Option<Level> {
        self.tags.risks.iter().map(|risk| risk.level).max()
    }
}
