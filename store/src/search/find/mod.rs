//! Answering searches: a page, everything, or counts.

mod all;
mod compile;
mod counting;
mod facets;
mod page;
mod ties;

pub use facets::{DayCount, FacetCount, Facets};
pub use page::{MAX_LIMIT, MAX_OFFSET, SearchResult};
