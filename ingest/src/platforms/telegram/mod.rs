//! Public channels of Telegram, read through the web preview.

mod channel;
mod channel_names;
mod client;
mod comments;
mod connector;
mod hidden;
mod parse;

pub use channel_names::ChannelNames;
pub(crate) use connector::TelegramConnector;
pub(crate) use parse::is_of_telegram;
pub use parse::{
    Discussion, EmbeddedPost, Export, parse_described_post, parse_discussion, parse_export, parse_message_list,
    parse_page, parse_post_embed,
};
