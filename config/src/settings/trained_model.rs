//! The file of a trained model.

use std::io::Read;
use std::path::Path;

use learned::{FormatError, SectorModel};
use sha2::{Digest, Sha256};

/// A trained model as read from its file.
#[derive(Debug)]
pub struct TrainedModel {
    /// Hash of its bytes, a part of the rule set's.
    pub hash: String,
    /// The model.
    pub sectors: SectorModel,
}

/// A model's file beyond this is damage; it would be read whole.
const MAX_MODEL_BYTES: u64 = 512 << 20;

impl TrainedModel {
    /// A model from the bytes of its file.
    pub fn from_bytes(bytes: &[u8]) -> Result<TrainedModel, FormatError> {
        Ok(TrainedModel { hash: hex::encode(Sha256::digest(bytes)), sectors: SectorModel::from_bytes(bytes)? })
    }

    /// Reads the file of a model; otherwise what is wrong and what to do.
    pub fn read(path: &Path) -> Result<TrainedModel, String> {
        let wrong = |why: String| format!("не читается модель {}: {why}", path.display());
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
        file.take(MAX_MODEL_BYTES + 1).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
        if bytes.len() as u64 > MAX_MODEL_BYTES {
            return Err(wrong(format!("она больше {} МиБ; обучите её заново: `otklik train`", MAX_MODEL_BYTES >> 20)));
        }
        TrainedModel::from_bytes(&bytes).map_err(|error| wrong(error.to_string()))
    }
}
