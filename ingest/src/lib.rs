//! Collectors: fetch → decode → parse → `Post`, one folder per platform, and an honest account of what was seen.
//!
//! Parsers are pure, fetching knows no platform, and what is remembered lies in one state. Nothing depends on this crate but the binary:
//! what was seen travels as coverage.

mod collector;
pub mod fetch;
mod hosts;
mod outcome;
mod parsing;
mod platforms;
mod poll;
pub mod privacy;
mod probe;
mod schedule;
mod state;
#[cfg(test)]
mod test_server;
mod time;
mod try_source;

pub use collector::{Collector, OpenError, SourceStatus};
pub use hosts::{HostStatus, PlatformStatus};
pub use outcome::PollOutcome;
pub use parsing::{Budget, Page, PageError, PageProblem, Parsed, Stopwatch};
pub use platforms::telegram::ChannelNames;
pub use platforms::vk::vk_warning;
pub use platforms::{Format, TryError, max, parse, portal, telegram, vk};
pub use privacy::{AuthorError, Random, os_random};
pub use probe::{Answerer, probe};
pub use state::{Forgotten, KnownChat};
pub use try_source::{Tried, source_lines, try_source};
