//! How well sectors are recognised, against those that people have set.

use model::Sector;

/// What was recognised in a labelled text.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The sector it was given.
    pub gold: Sector,
    /// The sector recognised.
    pub predicted: Sector,
    /// The share of each sector in the order of [`Sector::ALL`], together 1.
    pub shares: [f32; Sector::ALL.len()],
}

/// Figures of one sector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SectorFigures {
    /// The sector.
    pub sector: Sector,
    /// Texts that were given it.
    pub texts: usize,
    /// Of those recognised as it, the part that is; 0 where none was.
    pub precision: f64,
    /// Of those given it, the part recognised; 0 where there are none.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

/// Figures over all texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Texts.
    pub texts: usize,
    /// The part recognised as given.
    pub accuracy: f64,
    /// Mean F1 of the sectors that some text was given: every sector counts the same, however rare.
    pub macro_f1: f64,
    /// Each sector, in the order of [`Sector::ALL`].
    pub sectors: [SectorFigures; Sector::ALL.len()],
    /// `confusion[gold][predicted]` in the order of [`Sector::ALL`]: texts.
    pub confusion: [[usize; Sector::ALL.len()]; Sector::ALL.len()],
    /// Numbers of the texts recognised wrongly, the most confident first.
    pub mistakes: Vec<usize>,
}

impl Prediction {
    /// How much more the sector recognised was spoken for than the one given.
    pub fn margin(&self) -> f32 {
        self.shares[index(self.predicted)] - self.shares[index(self.gold)]
    }
}

impl Evaluation {
    /// The figures of predictions.
    pub fn new(predictions: &[Prediction]) -> Evaluation {
        let mut confusion = [[0; Sector::ALL.len()]; Sector::ALL.len()];
        for one in predictions {
            confusion[index(one.gold)][index(one.predicted)] += 1;
        }
        let sectors = Sector::ALL.map(|sector| {
            let at = index(sector);
            let right = confusion[at][at];
            let given: usize = confusion[at].iter().sum();
            let answered: usize = confusion.iter().map(|row| row[at]).sum();
            // 2·right / (given + recognised) is the harmonic mean of precision and recall, without dividing by nothing.
            let f1 = ratio(2 * right, given + answered);
            SectorFigures { sector, texts: given, precision: ratio(right, answered), recall: ratio(right, given), f1 }
        });
        let right: usize = (0..Sector::ALL.len()).map(|at| confusion[at][at]).sum();
        let present: Vec<f64> = sectors.iter().filter(|figures| figures.texts > 0).map(|figures| figures.f1).collect();
        let mut mistakes: Vec<usize> =
            (0..predictions.len()).filter(|at| predictions[*at].gold != predictions[*at].predicted).collect();
        mistakes.sort_by(|a, b| predictions[*b].margin().total_cmp(&predictions[*a].margin()));
        Evaluation {
            texts: predictions.len(),
            accuracy: ratio(right, predictions.len()),
            macro_f1: present.iter().sum::<f64>() / present.len().max(1) as f64,
            sectors,
            confusion,
            mistakes,
        }
    }
}

/// Where a sector stands in [`Sector::ALL`].
pub fn index(sector: Sector) -> usize {
    sector as usize
}

pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Deals texts into `folds` parts for cross-validation, each with its share of every sector. Copies of a text stay together, or a model
/// would be tested on what it was trained on. Returns the part of each text.
pub fn deal<'a>(texts: impl Iterator<Item = (Sector, &'a str)>, folds: usize) -> Vec<usize> {
    let mut first = std::collections::HashMap::new();
    let mut next = [0; Sector::ALL.len()];
    let mut part = |(sector, text): (Sector, &'a str)| {
        *first.entry(text).or_insert_with(|| {
            let at = next[index(sector)];
            next[index(sector)] += 1;
            at % folds.max(1)
        })
    };
    texts.map(&mut part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sector::{Jkh, Roads, Tko};

    fn prediction(gold: Sector, predicted: Sector, share: f32) -> Prediction {
        let mut shares = [0.0; Sector::ALL.len()];
        shares[index(predicted)] = share;
        Prediction { gold, predicted, shares }
    }

    #[test]
    fn sectors_stand_where_their_index_says() {
        assert!(Sector::ALL.iter().enumerate().all(|(at, sector)| index(*sector) == at));
    }

    #[test]
    fn figures_are_those_of_the_textbook() {
        let all = [
            prediction(Jkh, Jkh, 1.0),
            prediction(Jkh, Jkh, 1.0),
            prediction(Jkh, Roads, 0.5),
            prediction(Roads, Roads, 1.0),
            prediction(Tko, Jkh, 0.9),
        ];
        let evaluation = Evaluation::new(&all);
        let jkh = evaluation.sectors[index(Jkh)];
        assert_eq!((jkh.texts, jkh.precision, jkh.recall), (3, 2.0 / 3.0, 2.0 / 3.0));
        let roads = evaluation.sectors[index(Roads)];
        assert_eq!((roads.texts, roads.precision, roads.recall, roads.f1), (1, 0.5, 1.0, 2.0 / 3.0));
        assert_eq!(evaluation.sectors[index(Tko)].f1, 0.0);
        assert_eq!(evaluation.accuracy, 0.6);
        // Three sectors were given; the other four do not count.
        assert!((evaluation.macro_f1 - (2.0 / 3.0 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert_eq!(evaluation.confusion[index(Jkh)][index(Roads)], 1);
        assert_eq!(evaluation.mistakes, [4, 2]);
    }

    #[test]
    fn nothing_to_evaluate_is_all_zero() {
        let evaluation = Evaluation::new(&[]);
        assert_eq!((evaluation.accuracy, evaluation.macro_f1, evaluation.texts), (0.0, 0.0, 0));
    }

    #[test]
    fn folds_share_every_sector_and_keep_copies_together() {
        let texts = [(Jkh, "а"), (Jkh, "б"), (Tko, "в"), (Jkh, "а"), (Jkh, "г"), (Tko, "д"), (Roads, "а")];
        assert_eq!(deal(texts.into_iter(), 2), [0, 1, 0, 0, 0, 1, 0]);
    }
}
