//! The platforms that are read, a folder each: its pure parsers in `parse/`, and beside them what a poll of it does.
//!
//! A platform is added as a folder that implements [`connector::Connector`], and in `list.rs`.

mod connector;
mod events;
mod format;
mod list;
pub mod max;
pub mod portal;
mod recognise;
pub mod telegram;
pub mod vk;

pub(crate) use connector::Unresolved;
pub use format::{Format, parse};
pub(crate) use list::Platforms;
pub(crate) use recognise::Target;
pub use recognise::TryError;
