//! The stages: what each does with its stream, and the threads they run in.

pub mod batching;
pub mod classify;
pub mod shared_index;
pub mod threads;
