//! The HTTP routes of an instance: the public ones, those of the other roles, and the operator's.

pub mod admin;
pub mod archive;
mod failure;
pub mod gateway;
mod lines;
pub mod query;
pub mod serve;
