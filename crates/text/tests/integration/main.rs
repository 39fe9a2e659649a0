//! What the crate promises: the analysts’ page, near-copies and lemmas as measured.

#![allow(clippy::unwrap_used)] // A test may end so, and so may what prepares it.

mod copies;
mod lemmas;
mod query_page;
