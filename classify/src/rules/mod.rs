//! The rules of a configuration, compiled into one percolator and matched in stages.

mod compiled;
mod hits;
pub mod lexicon;
mod word_lists;

pub use compiled::Rules;
pub use hits::{Positions, TopicAndPlaceHits};
