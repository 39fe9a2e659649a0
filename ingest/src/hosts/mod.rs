//! The hosts of a platform: a list that is tried in order, and what is said where none of them answers.

mod door;
mod outage;
mod own_answer;
mod platform_hosts;
mod status;

pub(crate) use door::Door;
pub(crate) use own_answer::own_answer;
pub(crate) use platform_hosts::PlatformHosts;
pub use status::{HostStatus, PlatformStatus};
