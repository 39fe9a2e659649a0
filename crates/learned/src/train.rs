//! Training: texts to rows, rows to weights.

use std::collections::HashMap;

use model::Sector;
use text::Token;

use crate::features::{self, FeatureKey, KeyHasher};
use crate::sector_model::{Feature, PerSector, SECTORS, SectorModel};
use crate::solver::{self, Row};

/// Fewer texts teach nothing that the rules do not know.
pub const MIN_TEXTS: usize = 50;

/// Fewest texts that a feature must occur in: what stands in one text only is remembered, not learned.
const MIN_TEXTS_WITH_FEATURE: u32 = 2;

/// The cost of a text on the wrong side. Measured by cross-validation: more fits the noise of the labels, less forgets rare words.
const COST: f64 = 0.3;

/// Sectors with few texts would never be recognised if every text counted the same; with full balancing they are recognised too often.
const BALANCE: f64 = 0.5;

/// Why there is nothing to train on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrainError {
    /// Too few texts.
    #[error("{0} texts are too few to learn from; give at least {MIN_TEXTS}")]
    Few(usize),
    /// Every text has the same sector.
    #[error("every text is of the sector `{0}`; give texts of at least two")]
    OneSector(Sector),
}

/// Collects labelled texts.
#[derive(Default)]
pub struct Trainer {
    texts: Vec<Text>,
}

struct Text {
    sector: Sector,
    /// Each feature with how often it occurs, by key.
    features: Vec<(FeatureKey, u32)>,
}

impl Trainer {
    /// Adds a text that was given a sector.
    pub fn add(&mut self, tokens: &[Token], sector: Sector) {
        let mut keys = Vec::new();
        features::each(tokens, &mut |key| keys.push(key));
        keys.sort_unstable();
        let features = keys.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect();
        self.texts.push(Text { sector, features });
    }

    /// Fits a model to the texts. `step` is called when each of the [`SECTORS`] is fitted.
    pub fn train(&self, step: &mut dyn FnMut()) -> Result<SectorModel, TrainError> {
        let [first, ..] = &self.texts[..] else { return Err(TrainError::Few(0)) };
        if self.texts.len() < MIN_TEXTS {
            return Err(TrainError::Few(self.texts.len()));
        }
        if self.texts.iter().all(|text| text.sector == first.sector) {
            return Err(TrainError::OneSector(first.sector));
        }
        let columns = self.columns();
        let rows: Vec<Row> = self.texts.iter().map(|text| row(text, &columns)).collect();
        let costs = self.costs();
        let mut bias = PerSector::default();
        let mut weights = Vec::with_capacity(SECTORS);
        for sector in Sector::ALL {
            let inside: Vec<bool> = self.texts.iter().map(|text| text.sector == sector).collect();
            let (column_weights, sector_bias) = solver::separate(&rows, &inside, &costs, columns.len());
            bias[sector as usize] = sector_bias;
            weights.push(column_weights);
            step();
        }
        let features = columns.into_iter().map(|(key, column)| {
            let mut of_sector = PerSector::default();
            of_sector.iter_mut().zip(&weights).for_each(|(weight, all)| *weight = all[column.number as usize]);
            (key, Feature { value: column.value, weights: of_sector })
        });
        Ok(SectorModel { bias, features: features.collect() })
    }

    /// A column for each feature worth one, in the order of keys.
    fn columns(&self) -> HashMap<FeatureKey, Column, KeyHasher> {
        let mut texts_with: HashMap<FeatureKey, u32, KeyHasher> = HashMap::default();
        for text in &self.texts {
            for (key, _) in &text.features {
                *texts_with.entry(*key).or_default() += 1;
            }
        }
        let mut kept: Vec<(FeatureKey, u32)> =
            texts_with.into_iter().filter(|(_, texts)| *texts >= MIN_TEXTS_WITH_FEATURE).collect();
        kept.sort_unstable();
        let column = |(number, (key, texts)): (u32, (FeatureKey, u32))| {
            (key, Column { number, value: key.weight() * rarity(texts, self.texts.len()) })
        };
        (0u32..).zip(kept).map(column).collect()
    }

    /// The cost of a mistake on each text: higher for a rare sector.
    fn costs(&self) -> Vec<f64> {
        let mut texts_of = [0u32; SECTORS];
        self.texts.iter().for_each(|text| texts_of[text.sector as usize] += 1);
        let present = texts_of.iter().filter(|texts| **texts > 0).count();
        let even = self.texts.len() as f64 / present as f64;
        let cost = |text: &Text| COST * (even / f64::from(texts_of[text.sector as usize])).powf(BALANCE);
        self.texts.iter().map(cost).collect()
    }
}

#[derive(Clone, Copy)]
struct Column {
    number: u32,
    /// What an occurrence counts.
    value: f32,
}

/// Inverse document frequency.
fn rarity(texts_with: u32, texts: usize) -> f32 {
    ((1.0 + texts as f32) / (1.0 + texts_with as f32)).ln() + 1.0
}

/// The columns of a text as [`SectorModel::opinion`] weighs them.
fn row(text: &Text, columns: &HashMap<FeatureKey, Column, KeyHasher>) -> Row {
    let known = || text.features.iter().filter_map(|(key, count)| Some((columns.get(key)?, *count as f32)));
    let length = known().map(|(column, count)| count * column.value * column.value).sum::<f32>().sqrt();
    known().map(|(column, count)| (column.number, count * column.value / length)).collect()
}
