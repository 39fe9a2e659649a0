//! Where the words of a text are: the text cut into folded words with their places.
//!
//! - A word is a run of letters or a run of digits: «35дом» and «д.35» are two words each. The ending of an ordinal belongs
//!   to its number («5-я» is `5`).
//! - A hyphenated word is one word where it has a part of one or two letters and the dictionary knows it whole («кто-то»,
//!   «из-за», «пр-т»). Otherwise its parts are words of their own («школа-интернат»), and a query written with the hyphen is
//!   a phrase of them, so both spellings find each other.
//! - A hyphen at a line end is undone where that makes a word of the dictionary.
//! - «т. д.», «т. е.», «ж/д» and their like are one word.
//! - A hashtag is cut at case changes, digits and `_`. An emoji is a word. Addresses and mentions are none.

mod addresses;
mod compounds;
mod context;
mod emoji;
mod hashtags;
mod scanner;
mod sentences;

pub(crate) use scanner::{Scanned, scan};
pub(crate) use sentences::Sentences;

#[cfg(test)]
mod tests;
