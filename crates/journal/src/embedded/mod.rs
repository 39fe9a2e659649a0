//! The journal in one SQLite file, for one process.
//!
//! A table per stream with AUTOINCREMENT offsets, so that a position is never given twice, WAL and `synchronous=FULL`, so
//! that an acknowledged message survives a power cut, and `secure_delete`, so that an emptied payload leaves the file.

mod error;
mod expire;
mod journal;
mod reader;
mod schema;
mod shared;
mod sizes;
#[cfg(test)]
mod tests;

pub use journal::Embedded;
pub use shared::Limits;
