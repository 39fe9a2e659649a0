//! The stream of coverage: what was seen of the sources.

use journal::{Applied, Checkpoint, Entry, Sink, SinkError};
use model::{Coverage, wire};

use super::apply;
use crate::store::handle::Alerts;
use crate::store::{positions, sources_seen};

const COVERAGE: &str = "coverage";

/// Follows the stream of coverage.
pub struct CoverageSink(Alerts);

impl Alerts {
    /// The sink of the stream of coverage.
    pub fn coverage_sink(&self) -> CoverageSink {
        CoverageSink(self.clone())
    }
}

impl Sink for CoverageSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        Ok(positions::load(&self.0.database(), COVERAGE)?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        apply::apply_batch(&self.0, COVERAGE, entries, |transaction, payload| match wire::read::<Coverage>(payload) {
            Ok(poll) => sources_seen::note(transaction, &poll).map(Ok),
            Err(error) => Ok(Err(error.to_string())),
        })
    }
}
