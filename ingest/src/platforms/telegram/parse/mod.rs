//! Parsers of what Telegram shows without an account: the web preview, `t.me/s/<channel>`, the widgets of a post and of its
//! comments, and exports of a channel.
//!
//! The format is undocumented and changes without notice. What a block is is therefore told by several marks at once
//! (`data-post`, the classes of wrap and message, a dated link), so that a renamed class shows as blocks not read, never as
//! silence.

mod discussion;
mod embed;
mod export;
mod landing;
mod marks;
mod message;
mod page;
#[cfg(test)]
mod tests;
mod text;

pub use discussion::{Discussion, parse_discussion};
pub use embed::{EmbeddedPost, parse_described_post, parse_post_embed};
pub use export::{Export, parse_export, parse_message_list};
pub(crate) use marks::is_of_telegram;
pub use page::parse_page;
