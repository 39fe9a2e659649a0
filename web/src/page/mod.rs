//! The page: open alerts, a search box, what was not seen, the digests. No script.

pub mod digest;
pub mod home;
mod query;
mod rows;
