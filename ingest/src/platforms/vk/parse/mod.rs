//! Answers of VK's API (<https://dev.vk.com/ru/reference>, versions 2 to 5.199).
//!
//! One reader for all the shapes a list of posts comes in: `wall.get`, `wall.getById`, `newsfeed.search`, `newsfeed.get`,
//! `wall.getComments`, `execute`, and the events of Callback API and Bots Long Poll. Unknown fields are ignored and one
//! broken item spoils nothing.

mod answer;
mod comments;
mod events;
mod execute;
mod groups;
mod item;
mod posts;
#[cfg(test)]
mod tests;
mod updates;

pub(crate) use answer::{is_of_vk, parse_response};
pub use comments::{Comments, parse_comments};
pub use events::{Callback, LongPoll, parse_callback, parse_long_poll};
pub use execute::parse_execute;
pub use groups::{Group, GroupState, parse_groups};
pub use posts::parse_wall;
