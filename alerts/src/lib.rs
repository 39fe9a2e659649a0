//! Tagged posts → alerts → outbox → channels.
//!
//! Decisions read the tagged stream and this crate's own SQLite, nothing else. An alert, its posts, the messages to send and
//! the position in the journal change in one transaction, so that a kill at any moment loses and repeats nothing.

mod book;
pub mod channels;
pub mod deadlines;
mod deliver;
mod group;
mod outbox;
mod render;
pub mod routes;
mod sink;
mod view;
pub mod working_time;

pub use book::{AlertError, Alerts, Filter};
pub use deliver::{Channel, deliver};
pub use outbox::{Delivery, OutboxCounts};
pub use render::text;
pub use sink::AlertSink;
pub use view::{AlertView, Quote};

#[cfg(test)]
mod tests;
