//! Channels and chats of the messenger MAX that admitted the operator's reading bot, read through the Bot API.

mod chat;
mod client;
mod connector;
mod errors;
pub(crate) mod events;
mod parse;
mod profile;
mod recognise;

pub(crate) use client::is_of_max;
pub(crate) use connector::MaxConnector;
pub use parse::{Chat, ChatChange, ChatNews, Updates, parse_any, parse_messages, parse_updates};
