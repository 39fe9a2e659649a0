//! What an evaluation of risks prints as JSON.

use std::collections::BTreeMap;

use ::classify::judged::Judgement;
use ::classify::ringing::{Critical, Ringing, Told, should_ring};
use model::Level;
use serde::Serialize;

/// What `--json` prints.
#[derive(Serialize)]
pub struct Report<'a> {
    pub ring: Ring,
    pub critical: CriticalReport,
    pub kinds: Vec<KindReport<'a>>,
    /// Texts by level judged and level told.
    pub levels: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    pub mistakes: Vec<Mistake<'a>>,
}

/// What rang and what should.
#[derive(Serialize)]
pub struct Ring {
    pub texts: usize,
    pub should: usize,
    pub rang: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub false_per_1000: f64,
}

/// What was told critical.
#[derive(Serialize)]
pub struct CriticalReport {
    pub told: usize,
    pub right: usize,
    pub far: usize,
}

/// A kind of risk.
#[derive(Serialize)]
pub struct KindReport<'a> {
    pub kind: &'a str,
    pub should: usize,
    pub rang: usize,
    pub right: usize,
}

/// A text that rang wrongly or should have rung.
#[derive(Serialize)]
pub struct Mistake<'a> {
    pub id: &'a str,
    pub judged: &'static str,
    pub told: &'static str,
    /// The kind judged of what did not ring, the kind told of what did.
    pub kind: Option<&'a str>,
    pub why: &'a [String],
    pub text: &'a str,
}

/// The code of a level, `none` for no risk.
pub fn code(level: Option<Level>) -> &'static str {
    level.map_or("none", Level::as_str)
}

impl<'a> Report<'a> {
    /// The report of figures, with at most so many mistakes.
    pub fn new(figures: &'a Ringing, judged: &'a [Judgement], told: &'a [Told], mistakes: usize) -> Report<'a> {
        let Critical { told: told_critical, right, far } = figures.critical;
        let kinds = figures.kinds.iter();
        let levels = figures.levels.iter();
        let mistake = |number: &usize| {
            let (judged, told) = (&judged[*number], &told[*number]);
            let kind = if should_ring(judged) { judged.kind.as_ref() } else { told.kinds.first() };
            Mistake {
                id: &judged.id,
                judged: code(judged.level),
                told: code(told.level),
                kind: kind.map(String::as_str),
                why: &told.why,
                text: &judged.text,
            }
        };
        Report {
            ring: Ring {
                texts: figures.texts,
                should: figures.should,
                rang: figures.rang,
                precision: figures.precision(),
                recall: figures.recall(),
                f1: figures.f1(),
                false_per_1000: figures.false_per_1000(),
            },
            critical: CriticalReport { told: told_critical, right, far },
            kinds: kinds
                .map(|(kind, one)| KindReport { kind, should: one.should, rang: one.rang, right: one.right })
                .collect(),
            levels: levels
                .map(|(judged, told)| (code(*judged), told.iter().map(|(told, n)| (code(*told), *n)).collect()))
                .collect(),
            mistakes: figures.mistakes.iter().take(mistakes).map(mistake).collect(),
        }
    }
}
