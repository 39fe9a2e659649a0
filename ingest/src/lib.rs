//! Collectors: fetch → decode → parse → `Post`, one module a platform, and an honest account of what was seen.
//!
//! Parsers are pure; fetchers are thin; the collector alone keeps state. Nothing depends on this crate but the binary:
//! what was seen travels as coverage.

mod author;
mod channels;
mod collector;
mod decode;
pub mod exports;
pub mod fetch;
mod outcome;
mod page;
mod plan;
mod politeness;
pub mod portal;
pub mod privacy;
mod quota;
mod reread;
pub mod schedule;
mod state;
pub mod telegram;
#[cfg(test)]
mod test_server;
mod try_source;
pub mod vk;

pub use author::{Random, os_random};
pub use channels::ChannelNames;
pub use collector::vk::vk_warning;
pub use collector::{Collector, OpenError, SourceStatus};
pub use outcome::Outcome;
pub use page::{Format, Page, PageError, PageProblem, Parsed, parse};
pub use try_source::{Tried, TryError, source_lines, try_source};
