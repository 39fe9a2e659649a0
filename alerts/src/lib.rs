//! Tagged posts → stories → alerts → outbox → channels → people, and what people do with them.
//!
//! Decisions read the streams of tagged posts, coverage and counters and this crate's own SQLite file, nothing else. What a decision
//! changes, the messages it makes and the position in the journal are one transaction, so that a kill at any moment loses and repeats
//! nothing.
//!
//! The rooms, each of which may use those before it: `store`, `stories`, `deadlines`, `silences`, `rules`, `views`, `notify`,
//! `actions`, `inputs`.

mod actions;
mod deadlines;
mod inputs;
mod notify;
mod rules;
mod silences;
mod store;
mod stories;
mod views;

pub use self::deadlines::view::{DeadlineView, DeadlinesView};
pub use ::deadlines::AnswerMark;
pub use actions::buttons::listen;
pub use actions::request::{ActionError, ActionRequest};
pub use inputs::clock::{HealthProbe, deliver};
pub use inputs::corrections::{CorrectionsSink, FindPost};
pub use inputs::counters::CountersSink;
pub use inputs::coverage::CoverageSink;
pub use inputs::let_go::LetGo;
pub use inputs::tagged::AlertSink;
pub use notify::channels::{self, Channels, Message};
pub use notify::heartbeat::heartbeat;
pub use notify::letter::Letter;
pub use notify::links::{Link, LinkError};
pub use notify::outbox::{Delivery, OutboxCounts};
pub use notify::render::text;
pub use rules::health::Health;
pub use silences::hold::Suppressed;
pub use silences::known_cause::KnownCause;
pub use silences::matcher::Matcher;
pub use silences::silence::Silence;
pub use store::action::Action;
pub use store::alert_state::AlertState;
pub use store::audit::{AuditCheck, AuditEntry};
pub use store::error::AlertError;
pub use store::handle::Alerts;
pub use store::link_key::LinkKey;
pub use store::own_thread::OwnThread;
pub use stories::similar::{self, MAX_OF_STORY, MAX_RECENT, RecentPosts, Resemblance};
pub use views::alert_view::{AlertView, Quote};
pub use views::compose::MAX_POST_IDS;
pub use views::cursor::Cursor;
pub use views::listing::{AlertPage, Filter, MAX_ALERTS, PageRequest};
pub use views::quiet::{MAX_ROWS, QuietPage};

#[cfg(test)]
mod tests;
