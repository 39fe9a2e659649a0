//! The connection to ClickHouse, embedded or a server.

mod counted;
mod error;
mod facts;

pub(in crate::facts) use counted::Counted;
pub use error::FactsError;
pub use facts::Facts;
