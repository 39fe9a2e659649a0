//! A Telegram bot (<https://core.telegram.org/bots/api>, version 9).

mod answer;
mod bot;
mod updates;

#[cfg(test)]
pub mod tests;

pub use bot::Telegram;
pub use updates::parse_updates;
