//! Plants faults in a small workspace and expects to be told of them.
#![allow(clippy::unwrap_used)] // helpers of tests are no test functions, and a plant that cannot be written is a failure

mod circles;
mod crates;
mod pages;
mod plant;
mod rooms;
