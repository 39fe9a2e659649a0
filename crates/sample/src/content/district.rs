//! `district.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What the slots of a text are filled with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct District {
    /// Nominative and prepositional: «Ткацкая», «Ткацкой».
    pub streets: Vec<[String; 2]>,
    /// Nominative, prepositional, genitive.
    pub villages: Vec<[String; 3]>,
    /// Nominative and prepositional.
    pub quarters: Vec<[String; 2]>,
    /// Single values by the name of their slot.
    pub words: BTreeMap<String, Vec<String>>,
}
