//! Feeding the index from the journal.

mod carry_over;
mod corrections;
mod ids;
mod open;
mod sink;
mod writer;

pub use sink::SearchSink;
#[cfg(feature = "plain")]
pub(super) use writer::open_writer;
