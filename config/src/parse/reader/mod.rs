//! Reading TOML with every problem reported at its file and line, and reading on.

mod durations;
mod ids;
mod report;
mod table;

pub use durations::duration_within;
pub use ids::Ids;
pub use report::{At, Located, Report};
pub use table::Table;
