//! Which token may call which method of VK when: per second and per day, several tokens sharing the load. Pure: the clock
//! is an argument and the answer says how long to wait.
//!
//! VK counts calls in a sliding window. `governor`'s algorithm (GCRA) lets a burst through and then the steady rate right after it:
//! up to twice the limit within one window, which VK answers with an error.

mod call;
mod day;
mod pool;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use call::{Call, SPARE};
pub(crate) use day::{Spent, oldest_span};
pub(crate) use pool::{Quota, Turn, Unavailable};
