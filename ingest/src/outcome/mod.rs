//! How a poll ended, what that means for the schedule, and what people are told of it.

mod advice;
mod consequence;
mod poll_outcome;
#[cfg(test)]
mod tests;

pub(crate) use consequence::Consequence;
pub use poll_outcome::PollOutcome;
