//! Risks and their levels.

use serde::{Deserialize, Serialize};

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
