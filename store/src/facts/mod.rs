//! The figures: ClickHouse, embedded or a server, behind the official client.

mod archive;
mod client;
mod cluster;
mod embedded;
mod error;
mod export;
mod queries;
mod rows;
mod sinks;
#[cfg(test)]
mod tests;
mod types;

pub use archive::{Deletion, Lead};
pub use client::Facts;
pub use embedded::{Engine, EngineError};
pub use error::FactsError;
pub use types::{DayFigures, DayVolumes, Figure, FigureBy, FiguresRequest, PostsFilter, Step};
