//! When a source is polled next, how scarce calls are shared out, and when a post is read again.

pub(crate) mod allocation;
mod next_poll;
pub(crate) mod quota;
pub(crate) mod reread;

pub(crate) use next_poll::{next_poll_at, slowed};
