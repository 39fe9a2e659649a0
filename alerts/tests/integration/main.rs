//! Alerts from the outside: a simulated month, real channels, how well stories are told apart.

#![allow(missing_docs, clippy::unwrap_used)]

mod sample_day;
mod slow;
