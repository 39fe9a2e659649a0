//! What a journal is, whatever keeps it: its traits, and the values that pass through them.

mod checkpoint;
mod error;
mod journal;
mod message;

pub use checkpoint::Checkpoint;
pub use error::Error;
pub use journal::{Journal, Reader, Sizes};
pub(crate) use message::MAX_BATCH_BYTES;
pub use message::{DEAD_LETTERS_READER, Entry, Record, Stream};
