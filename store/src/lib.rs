//! Where tagged posts are kept to be found and counted: [`search`] (tantivy) and [`facts`] (ClickHouse).
//!
//! Each is fed from the journal, keeps its position with its data, and takes the greater version of a post whatever
//! arrives last.

mod corrections;
pub mod facts;
mod retention;
pub mod search;

pub use corrections::{Corrections, KnownCorrections};
pub use retention::Retention;
