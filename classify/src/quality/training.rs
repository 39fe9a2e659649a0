//! A model of the sectors from labelled texts.

use learned::{SectorModel, TrainError, Trainer};
use text::Analyzer;

use super::labelled::Labelled;

/// Trains on rows. `step` is called as each sector is fitted.
pub fn train<'a>(rows: impl Iterator<Item = &'a Labelled>, step: &mut dyn FnMut()) -> Result<SectorModel, TrainError> {
    let mut analyzer = Analyzer::new();
    let mut trainer = Trainer::default();
    for row in rows {
        trainer.add(&analyzer.post_document(&row.post()).tokens, row.sector);
    }
    trainer.train(step)
}
