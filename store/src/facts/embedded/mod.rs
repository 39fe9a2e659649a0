//! The embedded engine: libchdb behind ClickHouse's own HTTP interface on the loopback.
//!
//! The official client then talks to it as to any server. One account has a password, made at the first start. Guests, who have none,
//! are let in only where a setting says so and on the loopback alone; they read.

mod chdb;
mod engine;
mod error;
mod exception;
mod guest;
mod http;
mod password;
mod request;
mod rights;
mod statement;

pub use engine::Engine;
pub use error::EngineError;
