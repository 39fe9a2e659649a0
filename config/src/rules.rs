//! `taxonomy/*.toml` and `risks/*.toml`: what classification recognises.

use model::Sector;
use text::Query;

/// A pattern of the query language, as written and as parsed.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As written: it is what an explanation shows.
    pub source: String,
    /// Parsed.
    pub query: Query,
}

/// `taxonomy/<sector>.toml`.
#[derive(Debug, Clone)]
pub struct SectorRules {
    /// `sector`: its code.
    pub sector: Sector,
    /// `[[topic]]`.
    pub topics: Vec<Topic>,
}

/// A `[[topic]]`.
#[derive(Debug, Clone)]
pub struct Topic {
    /// `id`: unique over all sectors, e.g. `jkh.water`.
    pub id: String,
    /// `name` people see.
    pub name: String,
    /// `any`: one of these must match.
    pub any: Vec<Pattern>,
    /// `except`: none of these may match.
    pub except: Vec<Pattern>,
    /// `weight`: how strongly it speaks for its sector when several match (default 1).
    pub weight: f32,
    /// `incident`: the topics of «Инцидент Менеджмент» that it is, as exports of that system name them (default none).
    pub incident: Vec<String>,
    /// `[topic.examples]`.
    pub examples: Examples,
}

/// Texts that a rule must and must not match; `otklik check` and the tests run them.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    /// The file they stand in.
    pub file: String,
    /// `match`.
    pub matching: Vec<Example>,
    /// `miss`.
    pub missing: Vec<Example>,
}

/// One text of [`Examples`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The text.
    pub text: String,
    /// Its line in the file, from 1.
    pub line: usize,
}

/// `[[kind]]` in `risks/*.toml`: a kind of risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskKind {
    /// `code`: unique, e.g. `utility_accident`.
    pub kind: String,
    /// `name` people see.
    pub name: String,
    /// `one_event`: what is told of this kind in one place is one event, whichever things the posts name, as smoke, flames and a burning
    /// shed.
    pub one_event: bool,
}
