//! Phrases and nearness as a tantivy query.
//!
//! tantivy's phrase query has no alternatives at one position, and with its slop one token can satisfy two words. This query
//! finds the posts that have all the words and asks `text`, which defines the meaning, about their positions and about the ends of
//! sentences between them.

mod postings;
mod query;
mod scorer;
mod sentences;
mod shape;

pub(super) use query::ProximityQuery;
pub(super) use shape::{Shape, Terms};
