//! A trained model and what it says of a text.

use std::collections::HashMap;

use model::Sector;
use text::Token;

use crate::features::{self, FeatureKey, KeyHasher};

/// How many sectors there are.
pub const SECTORS: usize = Sector::ALL.len();

/// A number for each sector, in the order of [`Sector::ALL`].
pub type PerSector = [f32; SECTORS];

/// A trained model.
#[derive(Debug, Clone, PartialEq)]
pub struct SectorModel {
    /// What speaks for a sector before a word is read.
    pub(crate) bias: PerSector,
    /// What each feature says.
    pub(crate) features: HashMap<FeatureKey, Feature, KeyHasher>,
}

/// A feature of a trained model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    /// What an occurrence counts: rarer features say more of a text.
    pub(crate) value: f32,
    /// How much it speaks for each sector.
    pub(crate) weights: PerSector,
}

/// What a model says of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Opinion {
    /// How strongly each sector is spoken for; positive: it is that sector rather than not.
    pub margins: PerSector,
}

impl SectorModel {
    /// What it says of a text.
    pub fn opinion(&self, tokens: &[Token]) -> Opinion {
        let mut margins = self.bias;
        let mut words = PerSector::default();
        let mut squares = 0.0;
        features::each(tokens, &mut |key| {
            if let Some(feature) = self.features.get(&key) {
                squares += feature.value * feature.value;
                add(&mut words, feature.value, &feature.weights);
            }
        });
        // A long text says no more than a short one.
        if squares > 0.0 {
            add(&mut margins, 1.0 / squares.sqrt(), &words);
        }
        Opinion { margins }
    }

    /// The tokens that speak most for a sector rather than for the others, the strongest first; at most `limit`.
    pub fn reasons(&self, tokens: &[Token], sector: Sector, limit: usize) -> Vec<usize> {
        let mut strengths: Vec<(usize, f32)> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let Some(feature) = self.features.get(&FeatureKey::word(token)) else { continue };
            let others = feature.weights.iter().sum::<f32>() - feature.weights[sector as usize];
            let strength = feature.value * (feature.weights[sector as usize] - others / (SECTORS - 1) as f32);
            if strength > 0.0 && !strengths.iter().any(|(known, _)| tokens[*known].lemmas == token.lemmas) {
                strengths.push((at, strength));
            }
        }
        strengths.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        strengths.truncate(limit);
        strengths.into_iter().map(|(at, _)| at).collect()
    }

    /// How many features it has.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether it has learned nothing but how frequent sectors are.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }
}

impl Opinion {
    /// The sector spoken for most; of equal ones the first in [`Sector::ALL`].
    pub fn sector(&self) -> Sector {
        let best = (1..SECTORS).fold(0, |best, at| if self.margins[at] > self.margins[best] { at } else { best });
        Sector::ALL[best]
    }
}

fn add(sums: &mut PerSector, times: f32, weights: &PerSector) {
    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += times * weight);
}
