//! What a post reports: language, topics and sectors, places, risks, who answers, and why each was recognised.
//!
//! Pure: the same post and the same rules give the same tags, byte for byte. No clock, no I/O.

mod classifier;
mod events;
mod places;
mod post_words;
mod quality;
mod recipients;
mod rules;
mod topics;
mod when;

pub use classifier::Classifier;
pub use quality::{check_examples, evaluation, judged, labelled, ringing, shadowed_rows, training, unreached_rows};
pub use topics::Shares;

#[cfg(test)]
mod tests;
