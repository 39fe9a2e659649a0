//! The traits that every backend implements.

use std::time::Duration;

use model::Time;

use super::{Checkpoint, Entry, Error, Record, Stream};

/// How much a journal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Embedded: distinct posts whose newest message is not a tombstone. Kafka: messages about posts, which compaction brings
    /// close to that.
    pub posts: u64,
    /// Dead letters that were not retried yet.
    pub dead_letters: u64,
    /// Bytes in use, where the journal knows.
    pub bytes: Option<u64>,
}

/// Append, read, commit.
pub trait Journal: Send + Sync {
    /// Appends messages in order. Once it returns they survive a power cut; after an error the caller may append them again.
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error>;

    /// A reader by name. It starts after the last position committed under that name, else at the oldest message.
    fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error>;

    /// A reader that shares the stream with the others of its name, in this process or another: each message is delivered to
    /// one of them, and again to another if that one fails before it commits. The embedded journal serves one such reader at a
    /// time.
    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error>;

    /// Up to where the readers of a name have done everything: what is committed under it, in every partition, whoever reads it
    /// now or does not. A partition that nothing is committed of stands at its oldest message.
    fn committed(&self, stream: Stream, name: &str) -> Result<Checkpoint, Error>;

    /// Just after the newest message.
    fn end(&self, stream: Stream) -> Result<Checkpoint, Error>;

    /// At the oldest kept message that was appended at a time or later; the end if there is none.
    fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error>;

    /// Removes what has outlived its retention, where the backend does not do so by itself. Returns how many messages it
    /// removed.
    fn expire(&self) -> Result<u64, Error>;

    /// How much it holds.
    fn sizes(&self) -> Result<Sizes, Error>;
}

/// One reader's place in a stream.
pub trait Reader: Send {
    /// Continues from a checkpoint that the caller kept with its own data; partitions that it does not name continue from what
    /// was committed. Returns where the reader stands now. Fails with [`Error::Expired`] if messages between the checkpoint and
    /// the oldest kept one are gone.
    fn seek(&mut self, checkpoint: &Checkpoint) -> Result<Checkpoint, Error>;

    /// The next messages, `max` at most, in order within a partition; waits up to `wait` for the first one, and returns none if
    /// none came. A journal on the network may return none although it holds more.
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, Error>;

    /// Where the next poll continues, for each partition that this reader reads now: all of them, unless it is a shared reader.
    fn position(&self) -> Checkpoint;

    /// Remembers that everything up to the checkpoint is done: after a crash the reader continues from here. Never moves
    /// backwards, except that a power cut may undo the last commits.
    fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Error>;
}
