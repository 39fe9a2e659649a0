//! Tagged posts → stories → alerts → outbox → channels → people, and what people do with them.
//!
//! Decisions read the streams of tagged posts, coverage and counters and this crate's own SQLite, nothing else. What a decision changes,
//! the messages it makes and the position in the journal are one transaction, so that a kill at any moment loses and repeats nothing.
//! The decisions themselves are pure: `story`, `window`, `raise::tell`, `quiet`, `routes`, `deadlines`, `life`, `outbox::next`.

mod act;
mod alert;
mod audit;
mod baseline;
mod book;
pub mod channels;
mod clocks;
mod coverage;
mod deadlines;
mod deliver;
mod dispatch;
mod life;
mod links;
mod memory;
mod outbox;
mod post;
mod quiet;
mod raise;
mod render;
mod routes;
mod schema;
mod shift;
pub mod similar;
mod sink;
mod stories;
mod story;
mod suppression;
mod view;
mod watch;
mod window;
mod working_time;

pub use act::{Act, ActError};
pub use audit::{AuditCheck, AuditEntry};
pub use book::{AlertError, Alerts, Filter};
pub use channels::{Channels, Message};
pub use coverage::{CountersSink, CoverageSink};
pub use deadlines::Mark;
pub use deliver::{AskVitals, deliver, heartbeat, listen};
pub use life::{Life, Step};
pub use links::{Link, LinkError, LinkKey};
pub use outbox::{Delivery, Letter, OutboxCounts};
pub use quiet::{Cause, Matcher, Silence};
pub use render::text;
pub use similar::{MAX_OF_STORY, MAX_RECENT, Reason, Recent};
pub use sink::AlertSink;
pub use suppression::Suppressed;
pub use view::{AlertView, ClockView, ClocksView, Quote};
pub use watch::Vitals;

#[cfg(test)]
mod tests;
