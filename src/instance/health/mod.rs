//! How an instance is doing.

mod lag;
mod status;
mod watch;
