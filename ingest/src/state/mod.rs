//! `ingest.db`: what the collectors remember between polls: a cursor per source, and of each recent post enough to tell a repeat
//! from an edit.
//!
//! No text is kept here, only hashes. Everything of a poll is written in one transaction, after the journal has the posts.

mod chats;
mod cursor;
mod file;
mod forgotten;
mod known;
mod posts;
mod recheck;
mod schema;
mod shared;
mod spent;
#[cfg(test)]
mod tests;
mod threads;

pub use chats::KnownChat;
pub(crate) use cursor::Cursor;
pub(crate) use file::State;
pub use forgotten::Forgotten;
pub(crate) use known::{Counts, Known, content_hash};
pub(crate) use posts::Rejected;
pub(crate) use shared::SharedState;
pub(crate) use threads::Thread;
