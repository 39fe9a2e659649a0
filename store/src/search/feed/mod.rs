//! Feeding the index from the journal.

mod carry_over;
mod corrections;
mod ids;
mod let_go;
mod open;
mod purge;
mod sink;
mod writer;

pub use purge::Stale;
pub use sink::SearchSink;
#[cfg(feature = "plain")]
pub(super) use writer::open_writer;
