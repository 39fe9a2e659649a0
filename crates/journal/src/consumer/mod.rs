//! How a stage consumes a stream: read, apply, flush, commit, and carry on after whatever fails.

mod batching;
mod run;
mod sink;

pub use batching::{Batching, FlushPolicy};
pub use run::{Progress, run_consumer};
pub use sink::{Applied, Rejected, Sink, SinkError};
