//! Collectors: fetch → decode → parse → `Post`, one module a platform, and an honest account of what was seen.
//!
//! Parsers are pure; fetchers are thin; the collector alone keeps state. Nothing depends on this crate but the binary:
//! what was seen travels as coverage.

mod page;
pub mod portal;
pub mod telegram;
pub mod vk;

pub use page::{Page, PageError, PageProblem, Parsed};
