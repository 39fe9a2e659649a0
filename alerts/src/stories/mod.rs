//! Stories: what several posts tell of one event. Which story a post belongs to, and what its posts add up to.

pub mod alert_members;
pub mod assign;
pub mod candidates;
pub mod choice;
pub mod corrections;
pub mod members;
pub mod relation;
pub mod similar;
pub mod story;
pub mod sums;
