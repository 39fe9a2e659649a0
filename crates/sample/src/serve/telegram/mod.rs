//! The public web preview of Telegram channels (t.me/s/…), as its pages are built.

mod channel;
mod layout;
mod message;
mod pages;
mod rich_text;

pub(super) use pages::{history, landing, single};
