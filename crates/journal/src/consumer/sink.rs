//! What a stage does with the messages it reads.

use std::error::Error as StdError;

use crate::api::{Checkpoint, Entry};

/// A sink's failure. [`run_consumer`](crate::run_consumer) reports it and tries again.
pub type SinkError = Box<dyn StdError + Send + Sync>;

/// What a stage does with the messages of a stream.
pub trait Sink: Send {
    /// The checkpoint stored with the sink's own data. `None`: start from the position committed to the journal.
    fn position(&mut self) -> Result<Option<Checkpoint>, SinkError>;

    /// Applies messages in order. Once [`Sink::flush`] has returned they are durable, and so is the position where the sink
    /// keeps one.
    ///
    /// A message that cannot be understood is not an error: it is returned in [`Applied::rejected`] and the stage goes on.
    /// An error means that nothing since the last flush counts as done: [`Sink::position`] is asked, and the messages after it
    /// are delivered again.
    fn apply(&mut self, entries: &[Entry]) -> Result<Applied, SinkError>;

    /// Makes durable what was applied since the last flush. A sink whose `apply` already does so has nothing to do here.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// The outcome of a batch.
#[derive(Debug, Default)]
pub struct Applied {
    /// Messages that could not be understood.
    pub rejected: Vec<Rejected>,
}

/// A message that a sink could not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its partition.
    pub partition: u32,
    /// Its offset.
    pub offset: u64,
    /// The reason's name, then details.
    pub reason: String,
}
