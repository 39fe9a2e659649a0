//! Rules of classification: `taxonomy/*.toml` and `risks/*.toml`, and patterns as all rule files have them.

mod events;
mod examples;
mod kinds;
mod levels;
mod patterns;
mod taxonomy;

pub use events::events;
pub use kinds::{kinds, outdated};
pub use levels::rows;
pub use patterns::{AllowedFields, pattern, patterns, some_patterns};
pub use taxonomy::sector;
