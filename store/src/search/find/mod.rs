//! Answering searches: a page, everything, counts, or a conversation.

mod all;
mod compile;
mod counting;
mod facets;
mod page;
mod thread;
mod ties;

pub use facets::{DayCount, FacetCount, Facets};
pub use page::{MAX_LIMIT, MAX_OFFSET, SearchResult};
pub use thread::{Answer, MAX_ANSWERS, Thread};
