//! Deadlines and the calendar by the shipped configuration.

#![allow(missing_docs, clippy::unwrap_used)]

mod calendar;
mod terms;
