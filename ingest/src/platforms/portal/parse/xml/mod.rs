//! A small, forgiving XML tree for feeds.
//!
//! Real feeds hold bare ampersands, `&nbsp;`, unclosed and overlapping tags and stop in the middle. None of it may cost the
//! items that are whole, so the reader mends what it can and keeps what came before a break. Entities that a document
//! defines itself are not expanded, and there is nothing external to load.

mod element;
mod reader;
#[cfg(test)]
mod tests;
mod tree;

pub(super) use element::Element;
pub(super) use reader::{Document, read};
