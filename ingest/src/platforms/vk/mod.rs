//! Communities of VK, read through its API (5.199).

mod client;
mod comments;
mod connector;
mod errors;
pub(crate) mod events;
mod parse;
mod poll_plan;
mod profile;
mod screen_name;
mod search;
mod tokens;
mod wall;

pub(crate) use connector::VkConnector;
pub(crate) use parse::is_of_vk;
pub use parse::{
    Callback, Comments, Group, GroupState, LongPoll, parse_callback, parse_comments, parse_execute, parse_groups,
    parse_long_poll, parse_wall,
};
pub use poll_plan::vk_warning;
pub(crate) use tokens::{Sleep, TokenPool, naps};
