//! How alike posts are: near-copies by their signatures, reports of one event by their sketches.

mod signature;
mod sketch;

pub use signature::signature;
pub use sketch::sketch;
