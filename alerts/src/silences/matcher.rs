//! Which alerts a silence or a known cause is about.

use serde::{Deserialize, Serialize};

use crate::store::error::AlertError;

/// Which alerts a silence or a known cause is about. An empty list takes everything; all lists that are given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matcher {
    /// Ids of rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Kinds of risk.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Topics of its posts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Codes of sectors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
    /// Ids of places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
}

/// An alert, reduced to what a matcher looks at.
#[derive(Debug, Clone, Default)]
pub struct AlertFacts {
    pub rule: String,
    pub kind: String,
    pub topics: Vec<String>,
    pub sector: Option<String>,
    pub place: Option<String>,
}

impl Matcher {
    /// Whether an alert fits.
    pub fn matches(&self, facts: &AlertFacts) -> bool {
        let one = |list: &[String], value: Option<&String>| {
            list.is_empty() || value.is_some_and(|value| list.contains(value))
        };
        one(&self.rules, Some(&facts.rule))
            && one(&self.kinds, Some(&facts.kind))
            && one(&self.sectors, facts.sector.as_ref())
            && one(&self.places, facts.place.as_ref())
            && (self.topics.is_empty() || facts.topics.iter().any(|topic| self.topics.contains(topic)))
    }

    /// Whether it takes everything: nobody silences everything on purpose.
    pub fn is_empty(&self) -> bool {
        *self == Matcher::default()
    }

    /// Reads it from its column.
    pub fn read(json: &str) -> Result<Matcher, AlertError> {
        serde_json::from_str(json).map_err(|_| AlertError::Stored("matcher".into()))
    }

    /// As its column keeps it.
    pub fn write(&self) -> Result<String, AlertError> {
        serde_json::to_string(self).map_err(|error| AlertError::Stored(error.to_string()))
    }
}
