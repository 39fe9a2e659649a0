//! The stream of tagged posts: one transaction a batch, position included.

use journal::{Applied, Checkpoint, Entry, Rejected, Sink, SinkError};
use model::wire;

use super::batch::Batch;
use crate::rules::detector::DetectorState;
use crate::store::handle::Alerts;
use crate::store::positions;
use crate::store::writer::Writer;

/// The name of the stream.
pub const TAGGED: &str = "tagged";

/// Messages taken in before somebody who waits gets a turn: fewer, and a flood would commit more than it takes in; with many more a
/// message to people waits for seconds.
const TURN: usize = 100;

/// Follows the stream of tagged posts.
pub struct AlertSink {
    alerts: Alerts,
    /// Read from the file when it is needed; a batch that failed drops it.
    detector: Option<DetectorState>,
}

impl Alerts {
    /// The sink of the stream of tagged posts.
    pub fn sink(&self) -> AlertSink {
        AlertSink { alerts: self.clone(), detector: None }
    }
}

impl Sink for AlertSink {
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError> {
        self.detector = None;
        Ok(positions::load(&self.alerts.database(), TAGGED)?)
    }

    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError> {
        let (mut applied, mut left) = (Applied::default(), entries);
        loop {
            left = &left[self.take_turn(left, &mut applied)?..];
            if left.is_empty() {
                return Ok(applied);
            }
        }
    }
}

impl AlertSink {
    /// Applies messages in one transaction with the position after them; ends it when somebody waits to write. Returns how many.
    fn take_turn(&mut self, entries: &[Entry], applied: &mut Applied) -> Result<usize, SinkError> {
        let alerts = self.alerts.clone();
        let mut database = alerts.database();
        let mut position = positions::load(&database, TAGGED)?.unwrap_or_default();
        let mut detector = match self.detector.take() {
            // A person may have moved posts meanwhile.
            Some(detector) if !alerts.take_post_moved() => detector,
            _ => DetectorState::load(&database, &alerts.config().alerts)?,
        };
        let transaction = database.transaction()?;
        let mut batch = Batch::new(&alerts, &transaction, &mut detector)?;
        let mut taken = 0;
        for entry in entries {
            // What was rejected becomes a dead letter once the whole batch is applied: until then the position must not pass it.
            if taken >= TURN && alerts.is_awaited() && applied.rejected.is_empty() {
                break;
            }
            taken += 1;
            position.advance(entry);
            // Emptied by a deletion: its tombstone follows.
            if entry.payload.is_empty() {
                continue;
            }
            match wire::read_tagged(&entry.payload) {
                Ok(tagged) => batch.take(&tagged)?,
                Err(reason) => applied.rejected.push(Rejected {
                    partition: entry.partition,
                    offset: entry.offset,
                    reason: reason.to_string(),
                }),
            }
        }
        batch.finish()?;
        positions::store(&transaction, TAGGED, &position)?;
        transaction.commit()?;
        Writer::hand_over(database);
        self.detector = Some(detector);
        Ok(taken)
    }
}
