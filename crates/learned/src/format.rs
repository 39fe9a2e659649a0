//! The file of a model: a header, the bias of each sector, then each feature by ascending key; numbers little-endian.

use std::collections::HashMap;

use crate::features::FeatureKey;
use crate::sector_model::{Feature, PerSector, SECTORS, SectorModel};

/// Begins every model.
const MAGIC: &[u8; 8] = b"OTKLIK-S";

/// Raised when features are made in another way or the file is laid out in another: an older model would answer nonsense.
const VERSION: u32 = 1;

const HEADER: usize = MAGIC.len() + 4 + 4 + 4;
const ROW: usize = 8 + 4 + 4 * SECTORS;

/// More than a hundred thousand long texts give; a number above it is damage.
const MAX_FEATURES: usize = 8_000_000;

/// Beyond this a weight is damage: training keeps them within a few units.
const MAX_WEIGHT: f32 = 1e6;

/// Why bytes are no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Something else.
    #[error("это не модель; обучите её: `otklik train`")]
    NoModel,
    /// Written by another version of the program.
    #[error(
        "модель записана в формате {0}, а эта программа читает формат {VERSION}; обучите её заново: `otklik train`"
    )]
    Version(u32),
    /// Written for other sectors.
    #[error("модель различает {0} секторов, а в программе их {SECTORS}; обучите её заново: `otklik train`")]
    Sectors(u32),
    /// Cut short, grown or changed.
    #[error("модель повреждена ({0}); скопируйте её ещё раз или обучите заново: `otklik train`")]
    Damaged(&'static str),
}

impl SectorModel {
    /// The bytes of its file; the same model has the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut rows: Vec<(&FeatureKey, &Feature)> = self.features.iter().collect();
        rows.sort_unstable_by_key(|(key, _)| **key);
        let mut bytes = Vec::with_capacity(HEADER + 4 * SECTORS + ROW * rows.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&(SECTORS as u32).to_le_bytes());
        bytes.extend_from_slice(&(rows.len() as u32).to_le_bytes());
        self.bias.iter().for_each(|bias| bytes.extend_from_slice(&bias.to_le_bytes()));
        for (key, feature) in rows {
            bytes.extend_from_slice(&key.0.to_le_bytes());
            bytes.extend_from_slice(&feature.value.to_le_bytes());
            feature.weights.iter().for_each(|weight| bytes.extend_from_slice(&weight.to_le_bytes()));
        }
        bytes
    }

    /// Reads the bytes of a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<SectorModel, FormatError> {
        let mut input = Input(bytes);
        if input.take::<8>().ok() != Some(*MAGIC) {
            return Err(FormatError::NoModel);
        }
        let version = input.u32()?;
        if version != VERSION {
            return Err(FormatError::Version(version));
        }
        let sectors = input.u32()?;
        if sectors as usize != SECTORS {
            return Err(FormatError::Sectors(sectors));
        }
        let count = input.u32()? as usize;
        if count > MAX_FEATURES || bytes.len() != HEADER + 4 * SECTORS + ROW * count {
            return Err(FormatError::Damaged("its length is not the one it states"));
        }
        let bias = input.per_sector()?;
        let mut features = HashMap::with_capacity_and_hasher(count, Default::default());
        let mut last = None;
        for _ in 0..count {
            let key = FeatureKey(u64::from_le_bytes(input.take()?));
            if last.is_some_and(|last| last >= key) {
                return Err(FormatError::Damaged("its features are out of order"));
            }
            last = Some(key);
            let value = input.weight()?;
            features.insert(key, Feature { value, weights: input.per_sector()? });
        }
        Ok(SectorModel { bias, features })
    }
}

/// Bytes not yet read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let (first, rest) = self.0.split_first_chunk().ok_or(FormatError::Damaged("it ends early"))?;
        self.0 = rest;
        Ok(*first)
    }

    fn u32(&mut self) -> Result<u32, FormatError> {
        Ok(u32::from_le_bytes(self.take()?))
    }

    fn weight(&mut self) -> Result<f32, FormatError> {
        let weight = f32::from_le_bytes(self.take()?);
        // Also false for what is no number.
        if weight.abs() <= MAX_WEIGHT { Ok(weight) } else { Err(FormatError::Damaged("a weight is out of range")) }
    }

    fn per_sector(&mut self) -> Result<PerSector, FormatError> {
        let mut weights = PerSector::default();
        for weight in &mut weights {
            *weight = self.weight()?;
        }
        Ok(weights)
    }
}
