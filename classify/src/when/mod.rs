//! Since when and until when, as a post states it: «с утра», «третий день», «с 9 до 17 часов 12 ноября», «до 25 ноября».
//!
//! Read from the text as people write it, against the time of publication in the district's zone. What can be read in two ways
//! is left out rather than guessed.

mod bounds;
mod date;
mod duration;
mod lasting;
mod lexicon;
mod moment;
mod pieces;
mod stated;

pub use stated::stated;

#[cfg(test)]
mod tests;
