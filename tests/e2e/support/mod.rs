//! Running the binary, waiting for what it says, and receiving its alerts.

pub mod cluster;
mod feed;
mod files;
mod hook;
mod place;
mod running;
mod site;
mod wait;

pub use feed::{Feed, item, rss};
pub use files::{files_with, library, post_line};
pub use hook::Hook;
pub use place::{Output, Place};
pub use running::{Running, get};
pub use site::Site;
pub use wait::{Deadline, PATIENCE, until};
