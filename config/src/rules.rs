//! `taxonomy/*.toml` and `risks/*.toml`: what classification recognises.

use model::{Level, Sector};
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

/// `[[risk]]` in `risks/*.toml`.
#[derive(Debug, Clone)]
pub struct RiskRules {
    /// `kind`: unique, e.g. `utility_accident`.
    pub kind: String,
    /// `name` people see.
    pub name: String,
    /// `level` when nothing raises or lowers it.
    pub level: Level,
    /// `any`: one of these must match.
    pub any: Vec<Pattern>,
    /// `except`: none of these may match.
    pub except: Vec<Pattern>,
    /// `except_lists`, `raise_lists`, `lower_lists`: ids of [`List`]s beside the ones that apply everywhere. Each that matches
    /// counts once.
    pub lists: Vec<(Effect, String)>,
    /// `raise`: each that matches raises the level by one.
    pub raise: Vec<Pattern>,
    /// `lower`: each that matches lowers it by one; below low there is no risk.
    pub lower: Vec<Pattern>,
    /// `[risk.examples]`.
    pub examples: Examples,
}

/// `[[list]]` in `risks/*.toml`: patterns about the whole post that several risks share.
#[derive(Debug, Clone)]
pub struct List {
    /// `id`: unique.
    pub id: String,
    /// `name` people see in a reason.
    pub name: String,
    /// `any`: the list matches if one of these does.
    pub any: Vec<Pattern>,
    /// `everywhere`: what it does to every risk, whether it names the list or not.
    pub everywhere: Option<Effect>,
    /// `unless_ours`: it takes nothing back in a post that names a place of the district (default false).
    pub unless_ours: bool,
}

/// What a [`List`] does to a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// There is no such risk.
    Except,
    /// One level up.
    Raise,
    /// One level down.
    Lower,
}

impl Effect {
    /// The effect of a code.
    pub fn parse(code: &str) -> Option<Effect> {
        match code {
            "except" => Some(Effect::Except),
            "raise" => Some(Effect::Raise),
            "lower" => Some(Effect::Lower),
            _ => None,
        }
    }
}
