//! The journal between the stages: append messages, read them from a position, commit a position.
//!
//! At-least-once: a reader that dies between its work and its commit reads the same messages again, so every sink is
//! idempotent. [`Embedded`] keeps it in SQLite, [`Kafka`] in Apache Kafka; both pass the same [`contract`] suite.

#[doc(hidden)]
pub mod broker;
mod checkpoint;
#[doc(hidden)]
pub mod contract;
mod embedded;
mod kafka;
mod sink;

use std::time::Duration;

use model::Time;

pub use checkpoint::Checkpoint;
pub use embedded::{Embedded, Limits};
pub use kafka::{Kafka, KafkaSettings, Sasl, Security, Tls, TopicState};
pub use sink::{Applied, Gather, Pace, Progress, Refusal, Sink, SinkError, follow};

/// The streams of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// Posts as collectors read them.
    Posts,
    /// Posts with their tags.
    Tagged,
    /// An entry per poll of a source.
    Coverage,
    /// Changes of views, reactions, reposts and comments.
    Counters,
    /// What could not be understood.
    Dead,
}

impl Stream {
    /// All streams.
    pub const ALL: [Stream; 5] = [Stream::Posts, Stream::Tagged, Stream::Coverage, Stream::Counters, Stream::Dead];

    /// Name in SQL, in topics and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Stream::Posts => "posts",
            Stream::Tagged => "tagged",
            Stream::Coverage => "coverage",
            Stream::Counters => "counters",
            Stream::Dead => "dead",
        }
    }
}

/// The reader of dead letters that are taken up again: what is before its position is done with.
pub const DEAD_LETTERS_READER: &str = "dead-letters";

/// A batch read at once holds at most this, whatever its number of messages: memory stays flat on long texts.
const MAX_BATCH_BYTES: usize = 32 << 20;

/// A message to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The PostId where there is one, else the source: messages of one key stay in order.
    pub key: String,
    /// JSON of one message.
    pub payload: Vec<u8>,
    /// The message says that its key was deleted at the source: payloads appended under the key before it, in every
    /// stream, must go. Embedded: emptied at once. Kafka: by compaction.
    pub tombstone: bool,
    /// The partition it must go to, where its key does not say: a tagged post goes to the one its post came from. The
    /// embedded journal has one.
    pub partition: Option<u32>,
}

impl Record {
    /// An ordinary message.
    pub fn new(key: impl Into<String>, payload: Vec<u8>) -> Record {
        Record { key: key.into(), payload, tombstone: false, partition: None }
    }
}

/// How much a journal holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Embedded: distinct posts whose newest message is not a tombstone. Kafka: messages about posts, which compaction brings
    /// near that.
    pub posts: u64,
    /// Dead letters that were not taken up again.
    pub dead_letters: u64,
    /// Bytes in use, where the journal knows.
    pub bytes: Option<u64>,
}

/// A message read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Always 0 in the embedded journal.
    pub partition: u32,
    /// Grows within a partition and is never given twice.
    pub offset: u64,
    /// As appended.
    pub key: String,
    /// As appended; empty where a deletion at the source emptied it.
    pub payload: Vec<u8>,
}

/// What can go wrong, by what the caller does about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The size limit is reached or the disk is full: stop taking in, keep positions, try again later.
    #[error("journal takes nothing in: {0}; free disk space or raise [journal] max_mb")]
    Full(String),
    /// The position is older than what retention kept: rebuild the sink.
    #[error("position {wanted} of {stream} has expired, the oldest kept is {oldest}; rebuild this sink")]
    Expired {
        /// Stream asked.
        stream: &'static str,
        /// Position asked.
        wanted: u64,
        /// Oldest kept.
        oldest: u64,
    },
    /// The backend failed: retry.
    #[error("journal: {0}")]
    Backend(String),
}

/// Append, read, commit.
pub trait Journal: Send + Sync {
    /// Appends messages in order. When it returns they survive a power cut; on an error the caller may append them again.
    fn append(&self, stream: Stream, records: &[Record]) -> Result<Checkpoint, Error>;

    /// A reader by name. It begins after the last position committed under that name, else at the oldest message.
    fn reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error>;

    /// A reader that shares the stream with the others of its name, in this process or another: each message comes to one of
    /// them, and again to another where that one fails before it commits. The embedded journal serves one such reader at a time.
    fn shared_reader(&self, stream: Stream, name: &str) -> Result<Box<dyn Reader>, Error>;

    /// Just after the newest message.
    fn end(&self, stream: Stream) -> Result<Checkpoint, Error>;

    /// At the oldest kept message appended at a time or after; the end where there is none.
    fn position_at(&self, stream: Stream, time: Time) -> Result<Checkpoint, Error>;

    /// Removes what has outlived its time, where the journal does not do so by itself. Returns how many messages went.
    fn expire(&self) -> Result<u64, Error>;

    /// How much it holds.
    fn sizes(&self) -> Result<Sizes, Error>;
}

/// One reader's place in a stream.
pub trait Reader: Send {
    /// Goes on from a checkpoint that the caller kept with its own data; a partition that it does not name goes on from
    /// what was committed. Returns where it stands now. Fails with [`Error::Expired`] where messages between the checkpoint
    /// and the oldest kept one are gone.
    fn seek(&mut self, checkpoint: &Checkpoint) -> Result<Checkpoint, Error>;

    /// Up to `max` next messages, in order within a partition; waits up to `wait` for the first one, and returns none if none
    /// came. A journal on the network may have more and not have brought them yet.
    fn poll(&mut self, max: usize, wait: Duration) -> Result<Vec<Entry>, Error>;

    /// Where the next poll goes on, for each partition that this reader reads now: all, except for a shared reader.
    fn position(&self) -> Checkpoint;

    /// Remembers that everything up to the checkpoint is done; never goes backwards, except that a power cut may take the last
    /// ones back. Whoever is killed goes on from here.
    fn commit(&mut self, checkpoint: &Checkpoint) -> Result<(), Error>;
}
