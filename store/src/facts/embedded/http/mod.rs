//! ClickHouse's HTTP interface over the embedded engine.
//!
//! As <https://clickhouse.com/docs/interfaces/http> describes it, without sessions and compression: `/ping`, and `/` with
//! a query in the address, the body or both. GET only reads. Every request has a session of the engine to itself.

mod body;
mod response;
mod routes;
mod run;
mod server;
mod slots;

pub(super) use routes::{importance, router};
pub(super) use server::Server;
pub(super) use slots::Slots;
