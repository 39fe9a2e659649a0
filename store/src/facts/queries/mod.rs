//! What is asked of the figures. Every query is over the latest versions (`FINAL`), never over sums kept beside them, and every
//! day and hour is of the configured time zone.

mod conditions;
mod counted;
mod deletions;
mod export;
mod figures;
mod posts;
mod series;
mod suggested_sources;
mod types;

pub use deletions::Deletion;
pub use suggested_sources::SuggestedSource;
pub use types::{DayFigures, DayVolumes, Figure, FigureBy, FiguresRequest, PostsFilter, Step};
