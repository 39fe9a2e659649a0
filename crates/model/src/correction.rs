//! What a person said of a post: it outranks rules and model until it is withdrawn.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::PostId;
use crate::risk::Level;
use crate::sector::Sector;
use crate::time::Time;

/// A correction of a post's tags. Only what the person said is replaced; the last correction of a post counts, and it counts for every
/// version of the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Version of the wire format, see [`crate::wire::FORMAT`].
    #[serde(default = "crate::format::current_format")]
    pub v: u32,
    /// The post.
    pub id: PostId,
    /// When the person said it.
    pub at: Time,
    /// Who.
    pub by: String,
    /// The sector, the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<Sector>,
    /// The level of the post's only risk, or that there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<SaidLevel>,
    /// The kind of that risk, an id of `config/risks/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The topics, ids of `config/taxonomy/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topics: Option<Vec<String>>,
    /// Why, in the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was said of the post before is withdrawn, and nothing new is said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// The level that a person gave a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum SaidLevel {
    /// It reports no risk.
    None,
    /// It reports a risk of this level.
    Risk(Level),
}

impl SaidLevel {
    /// The code on the wire and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            SaidLevel::None => "none",
            SaidLevel::Risk(level) => level.as_str(),
        }
    }

    /// The level of a code.
    pub fn parse(code: &str) -> Option<SaidLevel> {
        match code {
            "none" => Some(SaidLevel::None),
            code => Level::parse(code).map(SaidLevel::Risk),
        }
    }
}

impl TryFrom<String> for SaidLevel {
    type Error = String;

    fn try_from(code: String) -> Result<SaidLevel, String> {
        SaidLevel::parse(&code).ok_or_else(|| format!("{code:?} is no level: none, low, medium, high or critical"))
    }
}

impl From<SaidLevel> for &'static str {
    fn from(level: SaidLevel) -> &'static str {
        level.as_str()
    }
}

impl fmt::Display for SaidLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Correction {
    /// That nothing is said of a post any more.
    pub fn withdrawal(id: PostId, at: Time, by: impl Into<String>) -> Correction {
        Correction {
            v: crate::format::FORMAT,
            id,
            at,
            by: by.into(),
            sector: None,
            level: None,
            kind: None,
            topics: None,
            note: None,
            withdrawn: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_said_is_written_and_it_comes_back_the_same() {
        let json =
            r#"{"v":1,"id":"vk:-1_2","at":"2026-11-01T10:00:00Z","by":"Иванова","sector":"roads","level":"none"}"#;
        let correction: Correction = serde_json::from_str(json).unwrap();
        assert_eq!((correction.level, correction.withdrawn), (Some(SaidLevel::None), false));
        assert_eq!(serde_json::to_string(&correction).unwrap(), json);
        for level in ["none", "low", "medium", "high", "critical"] {
            assert_eq!(SaidLevel::parse(level).unwrap().to_string(), level);
        }
        assert!(serde_json::from_str::<Correction>(&json.replace("none", "awful")).is_err());
    }
}
