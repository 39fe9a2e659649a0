//! Answers and events of MAX's API (<https://dev.max.ru/docs-api>; names of fields also from `schema.yaml` of
//! <https://github.com/max-messenger/max-bot-api-client-go>).
//!
//! Unknown fields are ignored and one broken message spoils nothing.

mod chat;
mod error;
mod mentions;
mod message;
mod messages;
#[cfg(test)]
mod tests;
mod updates;

pub(super) use chat::{ChatInfo, ChatKind, parse_chat, parse_membership};
pub(super) use error::parse_error;
pub use messages::{Chat, parse_messages};
pub use updates::{ChatChange, ChatNews, Updates, parse_any, parse_updates};
