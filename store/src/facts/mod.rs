//! The figures: ClickHouse, embedded or a server, behind the official client.

mod client;
mod embedded;
mod feed;
mod queries;
mod tables;
#[cfg(test)]
mod tests;

pub use client::{Facts, FactsError};
pub use embedded::{Engine, EngineError};
pub use queries::{
    DayFigures, DayVolumes, Deletion, Figure, FigureBy, FiguresRequest, PostsFilter, Step, SuggestedSource,
};
