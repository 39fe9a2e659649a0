//! What an evaluation prints as JSON.

use std::collections::BTreeMap;

use ::classify::evaluation::{Evaluation, Prediction};
use ::classify::labelled::Table;
use model::Sector;
use serde::Serialize;

/// Mistakes shown, the most confident first.
const MISTAKES_SHOWN: usize = 20;

/// A mistake's text is cut there: enough to see what it is about.
const MISTAKE_CHARS: usize = 160;

/// What `--json` prints.
#[derive(Serialize)]
pub struct Report<'a> {
    pub texts: usize,
    pub left_out: usize,
    pub accuracy: f64,
    pub macro_f1: f64,
    pub sectors: Vec<SectorReport>,
    pub confusion: BTreeMap<Sector, BTreeMap<Sector, usize>>,
    pub mistakes: Vec<Mistake<'a>>,
}

/// How well a sector is predicted.
#[derive(Serialize)]
pub struct SectorReport {
    pub sector: Sector,
    pub texts: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// A text whose prediction was wrong.
#[derive(Serialize)]
pub struct Mistake<'a> {
    pub line: usize,
    pub sector: Sector,
    pub told: Sector,
    pub margin: f32,
    pub text: &'a str,
}

/// The report of an evaluation.
pub fn report<'a>(evaluation: &Evaluation, predictions: &[Prediction], table: &'a Table) -> Report<'a> {
    let row = |counts: &[usize; Sector::ALL.len()]| Sector::ALL.into_iter().zip(*counts).collect();
    let sectors = evaluation.sectors.iter().map(|figures| SectorReport {
        sector: figures.sector,
        texts: figures.texts,
        precision: figures.precision,
        recall: figures.recall,
        f1: figures.f1,
    });
    Report {
        texts: evaluation.texts,
        left_out: table.left_out.len(),
        accuracy: evaluation.accuracy,
        macro_f1: evaluation.macro_f1,
        sectors: sectors.collect(),
        confusion: Sector::ALL.into_iter().zip(evaluation.confusion.iter().map(row)).collect(),
        mistakes: mistakes(evaluation, predictions, table).collect(),
    }
}

/// The mistakes that are shown.
pub fn mistakes<'a>(
    evaluation: &Evaluation,
    predictions: &[Prediction],
    table: &'a Table,
) -> impl Iterator<Item = Mistake<'a>> {
    evaluation.mistakes.iter().take(MISTAKES_SHOWN).map(|at| {
        let (row, prediction) = (&table.rows[*at], &predictions[*at]);
        let end = row.text.char_indices().nth(MISTAKE_CHARS).map_or(row.text.len(), |(end, _)| end);
        Mistake {
            line: row.line,
            sector: prediction.gold,
            told: prediction.predicted,
            margin: prediction.margin(),
            text: &row.text[..end],
        }
    })
}
