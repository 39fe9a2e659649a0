//! Feeding the tables from the journal.
//!
//! What is applied between two flushes is one INSERT. The position is the one committed to the journal: a batch that was stored but
//! not committed comes again and changes nothing, since rows of one key and version replace each other.

mod corrections;
mod posts;
mod rows;
mod series;
