//! Events of the bot: `GET /updates`, which is asked, and a webhook, to which MAX posts them; a bot has one or the other.
//! Both only make posts visible sooner; the history of each chat is polled as if they did not exist. What chats a bot is in it hears from
//! them alone.

mod long_poll;
mod take;
mod webhook;

pub(crate) use long_poll::ask;
#[cfg(test)]
pub(crate) use long_poll::turn;
pub(crate) use take::{Awaited, Events};
pub(crate) use webhook::receive;
#[cfg(test)]
pub(crate) use webhook::{router, subscribe};

/// The events that are asked for. What happens to private dialogues and to members is not among them.
const TYPES: [&str; 7] = [
    "message_created",
    "message_edited",
    "message_removed",
    "bot_added",
    "bot_removed",
    "bot_admin_permissions_changed",
    "chat_title_changed",
];
