//! Exports of Telegram channels, for filling in the past: `result.json` of Telegram Desktop, of every year's version, and lists of messages that
//! programs of others write. Pure parsers.

mod album;
mod channel;
mod file;
mod message_list;
#[cfg(test)]
mod tests;

pub use file::{Export, parse_export};
pub use message_list::parse_message_list;
