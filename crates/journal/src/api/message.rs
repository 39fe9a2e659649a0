//! Streams, and the messages that are appended to them and read back.

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
    /// What people said of posts.
    Corrections,
    /// What could not be understood.
    Dead,
}

impl Stream {
    /// All streams.
    pub const ALL: [Stream; 6] =
        [Stream::Posts, Stream::Tagged, Stream::Coverage, Stream::Counters, Stream::Corrections, Stream::Dead];

    /// Its name in SQL, in topics and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Stream::Posts => "posts",
            Stream::Tagged => "tagged",
            Stream::Coverage => "coverage",
            Stream::Counters => "counters",
            Stream::Corrections => "corrections",
            Stream::Dead => "dead",
        }
    }

    /// Whether only the last message of each key counts, and that one for ever: such a stream is a table, which a reader may read from
    /// its beginning at any time. A position between messages that were replaced is as good as one at them.
    pub fn keeps_last_of_key(self) -> bool {
        self == Stream::Corrections
    }
}

/// The reader that retries dead letters: those before its position are dealt with.
pub const DEAD_LETTERS_READER: &str = "dead-letters";

/// A batch read at once holds about this many bytes at most, whatever its number of messages: memory stays flat on long texts.
pub(crate) const MAX_BATCH_BYTES: usize = 32 << 20;

/// A message to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The PostId where there is one, else the source: messages with the same key stay in order.
    pub key: String,
    /// JSON of one message.
    pub payload: Vec<u8>,
    /// The message says that its key was deleted at the source: the payloads appended under that key before it, in every
    /// stream, must go. Embedded: emptied at once. Kafka: by compaction.
    pub tombstone: bool,
    /// The partition to append to, where the key does not decide it: a tagged post goes to the partition its post came from.
    /// The embedded journal has only one.
    pub partition: Option<u32>,
}

impl Record {
    /// An ordinary message.
    pub fn new(key: impl Into<String>, payload: Vec<u8>) -> Record {
        Record { key: key.into(), payload, tombstone: false, partition: None }
    }
}

/// A message read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Always 0 in the embedded journal.
    pub partition: u32,
    /// Grows within a partition and is never reused.
    pub offset: u64,
    /// As appended.
    pub key: String,
    /// As appended; empty once a deletion at the source emptied it.
    pub payload: Vec<u8>,
}
