//! A linear classifier of sectors, trained on texts that people labelled: what words, pairs of words and pieces of words speak for.
//!
//! Pure: bytes in, bytes out. The same texts give the same model, and the same model the same answer.

mod features;
mod format;
mod sector_model;
mod solver;
mod train;

pub use format::FormatError;
pub use sector_model::{Opinion, PerSector, SECTORS, SectorModel};
pub use train::{MIN_TEXTS, TrainError, Trainer};

#[cfg(test)]
mod tests;
